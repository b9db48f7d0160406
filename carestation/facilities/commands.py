"""Changes of facilities.

Controls: ISO/IEC 27017 5.18; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.facilities.choices import FacilityKind, Profession, StaffRole
from carestation.facilities.facts import FacilityOpened, StaffBegan, StaffEnded
from carestation.facilities.models import Facility, Staff
from carestation.factlog.commands import announce
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict


@transaction.atomic
def open_facility(actor: Actor, *, name: str, kind: FacilityKind) -> Facility:
    """Let a facility take part."""
    facility = Facility.objects.create(name=name, kind=kind, created_at=timezone.now())
    announce(
        FacilityOpened(actor_id=actor.user_id, request_id=actor.request_id, facility_id=facility.pk)
    )
    return facility


@transaction.atomic
def begin_staff(
    actor: Actor, facility_id: UUID, user_id: UUID, *, profession: Profession, role: StaffRole
) -> Staff:
    """Give a person a place in a facility.

    Raises:
        IntegrityError: the person works there already.
    """
    staff = Staff.objects.create(
        facility_id=facility_id,
        user_id=user_id,
        profession=profession,
        role=role,
        began_at=timezone.now(),
    )
    announce(
        StaffBegan(
            actor_id=actor.user_id,
            request_id=actor.request_id,
            facility_id=facility_id,
            staff_id=staff.pk,
        )
    )
    return staff


@transaction.atomic
def end_staff(actor: Actor, staff: Staff) -> None:
    """End a person's place in a facility; the memberships held through it are ended by `groups`.

    Raises:
        Conflict: it has ended already.
    """
    if not Staff.objects.active().filter(pk=staff.pk).update(ended_at=timezone.now()):
        raise Conflict
    announce(
        StaffEnded(
            actor_id=actor.user_id,
            request_id=actor.request_id,
            facility_id=staff.facility_id,
            staff_id=staff.pk,
        )
    )
