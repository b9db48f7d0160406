"""Opening every sealed value that the register names, each at its place."""

from typing import Final

import tink

from carestation.kernel.sql import rows_of
from carestation.vault.register import SEALED, SealedColumn
from carestation.vault.scopes import open_scope
from carestation.vault.sealing import Place

ALL: Final = """
SELECT {scope} AS scope_id, {row} AS row_id, {bound_as} AS bound_as, {value} AS sealed
FROM {table} t WHERE {value} IS NOT NULL
"""


def opened_values(column: SealedColumn) -> tuple[int, int]:
    """Return how many values of a column open at their places, and how many do not."""
    statement = ALL.format(
        scope=column.scope,
        row=column.row,
        bound_as=column.bound_as,
        value=column.value,
        table=column.table,
    )
    opened = closed = 0
    for row in rows_of(statement, {}):
        place = Place(column.table, row["bound_as"], row["row_id"])
        try:
            open_scope(row["scope_id"], None).unseal_bytes(row["sealed"], place)
            opened += 1
        except tink.TinkError:
            closed += 1
    return opened, closed


def opened_everywhere() -> dict[str, int]:
    """Return how many values each column holds, all of which open where the register says."""
    found = {column.name: opened_values(column) for column in SEALED}
    assert {name: closed for name, (_, closed) in found.items() if closed} == {}
    return {name: opened for name, (opened, _) in found.items()}
