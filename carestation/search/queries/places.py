"""Where one can look, whose posts there are, and how far the index has come.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from carestation.accounts.queries.people import kana_place, name_place
from carestation.factlog.commands import unread_since
from carestation.groups.choices import Role
from carestation.groups.queries.seats import calling_of
from carestation.groups.rules import Seat
from carestation.kernel.actor import Actor
from carestation.kernel.sql import Row, rows_of
from carestation.timeline.queries.home import groups_of
from carestation.vault.scopes import open_scope

# An index that is behind by less is not worth a word.
LAG: Final = timedelta(seconds=15)
# Whoever sits or has sat at these sides: their posts are there.
WRITERS: Final = """
SELECT DISTINCT ON (user_id) user_id, role, relation, name_sealed, kana_sealed, profession,
  facility, facility_kana, left_at IS NULL AS is_there
FROM search_writer WHERE group_id = ANY (%(groups)s) AND timeline_id = ANY (%(timelines)s)
ORDER BY user_id, left_at DESC NULLS FIRST, began_at DESC LIMIT 1000
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupToSearch:
    """A group in which one can look, with one's seats there."""

    group_id: UUID
    name: str
    kana: str
    is_patients: bool
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Someone whose posts can stand at one's sides."""

    user_id: UUID
    name: str
    kana: str
    calling: str
    facility: str
    facility_kana: str
    is_family: bool
    is_there: bool


def places_of(actor: Actor) -> dict[UUID, GroupToSearch]:
    """Return the groups in which the actor sits now, as they stand at home."""
    return {
        row.id: GroupToSearch(
            group_id=row.id,
            name=row.name,
            kana=row.patient.face_sheet.kana if row.patient else "",
            is_patients=row.patient is not None,
            seats=tuple(one.seat for one in row.sides),
        )
        for row in groups_of(actor)
    }


def writers_at(seats: Sequence[Seat]) -> list[Writer]:
    """Return whose posts can stand at these sides, by their reading."""
    asked = {
        "groups": [seat.group_id for seat in seats],
        "timelines": [seat.timeline_id for seat in seats],
    }
    rows = rows_of(WRITERS, asked) if seats else []
    return sorted(
        (_writer(seats[0].actor, row) for row in rows), key=lambda one: (one.kana, one.name)
    )


def indexed_until() -> datetime | None:
    """Return up to when the index has read what was posted; None: up to now."""
    since = unread_since("search")
    return since if since is not None and timezone.now() - since > LAG else None


def _writer(actor: Actor, row: Row) -> Writer:
    user_id = row["user_id"]
    bundle = open_scope(user_id, actor)
    return Writer(
        user_id=user_id,
        name=bundle.unseal(row["name_sealed"], name_place(user_id)),
        kana=bundle.unseal(row["kana_sealed"], kana_place(user_id)),
        calling=calling_of(row["role"], row["relation"], row["profession"]),
        facility=row["facility"] or "",
        facility_kana=row["facility_kana"] or "",
        is_family=row["role"] == Role.FAMILY,
        is_there=row["is_there"],
    )
