"""Taking a desk, and what stands around its pages.

Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from carestation.accounts.queries.people import read_own
from carestation.facilities.choices import FacilityState, StaffRole
from carestation.facilities.models import Facility, Staff, StaffInvitation
from carestation.facilities.queries.staff import last_review
from carestation.facilities.rules import Desk, review_is_due
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible, require


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskFrame:
    """What stands around every page of a desk: the facility, who sits there, what waits."""

    facility_id: UUID
    facility: str
    me: str
    review_due: bool
    invited: int
    state: FacilityState


def take_desk(actor: Actor, facility_id: UUID) -> Desk:
    """Return the actor's desk at a facility.

    Raises:
        NotVisible: no such facility, no place there, paused, ended, or not a manager's.
        Refused: the operator has frozen the facility (reason `frozen`).
    """
    own = Staff.objects.kept().managers().of_person(actor.user_id)
    staff = own.of_facility(facility_id).select_related("facility").first()
    if staff is None:
        raise NotVisible
    require(allowed=staff.facility.frozen_at is None, reason="frozen")
    return Desk(actor=actor, facility_id=facility_id, staff_id=staff.pk, role=StaffRole(staff.role))


def desks_of(actor: Actor) -> list[Facility]:
    """Return which facilities the actor manages, oldest place first; frozen ones too."""
    own = Staff.objects.kept().managers().of_person(actor.user_id)
    places = own.select_related("facility").order_by("began_at")[:50]
    return [place.facility for place in places]


def frame_of(desk: Desk) -> DeskFrame:
    """Return what stands around a page of this desk."""
    last, facility = last_review(desk), Facility.objects.get(pk=desk.facility_id)
    return DeskFrame(
        facility_id=desk.facility_id,
        facility=facility.name,
        me=read_own(desk.actor).name,
        review_due=review_is_due(last.reviewed_at if last else None, timezone.now()),
        invited=StaffInvitation.objects.waiting().of_facility(desk.facility_id).count(),
        state=facility.state,
    )
