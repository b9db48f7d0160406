"""Changes of patients.

Controls: ISO/IEC 27017 8.3, 8.24; white paper 「暗号化」.
"""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.facilities.choices import Right
from carestation.facilities.commands.scopes import bundle_of_facility
from carestation.facilities.commands.staff import lock_own_place
from carestation.facilities.models.staff import Staff
from carestation.factlog.commands import announce
from carestation.groups.choices import Kind, Role
from carestation.groups.commands.groups import open_group
from carestation.groups.rules import Newcomer, Seat
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, require
from carestation.kernel.ids import uuid7
from carestation.patients.commands.consents import lock_patient
from carestation.patients.facts import (
    AlikeShown,
    FaceSheetChanged,
    FaceSheetViewed,
    PatientRegistered,
    PatientsListed,
)
from carestation.patients.models import Patient
from carestation.patients.queries.alike import (
    Alike,
    has_alike,
    known_likeness,
    likeness_of,
)
from carestation.patients.queries.face_sheets import FaceSheet
from carestation.patients.rules import may_change_face_sheet
from carestation.vault.scopes import open_scope


@transaction.atomic
def register_patient(
    actor: Actor, staff: Staff, face_sheet: FaceSheet, *, apart_from: Collection[UUID] = ()
) -> Patient:
    """Open a patient's group, managed by the actor's facility, with the actor as its manager.

    `apart_from`: the groups whose patients were shown, and are said to be other people. Two who
    register the same person at once come one after the other: the facility is locked.

    Raises:
        Refused: the place in the facility is another's, or gives no seat.
        Conflict: the facility has a patient with this reading and day of birth (reason `alike`).
    """
    place = lock_own_place(actor, staff.pk, Right.OPEN_GROUPS)
    likeness = likeness_of(bundle_of_facility(place.facility_id, actor), face_sheet)
    if has_alike(place.facility_id, likeness, apart_from=apart_from):
        raise Conflict("alike")
    founder = Newcomer(user_id=actor.user_id, role=Role.MANAGER, staff_id=place.pk)
    group = open_group(actor, Kind.PATIENT, founder, facility_id=place.facility_id)
    patient_id = uuid7()
    bundle = open_scope(group.pk, actor)
    patient = Patient.objects.create(
        id=patient_id,
        group=group,
        managing_facility_id=place.facility_id,
        face_sheet_sealed=bundle.seal(face_sheet.to_json(), Patient.face_sheet_place(patient_id)),
        likeness=likeness,
        changed_at=timezone.now(),
        changer_id=actor.user_id,
    )
    announce(
        PatientRegistered(
            actor_id=actor.user_id,
            facility_id=place.facility_id,
            request_id=actor.request_id,
            group_id=group.pk,
            patient_id=patient_id,
        )
    )
    return patient


@transaction.atomic
def change_face_sheet(seat: Seat, face_sheet: FaceSheet, *, version: int) -> Patient:
    """Put a face sheet right; `version` is the one that was shown.

    Raises:
        NotVisible: the group has no patient.
        Refused: the family, or an archived group; or the seat is gone meanwhile.
        Conflict: somebody else was first; both are to be compared.
    """
    require(allowed=may_change_face_sheet(seat))
    patient = lock_patient(seat)
    if patient.version != version:
        raise Conflict("face_sheet")
    bundle = open_scope(seat.group_id, seat.actor)
    place = Patient.face_sheet_place(patient.pk)
    patient.face_sheet_sealed = bundle.seal(face_sheet.to_json(), place)
    patient.likeness = known_likeness(seat.actor, patient.managing_facility_id, face_sheet)
    patient.version += 1
    patient.changed_at, patient.changer_id = timezone.now(), seat.actor.user_id
    patient.save(
        update_fields=["face_sheet_sealed", "likeness", "version", "changed_at", "changer"]
    )
    announce(FaceSheetChanged(**seat.marks(), patient_id=patient.pk))
    return patient


def note_face_sheet_viewed(seat: Seat) -> None:
    """Put down that a member looked at a patient's face sheet."""
    announce(FaceSheetViewed(**seat.marks()))


def note_list_viewed(actor: Actor) -> None:
    """Put down that a person looked at the list of their patients."""
    announce(PatientsListed(actor_id=actor.user_id, request_id=actor.request_id))


@transaction.atomic
def note_alike_viewed(actor: Actor, facility_id: UUID, alike: Alike) -> None:
    """Put down, for each, that a person was shown who could be the same as one who is new."""
    for group_id in sorted(alike.group_ids):
        announce(
            AlikeShown(
                actor_id=actor.user_id,
                facility_id=facility_id,
                request_id=actor.request_id,
                group_id=group_id,
            )
        )
