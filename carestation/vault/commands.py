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
# What stands in braces comes from the register, which is ours; nothing comes from outside.
KEYED: Final = "SELECT t.id FROM {table} t WHERE t.id = ANY(%(ids)s) AND {is_kept}"


def remove_files_without_key() -> int:
    """Remove what was written long ago and has no key in any row; return how many went.

    Raises:
        PermissionError: not the worker asks, and rows would be missing.
    """
    store, count = blobs(), 0
    names = store.names(timezone.now() - STAYS_AT_LEAST)
    while batch := list(islice(names, LOOKED_AT_ONCE)):
        keyed = _keyed([file_id for file_id, _ in batch])
        for file_id, variant in batch:
            if file_id not in keyed:
                store.remove(file_id, variant)
                count += 1
    if count:
        logger.info("files without a key were removed", extra={"count": count})
    return count


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
