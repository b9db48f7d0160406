"""How much the files of facilities take, and how much they may.

Controls: ISO/IEC 27017 8.6; white paper 「容量・能力の管理」.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from carestation.accounts.rules import Console
from carestation.facilities.models.storage import Storage
from carestation.facilities.rules import Desk
from carestation.kernel.errors import NotVisible
from carestation.kernel.sql import rows_of

LONGEST_LIST: Final = 1_000
# From here on those who manage the facility are told.
SHORT_FROM: Final = 0.8
# By hand: most facilities have no row of theirs, and the fullest are first of all of them.
ROOMS: Final = """
SELECT f.id, f.name, coalesce(s.used_bytes, 0) AS used_bytes, s.limit_bytes
FROM facilities_facility f LEFT JOIN facilities_storage s ON s.facility_id = f.id
WHERE f.id = coalesce(%(facility_id)s, f.id)
ORDER BY coalesce(s.used_bytes::float8 / s.limit_bytes, 0) DESC, used_bytes DESC, f.name, f.id
LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What the files of a facility take; `limit_bytes`: None where the operator set none."""

    used_bytes: int
    limit_bytes: int | None

    @property
    def share(self) -> float | None:
        """How much of it is taken; None without a limit."""
        return self.used_bytes / self.limit_bytes if self.limit_bytes else None

    @property
    def is_short(self) -> bool:
        """Whether little is left."""
        return self.share is not None and self.share >= SHORT_FROM

    @property
    def is_full(self) -> bool:
        """Whether nothing is left."""
        return self.share is not None and self.share >= 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomOfFacility:
    """One facility in the operator's list."""

    id: UUID
    name: str
    room: Room


def room_at(desk: Desk) -> Room:
    """Return what the files of the desk's facility take."""
    return _room(Storage.objects.filter(facility_id=desk.facility_id).first())


def rooms_for(_: Console) -> list[RoomOfFacility]:
    """Return what the files of facilities take, the fullest first."""
    return _rooms(None)


def room_for(_: Console, facility_id: UUID) -> RoomOfFacility:
    """Return what one facility's files take.

    Raises:
        NotVisible: no such facility.
    """
    for one in _rooms(facility_id):
        return one
    raise NotVisible


def _rooms(facility_id: UUID | None) -> list[RoomOfFacility]:
    rows = rows_of(ROOMS, {"facility_id": facility_id, "limit": LONGEST_LIST})
    return [
        RoomOfFacility(
            id=row["id"],
            name=row["name"],
            room=Room(used_bytes=row["used_bytes"], limit_bytes=row["limit_bytes"]),
        )
        for row in rows
    ]


def _room(row: Storage | None) -> Room:
    if row is None:
        return Room(used_bytes=0, limit_bytes=None)
    return Room(used_bytes=row.used_bytes, limit_bytes=row.limit_bytes)
