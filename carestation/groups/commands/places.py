"""A place in a facility ends or pauses, with every membership held through it.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.db import transaction

from carestation.facilities.choices import EndCause
from carestation.facilities.commands.invitations import cancel_invitations_by
from carestation.facilities.commands.staff import end_staff, pause_staff, resume_staff
from carestation.facilities.rules import Desk
from carestation.groups.choices import Role
from carestation.groups.commands.memberships import finish
from carestation.groups.commands.timelines import count_change, lock_timelines
from carestation.groups.models.memberships import Membership
from carestation.kernel.acting import Work, acting_as


@transaction.atomic
@acting_as(Work.SEATING)
def end_place(desk: Desk, staff_id: UUID, cause: EndCause) -> list[Membership]:
    """End a person's place in a facility, and every membership held through it; return those.

    The person need do nothing. A group may be left without a manager: `groups_left_alone` names
    such groups before.

    Raises:
        NotVisible: no such place in this facility.
        Conflict: it has ended already.
        DomainError: the facility would have no manager (reason `last_manager`).
    """
    staff = end_staff(desk, staff_id, cause)
    cancel_invitations_by(desk, staff.user_id)
    held = _held_through(staff_id)
    for membership in held:
        timelines = lock_timelines(membership.group_id, Role(membership.role))
        finish(desk.actor, desk.facility_id, membership, timelines)
    return held


@transaction.atomic
@acting_as(Work.SEATING)
def pause_place(desk: Desk, staff_id: UUID) -> list[Membership]:
    """Stop a person's place: until it is resumed, no membership held through it gives a seat.

    Raises:
        NotVisible: no such place in this facility.
        Conflict: it has ended, or is paused already.
        DomainError: the facility would have no manager (reason `last_manager`).
    """
    pause_staff(desk, staff_id)
    return _count_standing(staff_id)


@transaction.atomic
@acting_as(Work.SEATING)
def resume_place(desk: Desk, staff_id: UUID) -> list[Membership]:
    """Let a paused place stand again; its memberships give seats as before.

    Raises:
        NotVisible: no such place in this facility.
        Conflict: it has ended, or is not paused.
    """
    resume_staff(desk, staff_id)
    return _count_standing(staff_id)


def _held_through(staff_id: UUID) -> list[Membership]:
    held = Membership.objects.active().filter(staff_id=staff_id)
    return list(held.order_by("group_id"))


def _count_standing(staff_id: UUID) -> list[Membership]:
    # Open pages read their seats again at the next number of each side.
    held = _held_through(staff_id)
    for membership in held:
        for timeline in lock_timelines(membership.group_id, Role(membership.role)):
            count_change(timeline)
    return held
