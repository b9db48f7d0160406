"""Publishing.

Controls: ISO/IEC 27017 8.15, 8.24; white paper 「ログ」, 「暗号化」.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from prometheus_client import Counter

from carestation.groups.queries.seats import members_at
from carestation.groups.rules import Seat, may_post
from carestation.kernel.errors import DomainError, Refused, require
from carestation.kernel.ids import uuid7
from carestation.kernel.sql import Parameters, row_of
from carestation.timeline.choices import Urgency
from carestation.timeline.commands.files import attach_files
from carestation.timeline.facts import PostPublished
from carestation.timeline.models import Post
from carestation.timeline.queries.fresh import FreshMessage, fresh_message
from carestation.timeline.queries.messages import find_post
from carestation.timeline.queries.own import files_of, first_words
from carestation.timeline.rules import may_hurry
from carestation.vault.scopes import open_scope

FILES_AT_MOST: Final = 10
# A draft is known again by its words and its files, and by these.
SAID_BESIDE: Final = ("side", "parent_id", "urgency", "asks_acknowledgement", "mentions")
POSTS: Final = Counter("carestation_posts", "Posts that were written.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a person wants to say; the form gave it its id. `parent_id`: it is a reply."""

    id: UUID
    body: str
    parent_id: UUID | None = None
    urgency: Urgency = Urgency.NORMAL
    asks_acknowledgement: bool = False
    mentions: tuple[UUID, ...] = ()
    attachments: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A post, and whether this draft wrote it now or had written it before.

    `fresh`: it as it is shown, where it was written now and holds nothing but words.
    """

    post: Post
    is_new: bool
    fresh: FreshMessage | None = None


# Hot (benchmarks/posts.py); its twin: tests/timeline/twins.py. What it does stands in
# migrations/0011_a_post_is_written_by_one_call.py. No number: the seat is gone, or was written.
PUBLISH: Final = """
SELECT * FROM timeline_publish(%(group_id)s, %(side)s, %(timeline_id)s, %(mark_id)s,
  %(membership_id)s, %(role)s, %(actor_id)s, %(object_id)s, %(parent_id)s, %(draft_id)s,
  %(sealed)s, %(urgency)s, %(asks)s, %(mentions)s, %(at)s,
  %(kind)s, %(facility_id)s, %(request_id)s, %(detail)s)
"""


def publish_post(seat: Seat, draft: Draft) -> Published:
    """Write a post at the side of the seat; the same draft sent twice is one post.

    Raises:
        Refused: the group is archived, the seat only reads, or it is gone meanwhile.
        NotVisible: the post that it answers is not at this side.
        DomainError: nothing is said, more than ten files are attached, one of them is gone, there
            is no room for them any more, someone is named who does not sit at this side, or the
            draft is a post already that says something else (reason `draft_sent`).
    """
    require(allowed=may_post(seat), reason="archived" if seat.is_archived else "reads_only")
    require_sense(seat, draft)
    if draft.attachments:
        return _publish_with_files(seat, draft)
    return _publish(seat, draft)


def require_sense(seat: Seat, draft: Draft) -> None:
    """Stop a draft that nobody at this side could read as it is meant.

    Raises:
        DomainError: nothing is said, more than ten files are attached, a calm side is hurried, or
            someone is named who does not sit there.
    """
    if not draft.body and not draft.attachments:
        raise DomainError("empty")
    if len(draft.attachments) > FILES_AT_MOST:
        raise DomainError("too_many_files")
    hurries = draft.urgency is Urgency.URGENT or draft.asks_acknowledgement
    if hurries and not may_hurry(seat):
        raise DomainError("calm_side")
    if draft.mentions and not {one.user_id for one in members_at(seat)}.issuperset(draft.mentions):
        raise DomainError("not_a_member")


@transaction.atomic
def _publish_with_files(seat: Seat, draft: Draft) -> Published:
    published = _publish(seat, draft)
    if published.is_new:
        attach_files(seat, published.post.pk, draft.attachments)
    return published


def _publish(seat: Seat, draft: Draft) -> Published:
    post = _sealed_post(seat, draft)
    fact = PostPublished(
        **seat.marks(),
        side=seat.side,
        post_id=post.pk,
        parent_id=post.parent_id,
        urgency=draft.urgency,
    )
    counted = row_of(PUBLISH, fact.parameters() | _parameters(seat, post))
    if counted is None or counted["number"] is None:
        return Published(post=_published_before(seat, draft, post), is_new=False)
    POSTS.inc()
    post.number = post.last_number = counted["number"]
    post.seq = post.changed_seq = counted["seq"]
    is_plain = not (draft.attachments or draft.mentions or draft.asks_acknowledgement)
    fresh = fresh_message(seat, post, draft.body, counted) if is_plain else None
    return Published(post=post, is_new=True, fresh=fresh)


def _sealed_post(seat: Seat, draft: Draft) -> Post:
    post_id = uuid7()
    bundle = open_scope(seat.group_id, seat.actor)
    parent = find_post(seat, draft.parent_id) if draft.parent_id else None
    return Post(
        id=post_id,
        group_id=seat.group_id,
        side=seat.side,
        parent_id=(parent.parent_id or parent.pk) if parent else None,
        author_id=seat.actor.user_id,
        membership_id=seat.membership_id,
        draft_id=draft.id,
        body_sealed=bundle.seal(draft.body, Post.body_place(post_id)),
        urgency=draft.urgency,
        asks_acknowledgement=draft.asks_acknowledgement,
        mentions=list(draft.mentions),
        published_at=timezone.now(),
    )


def _parameters(seat: Seat, post: Post) -> Parameters:
    return {
        "timeline_id": seat.timeline_id,
        "mark_id": seat.mark_id,
        "membership_id": seat.membership_id,
        "role": seat.role.value,
        "side": seat.side.value,
        "parent_id": post.parent_id,
        "draft_id": post.draft_id,
        "sealed": post.body_sealed,
        "urgency": post.urgency,
        "asks": post.asks_acknowledgement,
        "mentions": post.mentions,
        "at": post.published_at,
    }


def _published_before(seat: Seat, draft: Draft, wanted: Post) -> Post:
    own = Post.objects.filter(group_id=seat.group_id, author_id=seat.actor.user_id)
    post = own.filter(draft_id=draft.id).first()
    if post is None:
        raise Refused("archived")
    if any(getattr(post, name) != getattr(wanted, name) for name in SAID_BESIDE):
        raise DomainError("draft_sent")
    if first_words(seat, post) != draft.body or files_of(post) != set(draft.attachments):
        raise DomainError("draft_sent")
    return post
