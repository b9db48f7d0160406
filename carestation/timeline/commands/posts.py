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


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A post, and whether this draft wrote it now or had written it before.

    `fresh`: it as it is shown, where it was written now and holds nothing but words.
    """

    post: Post
    is_new: bool
    fresh: FreshMessage | None = None


# Hot (benchmarks/posts.py); its twin: tests/timeline/twins.py. Behind the timeline's lock, SHARE
# reads the right to sit anew (KEY SHARE would not); a repeated draft inserts and counts nothing.
# One's own post is known, and read if all before it are: then there is nothing to pass over.
PUBLISH: Final = """
WITH seat AS (
  SELECT t.posts + 1 AS number, t.seq + 1 AS seq, greatest(r.known, r.number) = t.posts AS is_read,
    u.name_sealed, m.relation, p.profession, v.name AS facility
  FROM groups_timeline t JOIN groups_readmark r ON r.timeline_id = t.id
  JOIN groups_membership m ON m.id = r.membership_id JOIN groups_group g ON g.id = t.group_id
  JOIN accounts_user u ON u.id = m.user_id LEFT JOIN facilities_staff p ON p.id = m.staff_id
  LEFT JOIN facilities_facility v ON v.id = p.facility_id
  WHERE g.id = %(group_id)s AND t.group_id = %(group_id)s AND r.group_id = %(group_id)s
    AND m.group_id = %(group_id)s AND t.id = %(timeline_id)s AND r.id = %(mark_id)s
    AND m.role = %(role)s AND g.archived_at IS NULL AND m.left_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > now())
    AND p.ended_at IS NULL AND p.paused_at IS NULL AND v.frozen_at IS NULL
  FOR NO KEY UPDATE OF t, r FOR SHARE OF m, g
), post AS (
  INSERT INTO timeline_post (id, group_id, side, number, last_number, seq, changed_seq, parent_id,
    author_id, membership_id, draft_id, body_sealed, urgency, asks_acknowledgement, mentions,
    published_at)
  SELECT %(object_id)s, %(group_id)s, %(side)s, number, number, seq, seq, %(parent_id)s,
    %(actor_id)s, %(membership_id)s, %(draft_id)s, %(sealed)s, %(urgency)s, %(asks)s,
    %(mentions)s, %(at)s
  FROM seat ON CONFLICT (group_id, author_id, draft_id) DO NOTHING RETURNING number, seq
), counted AS (
  UPDATE groups_timeline SET seq = post.seq, posts = number FROM post
  WHERE group_id = %(group_id)s AND id = %(timeline_id)s
), lifted AS (
  UPDATE timeline_post SET last_number = post.number FROM post
  WHERE group_id = %(group_id)s AND id = %(parent_id)s
), read AS (
  UPDATE groups_readmark r SET known = greatest(r.known, r.number) + 1,
    number = CASE WHEN is_read THEN post.number ELSE r.number END
  FROM post, seat WHERE r.group_id = %(group_id)s AND r.id = %(mark_id)s
), fact AS (
  INSERT INTO factlog_loggedfact
    (kind, actor_id, facility_id, group_id, object_id, request_id, detail)
  SELECT %(kind)s, %(actor_id)s, %(facility_id)s, %(group_id)s, %(object_id)s, %(request_id)s,
    %(detail)s FROM post
)
SELECT seat.*, (SELECT count(*) FROM groups_membership o
    WHERE o.group_id = %(group_id)s AND o.left_at IS NULL AND o.id <> %(membership_id)s
      AND (o.expires_at IS NULL OR o.expires_at > now())
      AND (o.role <> 'family' OR %(side)s <> 'professional')) AS readers
FROM seat, post
"""


def publish_post(seat: Seat, draft: Draft) -> Published:
    """Write a post at the side of the seat; the same draft sent twice is one post.

    Raises:
        Refused: the group is archived, the seat only reads, or it is gone meanwhile.
        NotVisible: the post that it answers is not at this side.
        DomainError: nothing is said, more than ten files are attached, one of them is gone, there
            is no room for them any more, or someone is named who does not sit at this side.
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
    if counted is None:
        return Published(post=_published_before(seat, draft), is_new=False)
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


def _published_before(seat: Seat, draft: Draft) -> Post:
    own = Post.objects.of(seat).filter(author_id=seat.actor.user_id, draft_id=draft.id)
    post = own.first()
    if post is None:
        raise Refused("archived")
    return post
