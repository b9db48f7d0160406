"""Taking a desk for a right, and what stands around its pages.

Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from carestation.accounts.queries.people import read_own
from carestation.facilities.choices import FacilityState, Right, StaffRole
from carestation.facilities.models.facilities import Facility
from carestation.facilities.models.staff import Staff, StaffInvitation
from carestation.facilities.queries.rights import rights_at
from carestation.facilities.queries.roles import title_of
from carestation.facilities.queries.staff import last_review
from carestation.facilities.rules import DESK_RIGHTS, OVER_STAFF, Desk, review_is_due
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible, require


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskFrame:
    """What stands around every page of a desk: the facility, who sits there, what waits."""

    facility_id: UUID
    facility: str
    me: str
    calling: str
    rights: frozenset[Right]
    review_due: bool
    invited: int
    state: FacilityState

    @property
    def may_handle_staff(self) -> bool:
        """Whether there is anything that who sits here may do about one of the staff."""
        return not self.rights.isdisjoint(OVER_STAFF)


def take_desk(actor: Actor, facility_id: UUID, *rights: Right) -> Desk:
    """Return the actor's desk at a facility, taken for one of these rights.

    Raises:
        NotVisible: no such facility, no place there, paused, ended, or without any right at a desk.
        Refused: the operator has frozen the facility (reason `frozen`); or the actor has a desk
            there, and none of these rights; so without naming any.
    """
    own = Staff.objects.kept().of_person(actor.user_id).of_facility(facility_id)
    staff = own.select_related("facility").first()
    held = rights_at(staff) if staff else frozenset()
    if staff is None or held.isdisjoint(DESK_RIGHTS):
        raise NotVisible
    require(allowed=staff.facility.frozen_at is None, reason="frozen")
    require(allowed=not held.isdisjoint(rights))
    return Desk(
        actor=actor,
        facility_id=facility_id,
        staff_id=staff.pk,
        role=StaffRole(staff.role),
        rights=held,
    )


def desks_of(actor: Actor) -> list[Facility]:
    """Return where the actor has a desk, oldest place first; at frozen facilities too."""
    own = Staff.objects.kept().of_person(actor.user_id).select_related("facility")
    places = own.order_by("began_at")[:50]
    return [one.facility for one in places if not rights_at(one).isdisjoint(DESK_RIGHTS)]


def frame_of(desk: Desk) -> DeskFrame:
    """Return what stands around a page of this desk."""
    last = last_review(desk)
    own = Staff.objects.select_related("facility", "custom_role").get(pk=desk.staff_id)
    return DeskFrame(
        facility_id=desk.facility_id,
        facility=own.facility.name,
        me=read_own(desk.actor).name,
        calling=title_of(own, desk.actor),
        rights=desk.rights,
        review_due=review_is_due(last.reviewed_at if last else None, timezone.now()),
        invited=StaffInvitation.objects.waiting().of_facility(desk.facility_id).count(),
        state=own.facility.state,
    )
