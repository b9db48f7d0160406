"""Changes of groups.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.facilities.choices import EndCause, Right
from carestation.facilities.commands.invitations import cancel_invitations_by
from carestation.facilities.commands.staff import end_staff, pause_staff, resume_staff
from carestation.facilities.models import Staff
from carestation.facilities.queries.rights import rights_at
from carestation.facilities.rules import Desk
from carestation.factlog.commands import announce
from carestation.groups.choices import Kind, Role
from carestation.groups.facts import (
    GroupArchived,
    GroupOpened,
    MembershipBegan,
    MembershipEnded,
    MembersViewed,
)
from carestation.groups.models import Group, Membership, ReadMark, Timeline
from carestation.groups.queries import find_membership, group_name_place
from carestation.groups.rules import SIDES_OF, SIDES_OPEN_TO, Newcomer, Seat, may_end, may_manage
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, DomainError, require
from carestation.kernel.ids import uuid7
from carestation.vault.models import OPERATOR, ScopeKind
from carestation.vault.scopes import create_scope

SCOPE_KINDS = {
    Kind.PATIENT: ScopeKind.PATIENT_GROUP,
    Kind.FREE: ScopeKind.FREE_GROUP,
    Kind.DIRECT: ScopeKind.DIRECT_TALK,
}


@transaction.atomic
def open_group(
    actor: Actor, kind: Kind, founder: Newcomer, *, facility_id: UUID | None = None, name: str = ""
) -> Group:
    """Open a group with its keys, its timelines and its first member."""
    group_id = uuid7()
    bundle = create_scope(group_id, SCOPE_KINDS[kind], facility_id or OPERATOR)
    group = Group.objects.create(
        id=group_id,
        kind=kind,
        facility_id=facility_id,
        name_sealed=bundle.seal(name, group_name_place(group_id)) if name else None,
        created_at=timezone.now(),
    )
    Timeline.objects.bulk_create(
        [Timeline(group=group, side=side) for side in sorted(SIDES_OF[kind])]
    )
    announce(
        GroupOpened(
            actor_id=actor.user_id,
            facility_id=facility_id,
            request_id=actor.request_id,
            group_id=group_id,
            group_kind=kind,
        )
    )
    _begin(actor, group_id, founder, facility_id)
    return group


@transaction.atomic
def open_talk(actor: Actor, own: Newcomer, other: Newcomer) -> Group:
    """Open a talk of two people; nobody manages it, and nobody joins later."""
    group = open_group(actor, Kind.DIRECT, own)
    _begin(actor, group.pk, other, None)
    return group


@transaction.atomic
def begin_membership(seat: Seat, newcomer: Newcomer) -> Membership:
    """Seat a person; counted at every side that it sees, and all before counts as read.

    Raises:
        Refused: only the group's manager adds, and not to an archived group.
        Conflict: this person sits there already.
        DomainError: the family sits in patient groups only, or the rules of the actor's facility
            leave it to others (reasons `no_family_by_rules`, `managers_invite`).
    """
    require(allowed=may_manage(seat) and not seat.is_archived)
    if newcomer.role is Role.FAMILY and seat.kind is not Kind.PATIENT:
        raise DomainError("no_family_here")
    _require_by_rules(seat, newcomer.role)
    membership = _begin(seat.actor, seat.group_id, newcomer, seat.facility_id)
    _require_still_manager(seat)
    return membership


@transaction.atomic
def end_membership(seat: Seat, membership_id: UUID) -> Membership:
    """End a person's place; counted at every side that it saw. Anyone may end their own.

    Raises:
        NotVisible: no such membership in this group.
        Refused: another's place, and the actor is not the group's manager.
        Conflict: it has ended already, or the group would lose its last manager.
    """
    membership = find_membership(seat, membership_id)
    require(allowed=may_end(seat, membership.user_id))
    is_own = membership.user_id == seat.actor.user_id
    timelines = _lock_timelines(seat.group_id, Role(membership.role))
    if not is_own:
        _require_still_manager(seat)
    sitting = Membership.objects.active().of_group(seat.group_id)
    if membership.role == Role.MANAGER and seat.kind is not Kind.DIRECT:
        others = sitting.filter(role=Role.MANAGER).exclude(pk=membership_id)
        if not others.exists():
            raise Conflict("last_manager")
    if not sitting.filter(pk=membership_id).update(left_at=timezone.now()):
        raise Conflict("ended")
    _count_end(seat.actor, seat.facility_id, membership, timelines)
    return membership


@transaction.atomic
def archive_group(seat: Seat) -> None:
    """Close a group: it stays readable, nothing is written any more.

    Raises:
        Refused: only the group's manager does.
        Conflict: it is closed already.
    """
    require(allowed=may_manage(seat))
    timelines = _lock_timelines(seat.group_id, Role.MANAGER)
    _require_still_manager(seat)
    open_ones = Group.objects.filter(pk=seat.group_id, archived_at=None)
    if not open_ones.update(archived_at=timezone.now()):
        raise Conflict("archived")
    for timeline in timelines:
        count_change(timeline)
    announce(GroupArchived(**seat.marks()))


@transaction.atomic
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
        timelines = _lock_timelines(membership.group_id, Role(membership.role))
        sitting = Membership.objects.active().filter(pk=membership.pk)
        if sitting.update(left_at=timezone.now()):
            _count_end(desk.actor, desk.facility_id, membership, timelines)
    return held


@transaction.atomic
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
def resume_place(desk: Desk, staff_id: UUID) -> list[Membership]:
    """Let a paused place stand again; its memberships give seats as before.

    Raises:
        NotVisible: no such place in this facility.
        Conflict: it has ended, or is not paused.
    """
    resume_staff(desk, staff_id)
    return _count_standing(staff_id)


def note_members_viewed(seat: Seat) -> None:
    """Put down that a member looked at who sits there."""
    announce(MembersViewed(**seat.marks()))


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
    sitting = Membership.objects.active().filter(pk=seat.membership_id, role=seat.role)
    require(allowed=sitting.filter(group__archived_at=None).exists(), reason="archived")
    return timeline


def count_change(timeline: Timeline, *, posts: int = 0) -> int:
    """Return the number of the change at hand; the timeline is locked, the row is written."""
    timeline.seq += 1
    timeline.posts += posts
    timeline.save(update_fields=["seq", "posts"])
    return timeline.seq


def _begin(
    actor: Actor, group_id: UUID, newcomer: Newcomer, facility_id: UUID | None
) -> Membership:
    timelines = _lock_timelines(group_id, newcomer.role)
    sitting = Membership.objects.active().of_group(group_id)
    if sitting.of_person(newcomer.user_id).exists():
        raise Conflict("sits_already")
    membership = Membership.objects.create(
        group_id=group_id,
        user_id=newcomer.user_id,
        staff_id=newcomer.staff_id,
        role=newcomer.role,
        relation=newcomer.relation or "",
        began_at=timezone.now(),
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


def _require_by_rules(seat: Seat, role: Role) -> None:
    standing = Staff.objects.standing().of_person(seat.actor.user_id)
    own = standing.filter(pk=seat.staff_id).first() if seat.staff_id else None
    held = rights_at(own) if own else frozenset()
    if (Right.INVITE_FAMILY if role is Role.FAMILY else Right.INVITE_TO_GROUPS) not in held:
        others_may_come = Right.INVITE_TO_GROUPS in held
        raise DomainError("no_family_by_rules" if others_may_come else "managers_invite")


def _count_end(
    actor: Actor, facility_id: UUID | None, membership: Membership, timelines: list[Timeline]
) -> None:
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


def _held_through(staff_id: UUID) -> list[Membership]:
    held = Membership.objects.active().filter(staff_id=staff_id)
    return list(held.order_by("group_id"))


def _count_standing(staff_id: UUID) -> list[Membership]:
    # Open pages read their seats again at the next number of each side.
    held = _held_through(staff_id)
    for membership in held:
        for timeline in _lock_timelines(membership.group_id, Role(membership.role)):
            count_change(timeline)
    return held


def _lock_timelines(group_id: UUID, role: Role) -> list[Timeline]:
    seen = Timeline.objects.of_group(group_id).filter(side__in=SIDES_OPEN_TO[role])
    return list(seen.select_for_update(no_key=True))


def _require_still_manager(seat: Seat) -> None:
    sitting = Membership.objects.active().filter(pk=seat.membership_id, role=Role.MANAGER)
    require(allowed=sitting.exists())
