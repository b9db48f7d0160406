"""The files of a facility take room, and the operator says how much they may take.

A limit refuses new files alone: words are always taken.

Controls: ISO/IEC 27017 8.6; white paper 「容量・能力の管理」.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from carestation.accounts.rules import Console
from carestation.facilities.facts import StorageLimitChanged, StorageRanShort
from carestation.facilities.models.facilities import Facility
from carestation.facilities.models.storage import Storage
from carestation.facilities.queries.storage import SHORT_FROM
from carestation.factlog.commands import announce
from carestation.kernel.errors import DomainError, NotVisible
from carestation.kernel.ids import uuid7
from carestation.kernel.sql import row_of

# One at a time per facility, so that many at once do not pass the limit together.
TAKE: Final = """
INSERT INTO facilities_storage AS s (facility_id, used_bytes) VALUES (%(facility_id)s, %(bytes)s)
ON CONFLICT (facility_id) DO UPDATE SET used_bytes = s.used_bytes + excluded.used_bytes
WHERE s.limit_bytes IS NULL OR s.used_bytes + excluded.used_bytes <= s.limit_bytes
RETURNING used_bytes
"""
SHORT: Final = Q(limit_bytes__isnull=False, used_bytes__gte=F("limit_bytes") * SHORT_FROM)


def take_room(facility_id: UUID, size_bytes: int) -> None:
    """Count files that are posted to what their facility's files take.

    Raises:
        DomainError: they do not fit any more (reason `storage_full`).
    """
    if row_of(TAKE, {"facility_id": facility_id, "bytes": size_bytes}) is None:
        raise DomainError("storage_full")


@transaction.atomic
def keep_counted(counted: Mapping[UUID, int]) -> None:
    """Keep what was counted anew; a facility that has no files any more has none.

    Where little is left, the log says so once, and again after there was more.
    """
    now = timezone.now()
    gone = Storage.objects.exclude(facility_id__in=counted).filter(used_bytes__gt=0)
    gone.update(used_bytes=0, counted_at=now)
    rows = [
        Storage(facility_id=facility_id, used_bytes=size_bytes, counted_at=now)
        for facility_id, size_bytes in sorted(counted.items())
    ]
    Storage.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["facility"],
        update_fields=["used_bytes", "counted_at"],
    )
    for row in Storage.objects.select_for_update().filter(SHORT, is_told=False):
        announce(StorageRanShort(facility_id=row.facility_id, request_id=uuid7()))
        row.is_told = True
        row.save(update_fields=["is_told"])
    Storage.objects.filter(~SHORT, is_told=True).update(is_told=False)


@transaction.atomic
def change_limit(console: Console, facility_id: UUID, limit_bytes: int | None) -> None:
    """Let the files of a facility take so much; None: as much as there is.

    The same limit once more changes nothing.

    Raises:
        NotVisible: no such facility.
    """
    if not Facility.objects.filter(pk=facility_id).exists():
        raise NotVisible
    Storage.objects.get_or_create(facility_id=facility_id)
    row = Storage.objects.select_for_update().get(facility_id=facility_id)
    if row.limit_bytes == limit_bytes:
        return
    row.limit_bytes = limit_bytes
    row.save(update_fields=["limit_bytes"])
    fact = StorageLimitChanged(
        **console.marks(), facility_id=facility_id, limit_bytes=limit_bytes or 0
    )
    announce(fact)
