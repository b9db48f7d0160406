"""What a page of a timeline shows: who it is about, who reads here, and the threads of a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from carestation.groups.choices import Side
from carestation.groups.queries import Member, members_at, other_seats, title_of
from carestation.groups.rules import Seat
from carestation.patients.queries import PatientCard, patient_of
from carestation.timeline.queries.messages import Message, page_of_threads
from carestation.timeline.queries.standing import Standing, standing_of

TOKYO: Final = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A thread in the list. `day`: it is the first of its day here; `ends_unread`: the last one
    with something unread."""

    message: Message
    standing: Standing
    day: date | None
    ends_unread: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where a page stands: the seat, the patient or the title, who sits here, the other side."""

    seat: Seat
    patient: PatientCard | None
    title: str
    members: list[Member]
    other: Seat | None

    @property
    def family(self) -> list[Member]:
        """The patient and the family among those who sit here."""
        return [one for one in self.members if one.is_family]

    @property
    def professionals(self) -> list[Member]:
        """The professionals among those who sit here."""
        return [one for one in self.members if not one.is_family]

    @property
    def others(self) -> list[Member]:
        """Everyone here but the reader."""
        return [one for one in self.members if one.user_id != self.seat.actor.user_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A page of threads, ready to show. `oldest`: where the next page begins, 0 at the end."""

    entries: list[Entry]
    oldest: int


def room_of(seat: Seat) -> Room:
    """Return what stands around every page of a group's side."""
    patient, members = patient_of(seat), members_at(seat)
    title = patient.face_sheet.name if patient else title_of(seat, members)
    others = other_seats(seat) if seat.side is not Side.ALL else []
    return Room(
        seat=seat,
        patient=patient,
        title=title,
        members=members,
        other=others[0] if others else None,
    )


def board_of(room: Room, *, before: int | None = None) -> Board:
    """Return a page of threads with how far each has reached."""
    page = page_of_threads(room.seat, before=before)
    return Board(
        entries=_entries(page.threads, room),
        oldest=page.oldest if page.has_older else 0,
    )


def _entries(threads: Sequence[Message], room: Room) -> list[Entry]:
    entries, day = [], None
    for place, message in enumerate(threads):
        own_day = message.published_at.astimezone(TOKYO).date()
        is_unread = message.last_number > room.seat.mark
        following = threads[place + 1].last_number if place + 1 < len(threads) else 0
        entries.append(
            Entry(
                message=message,
                standing=standing_of(message, room.members),
                day=own_day if own_day != day else None,
                ends_unread=is_unread and following <= room.seat.mark,
            )
        )
        day = own_day
    return entries
