"""Reading of patients. Unsealing is done here alone.

Controls: ISO/IEC 27017 8.3, 8.24; white paper 「暗号化」.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from carestation.groups.choices import Kind
from carestation.groups.rules import Seat
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.kernel.sql import Row, rows_of
from carestation.patients.choices import CareLevel, Sex
from carestation.patients.models import Patient
from carestation.patients.rules import may_see_face_sheet
from carestation.ui.components import age
from carestation.vault.scopes import open_scope

TOKYO: Final = ZoneInfo("Asia/Tokyo")
# Hot (benchmarks/home.py): the patients of everyone's own groups, in one statement.
OWN: Final = """
SELECT id AS patient_id, group_id, face_sheet_sealed, version FROM patients_own
WHERE user_id = %(user_id)s LIMIT 2000
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceSheet:
    """Who a patient is and what to beware of, as it was typed."""

    name: str
    kana: str
    birth_date: date
    sex: Sex
    care_level: CareLevel
    allergies: str = ""
    conditions: str = ""
    contact: str = ""

    @property
    def surname(self) -> str:
        """The family name: what stands before the first space."""
        return self.name.replace("\u3000", " ").split(" ")[0]

    def to_json(self) -> str:
        """Return what is sealed."""
        return json.dumps(
            {
                "name": self.name,
                "kana": self.kana,
                "birth_date": self.birth_date.isoformat(),
                "sex": self.sex.value,
                "care_level": self.care_level.value,
                "allergies": self.allergies,
                "conditions": self.conditions,
                "contact": self.contact,
            },
            ensure_ascii=False,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientCard:
    """A patient, ready to show, and whether another of the reader's patients has the surname."""

    id: UUID
    group_id: UUID
    face_sheet: FaceSheet
    version: int
    years: int
    has_namesake: bool


def patients_of(actor: Actor) -> dict[UUID, PatientCard]:
    """Return the patients of the actor's groups, by group."""
    return read_patients(actor, rows_of(OWN, {"user_id": actor.user_id}))


def read_patients(actor: Actor, rows: Iterable[Row]) -> dict[UUID, PatientCard]:
    """Return the patients of rows that are all of the actor's own, by group; each group once."""
    found = [
        (row, read_face_sheet(actor, row["group_id"], row["patient_id"], row["face_sheet_sealed"]))
        for row in rows
    ]
    today = timezone.localdate(timezone=TOKYO)
    shared = namesakes(sheet.surname for _, sheet in found)
    return {
        row["group_id"]: PatientCard(
            id=row["patient_id"],
            group_id=row["group_id"],
            face_sheet=sheet,
            version=row["version"],
            years=age(sheet.birth_date, today),
            has_namesake=sheet.surname in shared,
        )
        for row, sheet in found
    }


def patient_of(seat: Seat) -> PatientCard | None:
    """Return the patient of the seat's group; None where the group is not a patient's.

    Raises:
        NotVisible: a patient's group without a patient.
    """
    if seat.kind is not Kind.PATIENT:
        return None
    card = patients_of(seat.actor).get(seat.group_id)
    if card is None:
        raise NotVisible
    return card


def take_face_sheet(seat: Seat) -> PatientCard:
    """Return the patient of the seat's group, for someone who may read the face sheet.

    Raises:
        NotVisible: no patient's group, or the family.
    """
    card = patient_of(seat) if may_see_face_sheet(seat) else None
    if card is None:
        raise NotVisible
    return card


def read_face_sheet(
    actor: Actor | None, group_id: UUID, patient_id: UUID, sealed: bytes | memoryview
) -> FaceSheet:
    """Return a face sheet, unsealed; without an actor, for the system's own work."""
    text = open_scope(group_id, actor).unseal(sealed, Patient.face_sheet_place(patient_id))
    said = json.loads(text)
    return FaceSheet(
        name=said["name"],
        kana=said["kana"],
        birth_date=date.fromisoformat(said["birth_date"]),
        sex=Sex(said["sex"]),
        care_level=CareLevel(said["care_level"]),
        allergies=said["allergies"],
        conditions=said["conditions"],
        contact=said["contact"],
    )


def namesakes(surnames: Iterable[str]) -> frozenset[str]:
    """Return the surnames that stand there more than once: the classic mix-up."""
    seen: set[str] = set()
    twice: set[str] = set()
    for surname in surnames:
        (twice if surname in seen else seen).add(surname)
    return frozenset(twice)
