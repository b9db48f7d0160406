"""The files of a post take room of a facility: of the one that manages the group.

Where none does, of the one through which their author writes.

Controls: ISO/IEC 27017 8.6; white paper 「容量・能力の管理」.
"""

from collections.abc import Iterable
from typing import Final

from carestation.facilities.commands.storage import keep_counted, take_room
from carestation.groups.models.groups import Group
from carestation.groups.rules import Seat
from carestation.kernel.acting import Work, require_work
from carestation.kernel.sql import rows_of
from carestation.timeline.models import Attachment

COUNT: Final = "SELECT facility_id, bytes FROM timeline_bytes_of_facilities()"


def take_room_for(seat: Seat, files: Iterable[Attachment]) -> None:
    """Count the files of a post.

    Raises:
        DomainError: they do not fit any more (reason `storage_full`).
    """
    facility_id = Group.objects.get(pk=seat.group_id).facility_id or seat.facility_id
    if facility_id is not None:
        take_room(facility_id, sum(one.size_bytes + (one.thumbnail_bytes or 0) for one in files))


def count_files() -> None:
    """Count anew what the files of each facility take: groups change hands and are erased.

    Raises:
        PermissionError: somebody else than the worker asks, whom the sums are not shown.
    """
    require_work(Work.WORKER)
    keep_counted({row["facility_id"]: row["bytes"] for row in rows_of(COUNT, {})})
