"""Files that nothing opens any more: who wrote them was killed before their key was kept.

A file's key stands, sealed, in its row. Where no row has one, the bytes are noise and take room.

Controls: ISO/IEC 27017 8.10, 8.24; white paper 「暗号化」.
"""

import logging
from datetime import timedelta
from itertools import islice
from typing import Final
from uuid import UUID

from django.utils import timezone

from carestation.kernel.acting import Work, acting_as, require_work
from carestation.kernel.sql import rows_of
from carestation.vault.blobs import blobs
from carestation.vault.register import FILES

logger = logging.getLogger(__name__)
# Longer than any write and its transaction last, the taking in of a whole export too; and whoever
# brings the database back to how it was some days ago, and forward again, has lost no file.
STAYS_AT_LEAST: Final = timedelta(days=8)
LOOKED_AT_ONCE: Final = 1_000
# A night takes no more than so many away, and none where more than one in ten has no key: then it
# is the database that is not the right one, not the files.
GO_AT_MOST: Final = 10_000
ONE_IN: Final = 10
# What stands in braces comes from the register, which is ours; nothing comes from outside.
KEYED: Final = "SELECT t.id FROM {table} t WHERE t.id = ANY(%(ids)s) AND {is_kept}"


def remove_files_without_key() -> int:
    """Remove what was written long ago and has no key in any row; return how many went.

    None goes where they are too many for what killed writers leave; the log says so.

    Raises:
        PermissionError: not the worker asks, and rows would be missing.
    """
    store, looked, without, going = blobs(), 0, 0, list[tuple[UUID, str]]()
    names = store.names(timezone.now() - STAYS_AT_LEAST)
    while batch := list(islice(names, LOOKED_AT_ONCE)):
        keyed = _keyed([file_id for file_id, _ in batch])
        lost = [one for one in batch if one[0] not in keyed]
        looked, without = looked + len(batch), without + len(lost)
        going += lost[: GO_AT_MOST - len(going)]
    if without * ONE_IN > looked:
        logger.error("too many files have no key: none was removed", extra={"count": without})
        return 0
    for file_id, variant in going:
        store.remove(file_id, variant)
    if going:
        logger.info("files without a key were removed", extra={"count": len(going)})
    return len(going)


def _keyed(file_ids: list[UUID]) -> set[UUID]:
    # The worker sees files that wait for a post, the index of words those that a post carries; what
    # passes from the one to the other meanwhile was seen before.
    require_work(Work.WORKER)
    waiting = _found(file_ids)
    with acting_as(Work.INDEX):
        return waiting | _found(file_ids)


def _found(file_ids: list[UUID]) -> set[UUID]:
    return {
        row["id"]
        for one in FILES
        for row in rows_of(KEYED.format(table=one.table, is_kept=one.is_kept), {"ids": file_ids})
    }
