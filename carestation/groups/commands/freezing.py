"""A facility is frozen or unfrozen, with every seat held through it.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.db import transaction

from carestation.accounts.rules import Console
from carestation.facilities.commands.rulings import freeze_facility, unfreeze_facility
from carestation.groups.choices import Role
from carestation.groups.commands.timelines import count_change, lock_timelines
from carestation.groups.models.memberships import Membership
from carestation.kernel.acting import Work, acting_as


@transaction.atomic
def freeze_seats(console: Console, facility_id: UUID, reason: str) -> list[Membership]:
    """Freeze a facility: no seat held through it stands; return one membership for each group.

    Raises:
        NotVisible: no such facility.
        Conflict: it does not take part, or is frozen already (reason `ruled`).
    """
    freeze_facility(console, facility_id, reason)
    return _count_facility(facility_id)


@transaction.atomic
def unfreeze_seats(console: Console, facility_id: UUID, reason: str) -> list[Membership]:
    """Let a frozen facility take part again; its memberships give seats as before.

    Raises:
        NotVisible: no such facility.
        Conflict: it is not frozen (reason `ruled`).
    """
    unfreeze_facility(console, facility_id, reason)
    return _count_facility(facility_id)


@acting_as(Work.SEATING)
def _count_facility(facility_id: UUID) -> list[Membership]:
    # Professionals see every side, so one of each group stands for all who sit there.
    held = Membership.objects.active().filter(staff__facility_id=facility_id)
    for_each = list(held.order_by("group_id", "id").distinct("group_id"))
    for membership in for_each:
        for timeline in lock_timelines(membership.group_id, Role(membership.role)):
            count_change(timeline)
    return for_each
