"""Posts: reading, writing, the sign 了解, and one's mark."""

from http import HTTPStatus
from uuid import UUID

from carestation.api.forms import MarkSent, PostsAsked, PostSent
from carestation.api.wire import MarkJson, PostsJson, signs_json
from carestation.groups.choices import Side
from carestation.groups.queries.seats import members_at, take_seat
from carestation.groups.rules import Seat
from carestation.kernel.calls import Answer
from carestation.kernel.http import CareRequest
from carestation.timeline.commands.acknowledgements import (
    acknowledge_post,
    withdraw_acknowledgement,
)
from carestation.timeline.commands.looks import note_post_viewed, note_timeline_viewed
from carestation.timeline.commands.posts import publish_at
from carestation.timeline.commands.reading import mark_read
from carestation.timeline.pushes import push_new, push_post, push_read
from carestation.timeline.queries.messages import message, messages_after, messages_before
from carestation.timeline.queries.seats import take_seat_at_post
from carestation.timeline.queries.standing import reach_of
from carestation.timeline.wire import post_json


def list_posts(request: CareRequest, group: UUID, side: Side, asked: PostsAsked) -> Answer:
    """Return posts and replies of a side, newest first; or what changed `after` a seq.

    Changes come oldest first, each post once, with the seq of its last change: go on with the
    last one's. `before` and `after` are not asked for together.
    """
    seat = take_seat(request.actor, group, side)
    if asked.after is None:
        found = messages_before(seat, asked.before, limit=asked.limit)
    else:
        found = messages_after(seat, asked.after, limit=asked.limit)
    members = members_at(seat) if found else []
    note_timeline_viewed(seat)
    posts = [post_json(one, members) for one in found[: asked.limit]]
    return Answer(body=PostsJson(posts=posts, more=len(found) > asked.limit))


def publish(request: CareRequest, group: UUID, side: Side, sent: PostSent) -> Answer:
    """Write a post. 201: it is on disk. 200: this draft was written before; here is its post."""
    published = publish_at(request.actor, group, side, sent.draft())
    status = HTTPStatus.CREATED if published.is_new else HTTPStatus.OK
    return Answer(text=push_new(published), status=status)


def move_mark(request: CareRequest, group: UUID, side: Side, sent: MarkSent) -> Answer:
    """Say up to which post one has read. A mark never goes back, nor past the last post."""
    seat = take_seat(request.actor, group, side)
    moved = mark_read(seat, sent.number)
    if moved is not None:
        push_read(seat, moved)
    return Answer(body=MarkJson(number=seat.mark if moved is None else moved))


def list_acknowledgements(request: CareRequest, post: UUID) -> Answer:
    """Return who gave the sign 了解 under a post, and when; and who was asked and is missing."""
    seat = take_seat_at_post(request.actor, post)
    reach = reach_of(seat, message(seat, post))
    note_post_viewed(seat, post)
    return Answer(body=signs_json(str(post), reach))


def acknowledge(request: CareRequest, post: UUID) -> Answer:
    """Give the sign 了解; given before, nothing changes."""
    seat = take_seat_at_post(request.actor, post)
    acknowledge_post(seat, post)
    return _changed(seat, post)


def take_back_acknowledgement(request: CareRequest, post: UUID) -> Answer:
    """Take the sign 了解 back; not given, nothing changes."""
    seat = take_seat_at_post(request.actor, post)
    withdraw_acknowledgement(seat, post)
    return _changed(seat, post)


def _changed(seat: Seat, post: UUID) -> Answer:
    shown = message(seat, post)
    push_post(seat, shown, "acknowledgement")
    return Answer(body=post_json(shown, members_at(seat)))
