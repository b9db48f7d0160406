"""Publishing.

Controls: ISO/IEC 27017 8.15, 8.24; white paper 「ログ」, 「暗号化」.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from prometheus_client import Counter

from carestation.groups.choices import Role, Side
from carestation.groups.queries.seats import members_at, read_seat, take_seat
from carestation.groups.rules import Seat, may_post, writers_at
from carestation.kernel.actor import Actor
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

    @property
    def hurries(self) -> bool:
        """Whether it asks for more than to be read some time."""
        return self.urgency is Urgency.URGENT or self.asks_acknowledgement

    @property
    def is_words_alone(self) -> bool:
        """Whether there is something to read, and nothing that it names must be looked up."""
        return bool(self.body) and not (self.parent_id or self.mentions or self.attachments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A post, and whether this draft wrote it now or had written it before.

    `seat`: that from which it was sent. `fresh`: it as it is shown, where it was written now and
    holds nothing but words.
    """

    seat: Seat
    post: Post
    is_new: bool
    fresh: FreshMessage | None = None


# Hot (benchmarks/posts.py); its twin: tests/timeline/twins.py. What it does stands in
# migrations/0012_a_post_takes_its_seat.py. No number: no such seat, or the draft was written.
PUBLISH: Final = """
SELECT *, %(group_id)s AS group_id, %(side)s AS side
FROM timeline_publish_at(%(group_id)s, %(side)s, %(roles)s, %(actor_id)s, %(object_id)s,
  %(parent_id)s, %(draft_id)s, %(sealed)s, %(urgency)s, %(asks)s, %(mentions)s, %(at)s,
  %(kind)s, %(request_id)s, %(detail)s)
"""


def publish_at(actor: Actor, group_id: UUID, side: Side, draft: Draft) -> Published:
    """Write a post at a side; words alone are written by the look that takes the seat.

    Raises:
        NotVisible: no such group, no seat of the actor's there, or as `publish_post`.
        Refused: as `publish_post`.
        DomainError: as `publish_post`.
    """
    if draft.is_words_alone and (may_hurry(side) or not draft.hurries):
        post = _sealed_post(actor, group_id, side, draft)
        written = _written(actor, writers_at(side), post, draft)
        if written is not None:
            return written
    return publish_post(take_seat(actor, group_id, side), draft)


def publish_post(seat: Seat, draft: Draft) -> Published:
    """Write a post at the side of the seat; the same draft sent twice is one post.

    Raises:
        Refused: the group is archived, the seat only reads, or it is gone meanwhile.
        NotVisible: the post that it answers is not at this side.
        DomainError: nothing is said, more than ten files are attached, one of them is gone, there
            is no room for them any more, someone is named who does not sit at this side, or the
            draft is a post at the other side already (reason `draft_sent`).
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
    if draft.hurries and not may_hurry(seat.side):
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
    post = _sealed_post(seat.actor, seat.group_id, seat.side, draft)
    post.parent_id = _thread_of(seat, draft)
    written = _written(seat.actor, [seat.role], post, draft)
    return written or Published(seat=seat, post=_published_before(seat, draft), is_new=False)


def _sealed_post(actor: Actor, group_id: UUID, side: Side, draft: Draft) -> Post:
    post_id = uuid7()
    return Post(
        id=post_id,
        group_id=group_id,
        side=side,
        author_id=actor.user_id,
        draft_id=draft.id,
        body_sealed=open_scope(group_id, actor).seal(draft.body, Post.body_place(post_id)),
        urgency=draft.urgency,
        asks_acknowledgement=draft.asks_acknowledgement,
        mentions=list(draft.mentions),
        published_at=timezone.now(),
    )


def _written(actor: Actor, roles: list[Role], post: Post, draft: Draft) -> Published | None:
    """Write a post from the seat that the actor has there now; None: no such, or written before."""
    fact = PostPublished(
        actor_id=actor.user_id,
        request_id=actor.request_id,
        group_id=post.group_id,
        side=Side(post.side),
        post_id=post.pk,
        parent_id=post.parent_id,
        urgency=draft.urgency,
    )
    row = row_of(PUBLISH, fact.parameters() | _parameters(post) | {"roles": roles})
    if row is None or row["number"] is None:
        return None
    POSTS.inc()
    seat = read_seat(actor, row | {"is_archived": False, "posts": row["number"]})
    post.number = post.last_number = row["number"]
    post.seq = post.changed_seq = row["seq"]
    post.membership_id = row["membership_id"]
    is_plain = not (draft.attachments or draft.mentions or draft.asks_acknowledgement)
    fresh = fresh_message(seat, post, draft.body, row) if is_plain else None
    return Published(seat=seat, post=post, is_new=True, fresh=fresh)


def _parameters(post: Post) -> Parameters:
    return {
        "side": post.side,
        "parent_id": post.parent_id,
        "draft_id": post.draft_id,
        "sealed": post.body_sealed,
        "urgency": post.urgency,
        "asks": post.asks_acknowledgement,
        "mentions": post.mentions,
        "at": post.published_at,
    }


def require_same(published: Published, draft: Draft) -> None:
    """Stop a draft that was sent before and says something else now: its words stand nowhere.

    Raises:
        DomainError: the post says other words, or stands in another thread, asks for other
            attention, names others, or carries other files (reason `draft_sent`).
    """
    if published.is_new:
        return
    seat, post = published.seat, published.post
    sent = (post.parent_id, post.urgency, post.asks_acknowledgement, tuple(post.mentions))
    said = (_thread_of(seat, draft), draft.urgency, draft.asks_acknowledgement, draft.mentions)
    is_same = sent == said and first_words(seat, post) == draft.body
    if not is_same or files_of(post) != set(draft.attachments):
        raise DomainError("draft_sent")


def _published_before(seat: Seat, draft: Draft) -> Post:
    own = Post.objects.filter(group_id=seat.group_id, author_id=seat.actor.user_id)
    post = own.filter(draft_id=draft.id).first()
    if post is None:
        raise Refused("archived")
    if post.side != seat.side:
        raise DomainError("draft_sent")
    return post


def _thread_of(seat: Seat, draft: Draft) -> UUID | None:
    parent = find_post(seat, draft.parent_id) if draft.parent_id else None
    return (parent.parent_id or parent.pk) if parent else None
