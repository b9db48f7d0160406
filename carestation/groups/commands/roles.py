"""Who manages a group and who only reads: managers name each; one of them always stays.

Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from carestation.facilities.choices import Right
from carestation.facilities.commands.staff import lock_desk
from carestation.facilities.rules import Desk
from carestation.factlog.commands import announce
from carestation.groups.choices import InvitationEnd, Kind, Role
from carestation.groups.commands.invitations import end_invitations_by
from carestation.groups.commands.memberships import require_another_manager, require_still_manager
from carestation.groups.commands.timelines import count_change, lock_timelines
from carestation.groups.facts import RoleChanged
from carestation.groups.models.groups import Timeline
from carestation.groups.models.memberships import Membership
from carestation.groups.queries.seats import find_membership
from carestation.groups.rules import Seat, may_manage
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.errors import Conflict, DomainError, NotVisible, require


@transaction.atomic
def change_role(seat: Seat, membership_id: UUID, role: Role) -> Membership:
    """Let a professional manage the group, take part in it, or only read there.

    Who only reads invites nobody any more: what they had sent comes to nothing.

    Raises:
        NotVisible: no such membership in this group.
        Refused: only the group's manager does.
        DomainError: the family manages nothing (reason `family_manages_nothing`), nor does who
            came in an emergency (`seat_ends_by_itself`), or whose place gives no seat now
            (`place_is_paused`).
        Conflict: they have this role already, or the group would lose its last manager (reasons
            `role_is_so`, `only_manager`).
    """
    require(allowed=may_manage(seat))
    timelines = lock_timelines(seat.group_id, Role.MANAGER)
    require_still_manager(seat)
    membership = find_membership(seat, membership_id)
    if Role.FAMILY in {membership.role, role}:
        raise DomainError("family_manages_nothing")
    if membership.role == role:
        raise Conflict("role_is_so")
    _require_fit(membership, role)
    if role is Role.READER:
        lowered = InvitationEnd.INVITER_LOWERED
        end_invitations_by(seat.actor, seat.facility_id, membership, lowered)
    membership.role = role
    membership.save(update_fields=["role"])
    for timeline in timelines:
        count_change(timeline)
    announce(
        RoleChanged(
            **seat.marks(), membership_id=membership.pk, person_id=membership.user_id, role=role
        )
    )
    return membership


@transaction.atomic
@acting_as(Work.SEATING)
def name_manager(desk: Desk, membership_id: UUID) -> Membership:
    """Let someone of the desk's facility manage a group of the facility that nobody else can.

    Raises:
        NotVisible: no such membership, or not of the facility's people in a group of theirs.
        Refused: the actor may not, or may no more.
        Conflict: the group has a manager who can act (reason `has_manager`).
    """
    lock_desk(desk, Right.NAME_MANAGERS)
    could = Membership.objects.could_manage(desk.facility_id)
    own = could.filter(pk=membership_id, group__facility_id=desk.facility_id)
    membership = own.exclude(group__kind=Kind.DIRECT).first()
    if membership is None:
        raise NotVisible
    timelines = lock_timelines(membership.group_id, Role.MANAGER)
    if Membership.objects.managing().of_group(membership.group_id).exists():
        raise Conflict("has_manager")
    if not could.filter(pk=membership_id).exists():
        raise NotVisible
    let_manage(desk, membership, timelines)
    return membership


def let_manage(desk: Desk, membership: Membership, timelines: Sequence[Timeline]) -> None:
    """Let someone of the desk's facility manage a group whose timelines are locked.

    Who calls has asked whether they may. Inside the caller's transaction.
    """
    membership.role = Role.MANAGER
    membership.save(update_fields=["role"])
    for timeline in timelines:
        count_change(timeline)
    announce(
        RoleChanged(
            **desk.marks(),
            group_id=membership.group_id,
            membership_id=membership.pk,
            person_id=membership.user_id,
            role=Role.MANAGER,
        )
    )


def _require_fit(membership: Membership, role: Role) -> None:
    """Stop where someone cannot be what they are named to; the group is locked."""
    if membership.expires_at is not None:
        raise DomainError("seat_ends_by_itself")
    if membership.role == Role.MANAGER:
        require_another_manager(membership)
    standing = Membership.objects.standing().filter(pk=membership.pk)
    if role is Role.MANAGER and not standing.exists():
        raise DomainError("place_is_paused")
