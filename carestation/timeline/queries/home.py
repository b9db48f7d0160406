"""The list of one's groups: the last post, what is unread, what waits for one's 了解.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from carestation.accounts.queries.people import read_name
from carestation.groups.choices import Kind, Role, Side
from carestation.groups.queries.seats import read_group_name, read_seat
from carestation.groups.rules import Seat
from carestation.kernel.actor import Actor
from carestation.kernel.sql import Row, rows_of
from carestation.patients.queries.face_sheets import PatientCard, read_patients
from carestation.timeline.models import Post
from carestation.vault.scopes import open_scope

EXCERPT: Final = 60
# Hot (benchmarks/pages.py): all sides at which the actor sits, in one statement.
OWN_SIDES: Final = """
SELECT * FROM timeline_newest WHERE user_id = %(user_id)s ORDER BY group_id, side LIMIT 2000
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideRow:
    """One side of a group in the list."""

    seat: Seat
    last_author: str
    last_words: str
    is_last_taken_back: bool
    last_at: datetime | None
    waiting: int
    is_urgent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """A group in the list, with the sides that are open to the reader."""

    id: UUID
    kind: Kind
    name: str
    patient: PatientCard | None
    sides: tuple[SideRow, ...]

    @property
    def found_by(self) -> str:
        """What the list is searched by: names and kana, without spaces."""
        kana = self.patient.face_sheet.kana if self.patient else ""
        return f"{self.name}{kana}".replace(" ", "").replace("\u3000", "").casefold()

    @property
    def newest(self) -> SideRow:
        """The side that was written to last."""
        return max(self.sides, key=lambda one: one.last_at.timestamp() if one.last_at else 0.0)

    @property
    def unread(self) -> int:
        """How many posts are unread at all sides."""
        return sum(one.seat.unread for one in self.sides)

    @property
    def waiting(self) -> int:
        """How many posts wait for the reader's 了解."""
        return sum(one.waiting for one in self.sides)

    @property
    def is_urgent(self) -> bool:
        """Whether one of those hurries."""
        return any(one.is_urgent for one in self.sides)

    @property
    def is_archived(self) -> bool:
        """Whether the group can only be read."""
        return self.sides[0].seat.is_archived

    @property
    def opens_at(self) -> Side:
        """The side that a press on the row opens: where something is unread, else the first."""
        unread = [one.seat.side for one in self.sides if one.seat.unread]
        sides = [one.seat.side for one in self.sides]
        if Side.PROFESSIONAL in sides and (Side.PROFESSIONAL in unread or not unread):
            return Side.PROFESSIONAL
        return unread[0] if unread else sides[0]

    @property
    def waits_at(self) -> Side:
        """The side at which something waits for the reader."""
        waiting = [one.seat.side for one in self.sides if one.waiting]
        return waiting[0] if waiting else self.opens_at

    @property
    def has_news_of_family(self) -> bool:
        """Whether the family side has something that a professional has not read."""
        return any(
            one.seat.side is Side.PATIENT and one.seat.unread and one.seat.role is not Role.FAMILY
            for one in self.sides
        )


def groups_of(actor: Actor) -> list[GroupRow]:
    """Return the actor's groups: what waits first, then by the time of the last post."""
    rows = rows_of(OWN_SIDES, {"user_id": actor.user_id})
    of_patients = {row["group_id"]: row for row in rows if row["patient_id"] is not None}
    patients = read_patients(actor, of_patients.values())
    groups = [
        _group(actor, list(own), patients.get(group_id))
        for group_id, own in groupby(rows, key=lambda row: row["group_id"])
    ]
    return sorted(groups, key=_rank)


def only_family(rows: Sequence[GroupRow]) -> GroupRow | None:
    """Return the one group of someone of the patient's side; None for everyone else."""
    if len(rows) == 1 and rows[0].sides[0].seat.role is Role.FAMILY:
        return rows[0]
    return None


def _group(actor: Actor, rows: Sequence[Row], patient: PatientCard | None) -> GroupRow:
    return GroupRow(
        id=rows[0]["group_id"],
        kind=Kind(rows[0]["kind"]),
        name=_name(actor, rows[0], patient),
        patient=patient,
        sides=tuple(_side(read_seat(actor, row), row) for row in rows),
    )


def _name(actor: Actor, row: Row, patient: PatientCard | None) -> str:
    if patient is not None:
        return patient.face_sheet.name
    if row["name_sealed"] is not None:
        return read_group_name(actor, row["group_id"], row["name_sealed"])
    if row["other_id"] is not None:
        return read_name(row["other_id"], row["other_sealed"], actor)
    return ""


def _side(seat: Seat, row: Row) -> SideRow:
    has_words = row["post_id"] is not None and row["withdrawn_at"] is None
    words = ""
    if has_words:
        bundle = open_scope(seat.group_id, seat.actor)
        words = bundle.unseal(row["body_sealed"], Post.body_place(row["post_id"]))
    author = (
        read_name(row["author_id"], row["author_sealed"], seat.actor)
        if row["post_id"] is not None
        else ""
    )
    return SideRow(
        seat=seat,
        last_author=author,
        last_words=" ".join(words[: EXCERPT * 2].split())[:EXCERPT],
        is_last_taken_back=row["withdrawn_at"] is not None,
        last_at=row["published_at"],
        waiting=row["waiting"],
        is_urgent=row["is_urgent"],
    )


def _rank(row: GroupRow) -> tuple[bool, bool, float]:
    last_at = row.newest.last_at
    return (row.is_archived, not row.is_urgent, -last_at.timestamp() if last_at else 0.0)
