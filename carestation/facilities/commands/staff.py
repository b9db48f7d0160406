"""Who works in a facility: a place begins, changes, pauses and ends.

A facility never loses its last manager: who ends, pauses or lowers a manager first locks the
facility, so that two who would end each other come one after the other.

Controls: ISO/IEC 27017 5.16, 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.accounts.choices import EndReason
from carestation.accounts.commands.factor_resets import start_factor_reset
from carestation.accounts.commands.sessions import end_sessions_of
from carestation.facilities.choices import EndCause, Profession, Right, StaffRole
from carestation.facilities.commands.bindings import bind_by_rules
from carestation.facilities.facts import (
    StaffBegan,
    StaffChanged,
    StaffEnded,
    StaffPaused,
    StaffResumed,
    StaffReviewed,
)
from carestation.facilities.models.facilities import Facility
from carestation.facilities.models.staff import Staff, StaffReview
from carestation.facilities.queries.policies import rules_of
from carestation.facilities.queries.rights import rights_at
from carestation.facilities.queries.roles import find_role, granted_to
from carestation.facilities.queries.staff import find_staff, mark_of_list
from carestation.facilities.rules import Desk, may_give, may_handle, rights_of
from carestation.factlog.commands import announce
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, DomainError, Refused, require


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCalling:
    """What someone is to be in a facility from now on; a member may have a role of its own."""

    profession: Profession
    role: StaffRole
    custom_role_id: UUID | None = None


@transaction.atomic
def begin_staff(
    actor: Actor,
    facility_id: UUID,
    user_id: UUID,
    *,
    profession: Profession,
    role: StaffRole,
    custom_role_id: UUID | None = None,
) -> Staff:
    """Give a person a place in a facility; a member may have a role of the facility's own.

    Raises:
        IntegrityError: the person works there already.
    """
    staff = Staff.objects.create(
        facility_id=facility_id,
        user_id=user_id,
        profession=profession,
        role=role,
        custom_role_id=custom_role_id,
        began_at=timezone.now(),
    )
    announce(
        StaffBegan(
            actor_id=actor.user_id,
            request_id=actor.request_id,
            facility_id=facility_id,
            staff_id=staff.pk,
            person_id=user_id,
            role=role,
            custom_role_id=custom_role_id,
        )
    )
    return staff


@transaction.atomic
def end_staff(desk: Desk, staff_id: UUID, cause: EndCause) -> Staff:
    """End a person's place; with the last one their sessions end too.

    The memberships held through it end with it: `groups.commands.places.end_place` does both.

    Raises:
        NotVisible: no such place in this facility.
        Refused: the actor may not, or this person has more rights (reason `beyond_own_rights`).
        Conflict: it has ended already.
        DomainError: the facility would have no manager (reason `last_manager`).
    """
    staff = lock_staff(desk, staff_id, Right.END_STAFF)
    _require_another_manager(staff)
    staff.ended_at, staff.end_cause = timezone.now(), cause
    staff.save(update_fields=["ended_at", "end_cause"])
    bind_by_rules(desk.actor, staff.user_id)
    _leave_no_session(desk, staff)
    announce(StaffEnded(**desk.marks(), staff_id=staff.pk, person_id=staff.user_id, cause=cause))
    return staff


@transaction.atomic
def pause_staff(desk: Desk, staff_id: UUID) -> Staff:
    """Stop a person's place until it is resumed: meanwhile it gives no seat and no desk.

    Raises:
        NotVisible: no such place in this facility.
        Refused: the actor may not, or this person has more rights (reason `beyond_own_rights`).
        Conflict: it has ended, or is paused already.
        DomainError: the facility would have no manager (reason `last_manager`).
    """
    staff = lock_staff(desk, staff_id, Right.END_STAFF)
    if staff.paused_at is not None:
        raise Conflict("paused")
    _require_another_manager(staff)
    staff.paused_at = timezone.now()
    staff.save(update_fields=["paused_at"])
    bind_by_rules(desk.actor, staff.user_id)
    _leave_no_session(desk, staff)
    announce(StaffPaused(**desk.marks(), staff_id=staff.pk, person_id=staff.user_id))
    return staff


@transaction.atomic
def resume_staff(desk: Desk, staff_id: UUID) -> Staff:
    """Let a paused place stand again, with the seats that it had.

    Raises:
        NotVisible: no such place in this facility.
        Refused: the actor may not, or this person has more rights (reason `beyond_own_rights`).
        Conflict: it has ended, or is not paused.
    """
    staff = lock_staff(desk, staff_id, Right.END_STAFF)
    if staff.paused_at is None:
        raise Conflict("not_paused")
    staff.paused_at = None
    staff.save(update_fields=["paused_at"])
    bind_by_rules(desk.actor, staff.user_id)
    announce(StaffResumed(**desk.marks(), staff_id=staff.pk, person_id=staff.user_id))
    return staff


@transaction.atomic
def change_staff(desk: Desk, staff_id: UUID, new: NewCalling) -> Staff:
    """Give a person another profession or another role in the facility.

    Raises:
        NotVisible: no such place or role in this facility.
        Refused: the actor may not, or it is about more rights than they have (reason
            `beyond_own_rights`).
        Conflict: it has ended.
        DomainError: the facility would have no manager (reason `last_manager`).
    """
    staff = lock_staff(desk, staff_id, Right.CHANGE_STAFF)
    if new.custom_role_id is not None:
        find_role(desk, new.custom_role_id)
    require_givable(desk, new.role, new.custom_role_id)
    if new.role is not StaffRole.MANAGER:
        _require_another_manager(staff)
    staff.profession, staff.role = new.profession, new.role
    staff.custom_role_id = new.custom_role_id
    staff.save(update_fields=["profession", "role", "custom_role"])
    bind_by_rules(desk.actor, staff.user_id)
    announce(
        StaffChanged(
            **desk.marks(),
            staff_id=staff.pk,
            person_id=staff.user_id,
            profession=new.profession,
            role=new.role,
            custom_role_id=new.custom_role_id,
        )
    )
    return staff


@transaction.atomic
def review_staff(desk: Desk, *, mark: str) -> StaffReview:
    """Sign that the list of staff was looked through, and is right; `mark`: of that list.

    Raises:
        Refused: the actor may not.
        Conflict: it is not the list that was looked at: someone came, went or became another
            meanwhile (reason `list_changed`).
    """
    lock_desk(desk, Right.SIGN_REVIEW)
    if mark_of_list(desk.facility_id) != mark:
        raise Conflict("list_changed")
    people = Staff.objects.active().of_facility(desk.facility_id).count()
    review = StaffReview.objects.create(
        facility_id=desk.facility_id,
        reviewer_id=desk.actor.user_id,
        people=people,
        reviewed_at=timezone.now(),
    )
    announce(StaffReviewed(**desk.marks(), review_id=review.pk, people=people))
    return review


@transaction.atomic
def let_factors_be_reset(desk: Desk, staff_id: UUID) -> None:
    """Let someone who lost their second factor be sent a link; only they can finish.

    Raises:
        NotVisible: no such place in this facility.
        Refused: the actor may not, or this person has more rights (reason `beyond_own_rights`).
        Conflict: it has ended.
    """
    staff = lock_staff(desk, staff_id, Right.RESET_FACTORS)
    start_factor_reset(desk.actor, staff.user_id)


def lock_staff(desk: Desk, staff_id: UUID, right: Right) -> Staff:
    """Lock the facility for a right over its staff, and return one of their places.

    Raises:
        NotVisible: no such place in this facility.
        Refused: the actor may not, or this person has more rights (reason `beyond_own_rights`).
        Conflict: the place has ended.
    """
    lock_desk(desk, right)
    staff = find_staff(desk, staff_id)
    if staff.ended_at is not None:
        raise Conflict("ended")
    members = rights_of(StaffRole.MEMBER, rules_of(desk.facility_id))
    may = may_handle(_held(desk), rights_at(staff), members)
    require(allowed=may, reason="beyond_own_rights")
    return staff


def lock_desk(desk: Desk, right: Right) -> Facility:
    """Lock the facility for a right and return it; the right is read again under the lock.

    Raises:
        Refused: the actor may not, or may no more.
    """
    facility = Facility.objects.select_for_update(no_key=True).get(pk=desk.facility_id)
    require(allowed=right in _held(desk))
    return facility


def require_givable(desk: Desk, role: StaffRole, custom_role_id: UUID | None = None) -> None:
    """Stop where a role has more rights than who gives it.

    Raises:
        Refused: it has (reason `beyond_own_rights`).
    """
    granted = None if custom_role_id is None else granted_to(custom_role_id)
    rules = rules_of(desk.facility_id)
    given, members = rights_of(role, rules, granted), rights_of(StaffRole.MEMBER, rules)
    require(allowed=may_give(_held(desk), given, members), reason="beyond_own_rights")


def lock_own_place(actor: Actor, staff_id: UUID, right: Right) -> Staff:
    """Lock a facility for a right, and return the actor's own place in it, read under the lock.

    Raises:
        Refused: it is another's, has ended or is paused, gives no such right, or the facility takes
            no part yet.
    """
    own = Staff.objects.standing().of_person(actor.user_id).exclude(facility__approved_at=None)
    place = own.filter(pk=staff_id).first()
    if place is not None:
        Facility.objects.select_for_update(no_key=True).get(pk=place.facility_id)
        place = own.filter(pk=staff_id).first()
    if place is None or right not in rights_at(place):
        raise Refused
    return place


def _held(desk: Desk) -> frozenset[Right]:
    own = Staff.objects.standing().filter(pk=desk.staff_id).first()
    return rights_at(own) if own else frozenset()


def _require_another_manager(staff: Staff) -> None:
    managers = Staff.objects.standing().managers().of_facility(staff.facility_id)
    if staff.role == StaffRole.MANAGER and not managers.exclude(pk=staff.pk).exists():
        raise DomainError("last_manager")


def _leave_no_session(desk: Desk, staff: Staff) -> None:
    if not Staff.objects.standing().of_person(staff.user_id).exists():
        end_sessions_of(desk.actor, staff.user_id, EndReason.PLACE_ENDED)
