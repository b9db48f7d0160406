"""Emergency access: a seat at a patient of one's own facility, with a reason, that ends by itself.

The patient is found by the exact reading and day of birth, never browsed. Each try is counted
before it is made, and leaves a fact whether or not it found someone.
Locked in this order: the facility, the access, the group's timelines.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.accounts.choices import Purpose
from carestation.accounts.commands.brakes import brake
from carestation.facilities.choices import Right
from carestation.facilities.commands.staff import lock_desk, lock_own_place
from carestation.facilities.models.staff import Staff
from carestation.facilities.rules import Desk
from carestation.factlog.commands import announce
from carestation.groups.choices import Role
from carestation.groups.commands.expiring import end_expired
from carestation.groups.commands.memberships import begin, finish, require_still_manager
from carestation.groups.commands.timelines import lock_timelines
from carestation.groups.models.memberships import Membership
from carestation.groups.rules import Newcomer, Seat
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, DomainError, require
from carestation.kernel.ids import uuid7
from carestation.patients.facts import (
    EmergenciesListed,
    EmergencyBegan,
    EmergencyReviewed,
    EmergencySought,
)
from carestation.patients.models import EmergencyAccess
from carestation.patients.queries.emergencies import (
    find_access,
    find_access_in,
    find_group,
    reason_place,
    reviewers_at,
)
from carestation.patients.rules import EMERGENCY_LASTS, may_review, may_stand_in
from carestation.vault.scopes import open_scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Whom a professional must see now, and why."""

    kana: str
    birth_date: date
    reason: str


def seek_access(actor: Actor, staff_id: UUID, sought: Sought) -> Membership:
    """Take a seat for an hour at the patient who is sought; return the membership.

    Raises:
        Refused: the place is another's, or gives no seat.
        DomainError: the facility has no such patient, or more than one (reason `nobody_found`).
        Conflict: the actor sits there already (reason `sits_already`).
        TooMany: too many tries of late.
    """
    brake(Purpose.EMERGENCY, actor.user_id.hex)
    with transaction.atomic():
        place = lock_own_place(actor, staff_id, Right.SEEK_IN_EMERGENCY)
        group_id = find_group(actor, place.facility_id, sought)
        announce(
            EmergencySought(
                actor_id=actor.user_id,
                request_id=actor.request_id,
                facility_id=place.facility_id,
                attempt_id=uuid7(),
                was_found=group_id is not None,
            )
        )
        membership = _seated(actor, place, group_id, sought.reason) if group_id else None
    # What was tried outlives its refusal, so it is raised after the transaction.
    if group_id is None:
        raise DomainError("nobody_found")
    if membership is None:
        raise Conflict("sits_already")
    return membership


@transaction.atomic
@acting_as(Work.DESK)
def review_access(desk: Desk, access_id: UUID, *, ends: bool) -> Membership | None:
    """Sign that an emergency was looked into; or end its seat at once, signed before or not.

    Returns the membership that ended, if one did.

    Raises:
        NotVisible: no such access of this facility's people.
        Refused: it is the manager's own (reason `own_access`), or they manage no more.
        Conflict: another manager was first (reason `reviewed`).
    """
    lock_desk(desk, Right.REVIEW_EMERGENCIES)
    access = find_access(desk, access_id)
    membership = access.membership
    require(allowed=may_review(desk, membership.user_id), reason="own_access")
    unread = EmergencyAccess.objects.filter(pk=access_id, reviewed_at=None)
    is_first = unread.update(reviewer_id=desk.actor.user_id, reviewed_at=timezone.now())
    has_ended = ends and _end(desk, membership)
    if not is_first and not has_ended:
        raise Conflict("reviewed")
    announce(
        EmergencyReviewed(
            **desk.marks(), group_id=membership.group_id, access_id=access.pk, ended=has_ended
        )
    )
    return membership if has_ended else None


@transaction.atomic
def review_instead(seat: Seat, access_id: UUID, *, ends: bool) -> Membership | None:
    """Sign as the group's manager, where nobody else of the facility can; or end the seat at once.

    Returns the membership that ended, if one did.

    Raises:
        NotVisible: no such access in this group.
        Refused: the actor manages the group no more, took the seat themself, or someone of the
            facility can look into it (reason `own_access`).
        Conflict: another manager was first (reason `reviewed`).
    """
    access = find_access_in(seat, access_id)
    timelines = lock_timelines(seat.group_id, Role.MANAGER)
    membership, reviewers = access.membership, reviewers_at(access.facility_id)
    require(allowed=may_stand_in(seat, membership.user_id, reviewers), reason="own_access")
    require_still_manager(seat)
    unread = EmergencyAccess.objects.filter(pk=access_id, reviewed_at=None)
    is_first = unread.update(reviewer_id=seat.actor.user_id, reviewed_at=timezone.now())
    has_ended = ends and finish(seat.actor, seat.facility_id, membership, timelines)
    if not is_first and not has_ended:
        raise Conflict("reviewed")
    announce(
        EmergencyReviewed(
            actor_id=seat.actor.user_id,
            request_id=seat.actor.request_id,
            facility_id=access.facility_id,
            group_id=seat.group_id,
            access_id=access.pk,
            ended=has_ended,
        )
    )
    return membership if has_ended else None


def note_emergencies_listed(desk: Desk) -> None:
    """Put down that a manager read why seats were taken in an emergency."""
    announce(EmergenciesListed(**desk.marks()))


def _seated(actor: Actor, place: Staff, group_id: UUID, reason: str) -> Membership | None:
    if _sits_already(actor, group_id):
        return None
    newcomer = Newcomer(
        user_id=actor.user_id,
        role=Role.PROFESSIONAL,
        staff_id=place.pk,
        expires_at=timezone.now() + EMERGENCY_LASTS,
    )
    membership, access_id = begin(actor, group_id, newcomer, place.facility_id), uuid7()
    EmergencyAccess.objects.create(
        id=access_id,
        facility_id=place.facility_id,
        membership=membership,
        reason_sealed=open_scope(group_id, actor).seal(reason, reason_place(access_id)),
    )
    announce(
        EmergencyBegan(
            actor_id=actor.user_id,
            request_id=actor.request_id,
            facility_id=place.facility_id,
            group_id=group_id,
            access_id=access_id,
            membership_id=membership.pk,
        )
    )
    return membership


@acting_as(Work.SEATING)
def _sits_already(actor: Actor, group_id: UUID) -> bool:
    own = Membership.objects.active().of_group(group_id).of_person(actor.user_id)
    for old in own.expired(timezone.now()).select_related("staff"):
        end_expired(actor, old)
    return own.exists()


def _end(desk: Desk, membership: Membership) -> bool:
    timelines = lock_timelines(membership.group_id, Role(membership.role))
    return finish(desk.actor, desk.facility_id, membership, timelines)
