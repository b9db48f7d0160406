"""How much the files of facilities take, and how much they may.

Controls: ISO/IEC 27017 8.6; white paper 「容量・能力の管理」.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import F

from carestation.accounts.rules import Console
from carestation.facilities.models.facilities import Facility
from carestation.facilities.models.storage import Storage
from carestation.facilities.rules import Desk
from carestation.kernel.errors import NotVisible

LONGEST_LIST: Final = 1_000
# From here on those who manage the facility are told.
SHORT_FROM: Final = 0.8


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
    """Return what each facility's files take, the most first."""
    rows = {row.facility_id: row for row in Storage.objects.all()}
    every = Facility.objects.order_by(F("name").asc(), "id").values_list("pk", "name")
    found = [
        RoomOfFacility(id=facility_id, name=name, room=_room(rows.get(facility_id)))
        for facility_id, name in every[:LONGEST_LIST]
    ]
    return sorted(found, key=lambda one: (-(one.room.share or 0.0), -one.room.used_bytes))


def room_for(console: Console, facility_id: UUID) -> RoomOfFacility:
    """Return what one facility's files take.

    Raises:
        NotVisible: no such facility.
    """
    found = next((one for one in rooms_for(console) if one.id == facility_id), None)
    if found is None:
        raise NotVisible
    return found


def _room(row: Storage | None) -> Room:
    if row is None:
        return Room(used_bytes=0, limit_bytes=None)
    return Room(used_bytes=row.used_bytes, limit_bytes=row.limit_bytes)
