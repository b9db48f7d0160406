"""Changes of patients.

Controls: ISO/IEC 27017 8.3, 8.24; white paper 「暗号化」.
"""

from django.db import transaction
from django.utils import timezone

from carestation.facilities.models.staff import Staff
from carestation.factlog.commands import announce
from carestation.groups.choices import Kind, Role
from carestation.groups.commands.groups import open_group
from carestation.groups.rules import Newcomer, Seat
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, NotVisible, require
from carestation.kernel.ids import uuid7
from carestation.patients.facts import (
    FaceSheetChanged,
    FaceSheetViewed,
    PatientRegistered,
    PatientsListed,
)
from carestation.patients.models import Patient
from carestation.patients.queries.face_sheets import FaceSheet
from carestation.patients.rules import may_change_face_sheet
from carestation.vault.scopes import open_scope


@transaction.atomic
def register_patient(actor: Actor, staff: Staff, face_sheet: FaceSheet) -> Patient:
    """Open a patient's group, managed by the actor's facility, with the actor as its manager.

    Raises:
        Refused: the place in the facility is another's, or has ended.
    """
    require(allowed=staff.user_id == actor.user_id and staff.ended_at is None)
    founder = Newcomer(user_id=actor.user_id, role=Role.MANAGER, staff_id=staff.pk)
    group = open_group(actor, Kind.PATIENT, founder, facility_id=staff.facility_id)
    patient_id = uuid7()
    bundle = open_scope(group.pk, actor)
    patient = Patient.objects.create(
        id=patient_id,
        group=group,
        managing_facility_id=staff.facility_id,
        face_sheet_sealed=bundle.seal(face_sheet.to_json(), Patient.face_sheet_place(patient_id)),
        changed_at=timezone.now(),
    )
    announce(
        PatientRegistered(
            actor_id=actor.user_id,
            facility_id=staff.facility_id,
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
        Refused: the family, or an archived group.
        Conflict: somebody else was first; both are to be compared.
    """
    require(allowed=may_change_face_sheet(seat))
    own = Patient.objects.select_for_update().filter(group_id=seat.group_id)
    patient = own.first()
    if patient is None:
        raise NotVisible
    if patient.version != version:
        raise Conflict("face_sheet")
    bundle = open_scope(seat.group_id, seat.actor)
    place = Patient.face_sheet_place(patient.pk)
    patient.face_sheet_sealed = bundle.seal(face_sheet.to_json(), place)
    patient.version += 1
    patient.changed_at = timezone.now()
    patient.save(update_fields=["face_sheet_sealed", "version", "changed_at"])
    announce(FaceSheetChanged(**seat.marks(), patient_id=patient.pk))
    return patient


def note_face_sheet_viewed(seat: Seat) -> None:
    """Put down that a member looked at a patient's face sheet."""
    announce(FaceSheetViewed(**seat.marks()))


def note_list_viewed(actor: Actor) -> None:
    """Put down that a person looked at the list of their patients."""
    announce(PatientsListed(actor_id=actor.user_id, request_id=actor.request_id))
