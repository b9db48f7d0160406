"""Sealing values anew under the newest key of their scope, while people write.

A value is exchanged only for what was read of it (compare and set), and a row that somebody holds
is left for the next look: nobody waits for a lock here, and a newer value is never lost.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import tink
from django.db import transaction

from carestation.kernel.acting import Work, require_work
from carestation.kernel.errors import NotVisible
from carestation.kernel.sql import Row, rows_of
from carestation.vault.register import SEALED, SealedColumn
from carestation.vault.scopes import open_scope
from carestation.vault.sealing import Place

BATCH_SIZE: Final = 400
# What stands in braces comes from the register, which is ours; nothing comes from outside.
UNDER_EARLIER_KEYS: Final = """
SELECT t.id, s.id AS scope_id, {row} AS row_id, {bound_as} AS bound_as, {value} AS sealed
FROM {table} t JOIN vault_scope s ON s.id = {scope}
WHERE t.id > %(after)s AND {value} IS NOT NULL
  AND ('x' || encode(substr({value}, 2, 4), 'hex'))::bit(32)::bigint
    <> s.key_ids[cardinality(s.key_ids)]
  AND (%(scope_id)s::uuid IS NULL OR s.id = %(scope_id)s::uuid)
ORDER BY t.id LIMIT %(limit)s
"""
EXCHANGE: Final = """
WITH v AS (
  SELECT * FROM unnest(%(ids)s, %(earlier)s::bytea[], %(fresh)s::bytea[]) AS v (id, earlier, fresh)
), free AS MATERIALIZED (
  SELECT t.id FROM {table} t JOIN v ON v.id = t.id WHERE {value} = v.earlier
  ORDER BY t.id FOR NO KEY UPDATE OF t SKIP LOCKED
)
UPDATE {table} t SET {change} FROM v JOIN free ON free.id = v.id
WHERE t.id = v.id AND {value} = v.earlier RETURNING t.id
"""


@dataclass(slots=True)
class Look:
    """One look through all columns: what was found under earlier keys, and what of it is done.

    `damaged`: how many values opened under no key; they were that before.
    """

    found: int = 0
    resealed: int = 0
    damaged: int = 0
    column: str = field(default="")


def look_through(scope_id: UUID | None) -> Iterator[Look]:
    """Seal anew what stands under earlier keys, of one scope or of all; yield after each batch.

    Raises:
        PermissionError: this process does not see every row.
    """
    # A key is dropped when nothing is found under it: what is not shown would be lost.
    require_work(Work.CONTENT)
    look = Look()
    for column in SEALED:
        look.column = column.name
        after: UUID | int | None = column.first
        while after is not None:
            after = _reseal_batch(column, scope_id, after, look)
            yield look


@transaction.atomic
def _reseal_batch(
    column: SealedColumn, scope_id: UUID | None, after: UUID | int, look: Look
) -> UUID | int | None:
    asked = {"after": after, "scope_id": scope_id, "limit": BATCH_SIZE}
    rows = rows_of(_filled(UNDER_EARLIER_KEYS, column), asked)
    fresh = {row["id"]: _sealed_anew(column, row) for row in rows}
    open_rows = [row for row in rows if fresh[row["id"]]]
    look.damaged += sum(one is None for one in fresh.values())
    look.found += len(open_rows)
    if open_rows:
        exchanged = {
            "ids": [row["id"] for row in open_rows],
            "earlier": [row["sealed"] for row in open_rows],
            "fresh": [fresh[row["id"]] for row in open_rows],
        }
        look.resealed += len(rows_of(_filled(EXCHANGE, column), exchanged))
    return rows[-1]["id"] if len(rows) == BATCH_SIZE else None


def _sealed_anew(column: SealedColumn, row: Row) -> bytes | None:
    """Return a value sealed with the newest key; empty: it was erased, None: it does not open."""
    place = Place(column.table, row["bound_as"], row["row_id"])
    try:
        bundle = open_scope(row["scope_id"], None)
        return bundle.seal_bytes(bundle.unseal_bytes(row["sealed"], place), place)
    except NotVisible:
        return b""
    except tink.TinkError:
        return None


def _filled(statement: str, column: SealedColumn) -> str:
    return statement.format(
        table=column.table,
        scope=column.scope,
        row=column.row,
        bound_as=column.bound_as,
        value=column.value,
        change=column.change,
    )
