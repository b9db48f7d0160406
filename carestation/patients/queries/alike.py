"""Who could be the same person as one who is about to be registered.

Of patients whose face sheet the actor may read, surname and reading are compared, and they are
shown. Of the others that the facility manages, a hash of reading and day of birth is; of them
nothing is told but that there is a group, and which colleagues manage it.

Controls: ISO/IEC 27017 8.3, 8.24; white paper 「利用者アクセスの管理」, 「暗号化」.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol
from uuid import UUID

from carestation.accounts.models import User
from carestation.accounts.queries.people import read_person
from carestation.facilities.rules import folded
from carestation.groups.queries.seats import take_seats
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.kernel.sql import Row, rows_of
from carestation.patients.models import Patient
from carestation.patients.queries.face_sheets import FaceSheet, PatientCard, patients_of
from carestation.patients.rules import may_see_face_sheet
from carestation.vault.scopes import open_scope
from carestation.vault.sealing import Bundle

# The facility's groups with such a patient, and who of the facility itself manages each.
DOUBLES: Final = """
SELECT g.id AS group_id, g.created_at, g.archived_at IS NOT NULL AS is_archived,
  ARRAY (SELECT o.user_id FROM groups_membership o JOIN facilities_staff s ON s.id = o.staff_id
    WHERE o.group_id = g.id AND o.left_at IS NULL AND o.role = 'manager'
      AND s.facility_id = %(facility_id)s ORDER BY o.began_at, o.id LIMIT 5) AS managers
FROM patients_patient p JOIN groups_group g ON g.id = p.group_id
WHERE p.managing_facility_id = %(facility_id)s AND p.likeness = %(likeness)s
ORDER BY g.id LIMIT 20
"""


class Told(Protocol):
    """Of whom a reading and a day of birth are known: a face sheet, or less."""

    @property
    def kana(self) -> str:
        """The reading."""

    @property
    def birth_date(self) -> date:
        """The day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Double:
    """A group of the facility with such a patient, in which the actor does not sit."""

    group_id: UUID
    opened_at: datetime
    is_archived: bool
    managers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Who could be the same: patients whom the actor may read, and groups of colleagues."""

    cards: tuple[PatientCard, ...] = ()
    doubles: tuple[Double, ...] = ()

    @property
    def group_ids(self) -> frozenset[UUID]:
        """The groups of all of them."""
        return frozenset(one.group_id for one in self.cards) | {
            one.group_id for one in self.doubles
        }


def who_is_alike(actor: Actor, facility_id: UUID, sheet: FaceSheet) -> Alike:
    """Return who could be the same as the person of `sheet`, within what the actor may know."""
    patients = patients_of(actor)
    readable = {seat.group_id for seat in take_seats(actor) if may_see_face_sheet(seat)}
    cards = [
        card
        for group_id, card in patients.items()
        if group_id in readable and is_alike(card.face_sheet, sheet)
    ]
    likeness = known_likeness(actor, facility_id, sheet)
    with acting_as(Work.LIKENESS):
        rows = rows_of(DOUBLES, {"facility_id": facility_id, "likeness": likeness})
    shown = {card.group_id for card in cards}
    doubles = _doubles(actor, [row for row in rows if row["group_id"] not in shown])
    return Alike(cards=tuple(cards), doubles=doubles)


def has_alike(facility_id: UUID, likeness: bytes, *, apart_from: Collection[UUID]) -> bool:
    """Whether a facility manages such a patient in a group besides these."""
    with acting_as(Work.LIKENESS):
        same = Patient.objects.alike(facility_id, likeness)
        return same.exclude(group_id__in=apart_from).exists()


def groups_alike(facility_id: UUID, likeness: bytes) -> list[UUID]:
    """Return the groups of such patients of a facility; two stand for more.

    Those that were closed count only where none is open: who comes back gets a new one.
    """
    with acting_as(Work.LIKENESS):
        same = Patient.objects.alike(facility_id, likeness).values_list("group_id", flat=True)
        return list(same.filter(group__archived_at=None)[:2]) or list(same[:2])


def is_alike(one: FaceSheet, other: FaceSheet) -> bool:
    """Whether two could be taken for each other: a surname or a reading that is the same."""
    same_surname = not one.surnames.isdisjoint(other.surnames)
    return same_surname or folded(one.kana) == folded(other.kana)


def likeness_of(bundle: Bundle, one: Told) -> bytes:
    """Return what tells two patients of a facility alike, under the facility's own key."""
    said = f"{folded(one.kana)}|{one.birth_date.isoformat()}"
    return bundle.derive(said, "patients_patient.likeness")


def known_likeness(actor: Actor, facility_id: UUID, one: Told) -> bytes | None:
    """Return the likeness; None where the facility has no key yet, and so no such patient."""
    try:
        return likeness_of(open_scope(facility_id, actor), one)
    except NotVisible:
        return None


def _doubles(actor: Actor, rows: list[Row]) -> tuple[Double, ...]:
    people = User.objects.in_bulk({one for row in rows for one in row["managers"]})
    names = {user_id: read_person(user, actor).name for user_id, user in people.items()}
    return tuple(
        Double(
            group_id=row["group_id"],
            opened_at=row["created_at"],
            is_archived=row["is_archived"],
            managers=tuple(names[one] for one in row["managers"]),
        )
        for row in rows
    )
