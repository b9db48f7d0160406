"""What stands around every page of a group: who it is about, and who sits here.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone

from carestation.groups.choices import Kind, Role, Side
from carestation.groups.queries.seats import Member, members_at, title_of
from carestation.groups.rules import Seat, may_manage, may_post
from carestation.patients.queries.face_sheets import PatientCard, patient_of

PEOPLE_NAMED: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around a page and stays while others write and read: rendered once (`kept`).

    `professionals`, `family`: the first of them, each with a name, a calling, and whether it is who
    reads; beside them how many there are. `phones`: the facilities that are called by a number.
    """

    group_id: UUID
    kind: Kind
    side: Side
    role: Role
    reader_id: UUID
    title: str
    patient: PatientCard | None
    professionals: tuple[tuple[str, str, bool], ...]
    professional_count: int
    family: tuple[tuple[str, str, bool], ...]
    family_count: int
    phones: tuple[tuple[str, str], ...]

    def __hash__(self) -> int:
        """Return what finds it among others; only what is the same in everything is equal."""
        return hash((self.group_id.int, self.reader_id.int, self.side.value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where a page stands: the seat, the patient or the title, who sits here; `read_at`: when."""

    seat: Seat
    patient: PatientCard | None
    title: str
    members: list[Member]
    read_at: datetime

    @property
    def reader(self) -> Member | None:
        """Who reads, among those who sit here."""
        me = self.seat.actor.user_id
        return next((one for one in self.members if one.user_id == me), None)

    @property
    def family(self) -> list[Member]:
        """The patient and the family among those who sit here."""
        return [one for one in self.members if one.is_family]

    @property
    def professionals(self) -> list[Member]:
        """The professionals among those who sit here."""
        return [one for one in self.members if not one.is_family]

    @property
    def phones(self) -> list[tuple[str, str]]:
        """The facilities of those who sit here that are called by a number, each once."""
        numbers = [(one.facility, one.phone) for one in self.professionals if one.phone]
        return list(dict.fromkeys(numbers))

    @property
    def frame(self) -> Frame:
        """What of it is rendered once."""
        professionals, family = self.professionals, self.family
        return Frame(
            group_id=self.seat.group_id,
            kind=self.seat.kind,
            side=self.seat.side,
            role=self.seat.role,
            reader_id=self.seat.actor.user_id,
            title=self.title,
            patient=self.patient,
            professionals=self._named(professionals),
            professional_count=len(professionals),
            family=self._named(family),
            family_count=len(family),
            phones=tuple(self.phones),
        )

    @property
    def may_manage(self) -> bool:
        """Whether the reader may add and remove members."""
        return may_manage(self.seat)

    @property
    def may_write(self) -> bool:
        """Whether the reader may write here."""
        return may_post(self.seat)

    @property
    def others(self) -> list[Member]:
        """Everyone here but the reader."""
        return [one for one in self.members if one.user_id != self.seat.actor.user_id]

    def _named(self, people: Sequence[Member]) -> tuple[tuple[str, str, bool], ...]:
        me = self.seat.actor.user_id
        return tuple([(one.name, one.calling, one.user_id == me) for one in people[:PEOPLE_NAMED]])


def room_of(seat: Seat) -> Room:
    """Return what stands around every page of a group's side."""
    patient, members = patient_of(seat), members_at(seat)
    title = patient.face_sheet.name if patient else title_of(seat, members)
    return Room(seat=seat, patient=patient, title=title, members=members, read_at=timezone.now())
