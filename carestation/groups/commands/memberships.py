"""People are seated in groups, and leave them.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.facilities.models.staff import Staff
from carestation.factlog.commands import announce
from carestation.groups.choices import Kind, Role
from carestation.groups.commands.invitations import end_invitations_by, require_by_rules
from carestation.groups.commands.timelines import count_change, lock_timelines
from carestation.groups.facts import MembershipBegan, MembershipEnded, MembersViewed
from carestation.groups.models.groups import Timeline
from carestation.groups.models.memberships import Membership, ReadMark
from carestation.groups.queries.seats import find_membership
from carestation.groups.rules import SIDES_OPEN_TO, Newcomer, Seat, may_end, may_manage
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, DomainError, NotVisible, require
from carestation.vault.scopes import has_keys


@transaction.atomic
def begin_membership(seat: Seat, newcomer: Newcomer) -> Membership:
    """Seat a person without asking them: what sets a world up does; pages invite instead.

    Counted at every side that it sees, and all before counts as read.

    Raises:
        Refused: only the group's manager adds, and not to an archived group.
        Conflict: this person sits there already.
        DomainError: the family sits in patient groups only, or the rules of the actor's facility
            leave it to others (reasons `no_family_by_rules`, `managers_invite`).
    """
    require(allowed=may_manage(seat) and not seat.is_archived)
    if newcomer.role is Role.FAMILY and seat.kind is not Kind.PATIENT:
        raise DomainError("no_family_here")
    require_by_rules(seat, newcomer.role)
    membership = begin(seat.actor, seat.group_id, newcomer, seat.facility_id)
    require_still_manager(seat)
    return membership


@transaction.atomic
def end_membership(seat: Seat, membership_id: UUID) -> Membership:
    """End a person's place; counted at every side that it saw. Anyone may end their own.

    Raises:
        NotVisible: no such membership in this group.
        Refused: another's place, and the actor is not the group's manager.
        Conflict: it has ended already, or the group would lose its last manager (reasons `ended`,
            `only_manager`).
    """
    membership = find_membership(seat, membership_id)
    require(allowed=may_end(seat, membership.user_id))
    is_own = membership.user_id == seat.actor.user_id
    timelines = lock_timelines(seat.group_id, Role(membership.role))
    if not is_own:
        require_still_manager(seat)
    # Read again: who leaves can have become the only manager while the group was waited for.
    membership.refresh_from_db()
    if membership.role == Role.MANAGER and seat.kind is not Kind.DIRECT:
        require_another_manager(membership)
    if not finish(seat.actor, seat.facility_id, membership, timelines):
        raise Conflict("ended")
    return membership


def note_members_viewed(seat: Seat) -> None:
    """Put down that a member looked at who sits there."""
    announce(MembersViewed(**seat.marks()))


@acting_as(Work.SEATING)
def begin(actor: Actor, group_id: UUID, newcomer: Newcomer, facility_id: UUID | None) -> Membership:
    """Seat a person; who calls has asked whether they may. Inside the caller's transaction.

    Raises:
        NotVisible: what the group said is erased.
        Conflict: this person sits there already.
        DomainError: the place through which they come has ended (reason `no_place_of_work`).
    """
    timelines = lock_timelines(group_id, newcomer.role)
    _require_room_for(newcomer, group_id)
    _require_place(newcomer)
    membership = Membership.objects.create(
        group_id=group_id,
        user_id=newcomer.user_id,
        staff_id=newcomer.staff_id,
        role=newcomer.role,
        relation=newcomer.relation or "",
        began_at=timezone.now(),
        expires_at=newcomer.expires_at,
    )
    ReadMark.objects.bulk_create(
        [
            ReadMark(group_id=group_id, membership=membership, timeline=one, number=one.posts)
            for one in timelines
        ]
    )
    for timeline in timelines:
        count_change(timeline)
    announce(
        MembershipBegan(
            actor_id=actor.user_id,
            facility_id=facility_id,
            request_id=actor.request_id,
            group_id=group_id,
            membership_id=membership.pk,
            person_id=newcomer.user_id,
            role=newcomer.role,
        )
    )
    return membership


@acting_as(Work.SEATING)
def finish(
    actor: Actor, facility_id: UUID | None, membership: Membership, timelines: Sequence[Timeline]
) -> bool:
    """End a membership whose timelines are locked, and what it invited; return whether it stood.

    With the last professional the family's places end too: nobody is left who answers for what
    they read. Who calls has asked whether they may. Inside the caller's transaction.
    """
    sitting = Membership.objects.active().of_group(membership.group_id)
    if not sitting.filter(pk=membership.pk).update(left_at=timezone.now()):
        return False
    _put_down_end(actor, facility_id, membership, timelines)
    if membership.role != Role.FAMILY and not sitting.lasting().exists():
        seen = [one for one in timelines if one.side in SIDES_OPEN_TO[Role.FAMILY]]
        for relative in sitting.filter(role=Role.FAMILY).order_by("id"):
            finish(actor, facility_id, relative, seen)
    return True


def _require_room_for(newcomer: Newcomer, group_id: UUID) -> None:
    if not has_keys(group_id):
        raise NotVisible
    if Membership.objects.active().of_group(group_id).of_person(newcomer.user_id).exists():
        raise Conflict("sits_already")


def _require_place(newcomer: Newcomer) -> None:
    # Locked: who ends it in this moment has looked already for what is held through it.
    if newcomer.staff_id is None:
        return
    places = Staff.objects.filter(pk=newcomer.staff_id, ended_at=None)
    if places.select_for_update(no_key=True).first() is None:
        raise DomainError("no_place_of_work")


def require_another_manager(membership: Membership) -> None:
    """Stop where a group would be left without a manager who can act; its timelines are locked.

    Raises:
        Conflict: there is no other (reason `only_manager`).
    """
    managers = Membership.objects.managing().of_group(membership.group_id)
    if not managers.exclude(pk=membership.pk).exists():
        raise Conflict("only_manager")


def require_still_manager(seat: Seat) -> None:
    """Read again, under the lock, that a seat is a manager's.

    Raises:
        Refused: it is no more.
    """
    sitting = Membership.objects.active().filter(pk=seat.membership_id, role=Role.MANAGER)
    require(allowed=sitting.exists())


def _put_down_end(
    actor: Actor, facility_id: UUID | None, membership: Membership, timelines: Sequence[Timeline]
) -> None:
    end_invitations_by(actor, facility_id, membership)
    for timeline in timelines:
        count_change(timeline)
    announce(
        MembershipEnded(
            actor_id=actor.user_id,
            facility_id=facility_id,
            request_id=actor.request_id,
            group_id=membership.group_id,
            membership_id=membership.pk,
            person_id=membership.user_id,
        )
    )
