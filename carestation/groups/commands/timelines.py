"""A timeline is locked, and counts what its readers can see change.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.utils import timezone

from carestation.groups.choices import Role
from carestation.groups.models.groups import Timeline
from carestation.groups.models.memberships import Membership
from carestation.groups.rules import SIDES_OPEN_TO, Seat
from carestation.kernel.errors import require


def lock_timeline(seat: Seat) -> Timeline:
    """Lock the timeline of a seat, and read the right to sit there again under the lock.

    Raises:
        Refused: the membership ended, its role changed, or the group was archived meanwhile.
    """
    timeline = (
        Timeline.objects.of_group(seat.group_id)
        .select_for_update(no_key=True)
        .get(pk=seat.timeline_id)
    )
    sitting = Membership.objects.of_group(seat.group_id).seated(timezone.now())
    sitting = sitting.filter(pk=seat.membership_id, role=seat.role)
    require(allowed=sitting.filter(group__archived_at=None).exists(), reason="archived")
    return timeline


def lock_timelines(group_id: UUID, role: Role) -> list[Timeline]:
    """Lock every timeline of a group that a role sees, in their order, and return them."""
    seen = Timeline.objects.of_group(group_id).filter(side__in=SIDES_OPEN_TO[role])
    return list(seen.select_for_update(no_key=True))


def count_change(timeline: Timeline, *, posts: int = 0) -> int:
    """Return the number of the change at hand; the timeline is locked, the row is written."""
    timeline.seq += 1
    timeline.posts += posts
    counted = Timeline.objects.of_group(timeline.group_id).filter(pk=timeline.pk)
    counted.update(seq=timeline.seq, posts=timeline.posts)
    return timeline.seq
