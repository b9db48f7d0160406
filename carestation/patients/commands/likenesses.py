"""Patients whose face sheet is older than the likeness are told alike, too: filled in batches.

Each batch is a transaction of its own, under the facility's lock as a registration is, so that it
can stop anywhere and go on. What is filled is not looked at again; done twice, it is the same.

Controls: ISO/IEC 27017 8.3, 8.24; white paper 「利用者アクセスの管理」, 「暗号化」.
"""

from typing import Final
from uuid import UUID

from carestation.facilities.commands.scopes import bundle_of_facility
from carestation.facilities.models.facilities import Facility
from carestation.factlog.commands import announce
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.kernel.ids import uuid7
from carestation.patients.facts import LikenessFilled
from carestation.patients.models import Patient
from carestation.patients.queries.alike import likeness_of
from carestation.patients.queries.face_sheets import read_face_sheet
from carestation.vault.models import OPERATOR
from carestation.vault.sealing import Bundle

BATCH: Final = 100


def fill_likenesses() -> int:
    """Fill in what is missing, facility by facility; return how many were filled.

    A patient whose keys were erased is left as it is.
    """
    clock = Actor(user_id=OPERATOR, request_id=uuid7())
    missing = Patient.objects.without_likeness().order_by("managing_facility_id")
    with acting_as(Work.LIKENESS):
        facility_ids = list(missing.values_list("managing_facility_id", flat=True).distinct())
    return sum(_fill_facility(clock, facility_id) for facility_id in facility_ids)


def _fill_facility(clock: Actor, facility_id: UUID) -> int:
    filled, behind = 0, UUID(int=0)
    while True:
        with acting_as(Work.LIKENESS):
            Facility.objects.select_for_update(no_key=True).get(pk=facility_id)
            own = Patient.objects.without_likeness().filter(managing_facility_id=facility_id)
            batch = list(own.filter(pk__gt=behind).select_for_update().order_by("pk")[:BATCH])
            if not batch:
                return filled
            bundle = bundle_of_facility(facility_id, clock)
            filled += sum(_fill(clock, bundle, one) for one in batch)
            behind = batch[-1].pk


def _fill(clock: Actor, bundle: Bundle, patient: Patient) -> bool:
    try:
        sealed = bytes(patient.face_sheet_sealed)
        sheet = read_face_sheet(None, patient.group_id, patient.pk, sealed)
    except NotVisible:
        return False
    patient.likeness = likeness_of(bundle, sheet)
    patient.save(update_fields=["likeness"])
    announce(
        LikenessFilled(
            actor_id=clock.user_id,
            request_id=clock.request_id,
            facility_id=patient.managing_facility_id,
            group_id=patient.group_id,
            patient_id=patient.pk,
        )
    )
    return True
