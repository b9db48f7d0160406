"""Groups as the operator sees them: how many, and nothing else.

Controls: ISO/IEC 27017 8.2; white paper 「ユーティリティプログラム」.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from carestation.accounts.rules import Console
from carestation.groups.models.groups import Group
from carestation.groups.models.memberships import Membership
from carestation.kernel.acting import Work, acting_as

LOOKED_BACK: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupNumbers:
    """In how many groups a facility's people sit, and how many open ones it manages.

    `emergencies`: how many seats they took of late that end by themselves.
    """

    joined: int
    managed: int
    emergencies: int


@acting_as(Work.CONSOLE)
def count_groups(_console: Console, facility_id: UUID) -> GroupNumbers:
    """Return in how many groups a facility takes part, and how many it manages."""
    held = Membership.objects.active().filter(staff__facility_id=facility_id)
    managed = Group.objects.filter(facility_id=facility_id, archived_at=None)
    came = Membership.objects.filter(staff__facility_id=facility_id, expires_at__isnull=False)
    return GroupNumbers(
        joined=held.values("group_id").distinct().count(),
        managed=managed.count(),
        emergencies=came.filter(began_at__gt=timezone.now() - LOOKED_BACK).count(),
    )
