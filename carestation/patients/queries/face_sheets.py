"""Reading of patients. Unsealing is done here alone.

Controls: ISO/IEC 27017 8.3, 8.24; white paper 「暗号化」.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from carestation.accounts.queries.people import read_person
from carestation.facilities.rules import folded
from carestation.groups.choices import Kind
from carestation.groups.rules import Seat
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.kernel.read_once import ReadOnce
from carestation.kernel.sql import Row
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
# Hot (benchmarks/pages.py): one of them, with a number that is another where any of them is.
ONE_OF_OWN: Final = """
SELECT id AS patient_id, group_id, face_sheet_sealed, version, (
  SELECT bit_xor(hashtextextended(a.id::text, a.version)) FROM patients_own a
  WHERE a.user_id = %(user_id)s) AS all_own
FROM patients_own WHERE user_id = %(user_id)s AND group_id = %(group_id)s
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
    def surnames(self) -> frozenset[str]:
        """The family name as it is written and as it is read: 高橋 and 髙橋 sound the same."""
        return frozenset(folded(_first_of(name)) for name in (self.name, self.kana))

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
    """A patient, ready to show, and whether another of the reader's patients is called alike.

    `has_namesake`: the surname of another is written or read the same.
    """

    id: UUID
    group_id: UUID
    face_sheet: FaceSheet
    version: int
    years: int
    has_namesake: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LastChange:
    """When a face sheet was written last, and by whom, where that was put down."""

    at: datetime
    changer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the row of a patient says by itself."""

    id: UUID
    group_id: UUID
    version: int
    face_sheet: FaceSheet
    surnames: frozenset[str]


# What the rows of OWN said lately, and what those of ONE_OF_OWN did: whether of one of them there
# is a namesake is found out anew where any of the reader's patients is another.
_READ: Final = ReadOnce[_Known](most=20_000)
_READ_AMONG: Final = ReadOnce[tuple[_Known, bool]](most=20_000)


def patients_of(actor: Actor) -> dict[UUID, PatientCard]:
    """Return the patients of the actor's groups, by group."""
    return _cards(_own(actor))


def read_patients(actor: Actor, rows: Iterable[Row]) -> dict[UUID, PatientCard]:
    """Return the patients of rows that are all of the actor's own, by group; each group once."""
    return _cards([_known(actor, row) for row in rows])


def patient_of(seat: Seat) -> PatientCard | None:
    """Return the patient of the seat's group; None where the group is not a patient's.

    Raises:
        NotVisible: a patient's group without a patient.
    """
    if seat.kind is not Kind.PATIENT:
        return None
    asked = {"user_id": seat.actor.user_id, "group_id": seat.group_id}
    for one, has_namesake in _READ_AMONG.rows_of(ONE_OF_OWN, asked, partial(_among, seat.actor)):
        return _card(one, _today(), has_namesake=has_namesake)
    raise NotVisible


def _among(actor: Actor, row: Row) -> tuple[_Known, bool]:
    """Return a patient of the actor's, and whether another one of them is called alike."""
    one = _known(actor, row)
    return one, not one.surnames.isdisjoint(namesakes(each.surnames for each in _own(actor)))


def take_face_sheet(seat: Seat) -> PatientCard:
    """Return the patient of the seat's group, for someone who may read the face sheet.

    Raises:
        NotVisible: no patient's group, or the family.
    """
    card = patient_of(seat) if may_see_face_sheet(seat) else None
    if card is None:
        raise NotVisible
    return card


def last_change_of(seat: Seat, card: PatientCard) -> LastChange:
    """Return who wrote the face sheet last, and when; `card` is what the seat may read of it."""
    row = Patient.objects.select_related("changer").get(pk=card.id)
    changer = read_person(row.changer, seat.actor).name if row.changer else ""
    return LastChange(at=row.changed_at, changer=changer)


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


def namesakes(everyone: Iterable[frozenset[str]]) -> frozenset[str]:
    """Return the surnames that more than one goes by: the classic mix-up."""
    seen: set[str] = set()
    twice: set[str] = set()
    for surnames in everyone:
        twice |= seen & surnames
        seen |= surnames
    return frozenset(twice)


def _own(actor: Actor) -> list[_Known]:
    return _READ.rows_of(OWN, {"user_id": actor.user_id}, partial(_known, actor))


def _known(actor: Actor, row: Row) -> _Known:
    group_id, patient_id = row["group_id"], row["patient_id"]
    sheet = read_face_sheet(actor, group_id, patient_id, row["face_sheet_sealed"])
    return _Known(
        id=patient_id,
        group_id=group_id,
        version=row["version"],
        face_sheet=sheet,
        surnames=sheet.surnames,
    )


def _cards(own: Sequence[_Known]) -> dict[UUID, PatientCard]:
    shared, today = namesakes(one.surnames for one in own), _today()
    return {
        one.group_id: _card(one, today, has_namesake=not shared.isdisjoint(one.surnames))
        for one in own
    }


def _card(one: _Known, today: date, *, has_namesake: bool) -> PatientCard:
    return PatientCard(
        id=one.id,
        group_id=one.group_id,
        face_sheet=one.face_sheet,
        version=one.version,
        years=age(one.face_sheet.birth_date, today),
        has_namesake=has_namesake,
    )


def _first_of(name: str) -> str:
    # The surname stands before the first space.
    return name.replace("\u3000", " ").split(" ")[0]


def _today() -> date:
    return timezone.localdate(timezone=TOKYO)
