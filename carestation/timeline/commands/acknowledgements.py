"""The sign 了解: deliberate, and taken back the same way; both are recorded.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.factlog.commands import announce
from carestation.groups.commands.timelines import count_change, lock_timeline
from carestation.groups.models.groups import Timeline
from carestation.groups.rules import Seat
from carestation.kernel.errors import require
from carestation.timeline.facts import AcknowledgementWithdrawn, PostAcknowledged
from carestation.timeline.models import Acknowledgement, AcknowledgementQuerySet, Post
from carestation.timeline.queries.messages import find_post
from carestation.timeline.rules import may_acknowledge


@transaction.atomic
def acknowledge_post(seat: Seat, post_id: UUID) -> Post:
    """Give the sign; given already, nothing changes.

    Raises:
        NotVisible: no such post at this side.
        Refused: one's own, withdrawn, or the seat holds no longer.
    """
    timeline, post = _locked(seat, post_id)
    if _own(seat, post_id).exists():
        return post
    Acknowledgement.objects.create(
        group_id=seat.group_id, post=post, user_id=seat.actor.user_id, at=timezone.now()
    )
    _count(timeline, post)
    announce(PostAcknowledged(**seat.marks(), side=seat.side, post_id=post_id))
    return post


@transaction.atomic
def withdraw_acknowledgement(seat: Seat, post_id: UUID) -> Post:
    """Take the sign back; not given, nothing changes.

    Raises:
        NotVisible: no such post at this side.
        Refused: one's own post, withdrawn, or the seat holds no longer.
    """
    timeline, post = _locked(seat, post_id)
    if not _own(seat, post_id).update(withdrawn_at=timezone.now()):
        return post
    _count(timeline, post)
    announce(AcknowledgementWithdrawn(**seat.marks(), side=seat.side, post_id=post_id))
    return post


def _locked(seat: Seat, post_id: UUID) -> tuple[Timeline, Post]:
    timeline = lock_timeline(seat)
    post = find_post(seat, post_id)
    require(allowed=may_acknowledge(seat, post))
    return timeline, post


def _own(seat: Seat, post_id: UUID) -> AcknowledgementQuerySet:
    own = Acknowledgement.objects.standing().filter(group_id=seat.group_id, post_id=post_id)
    return own.filter(user_id=seat.actor.user_id)


def _count(timeline: Timeline, post: Post) -> None:
    post.changed_seq = count_change(timeline)
    post.save(update_fields=["changed_seq"])
