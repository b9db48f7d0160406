"""Rows of an export as they are written out: times of Japan, words unsealed, one line each.

Controls: ISO/IEC 27017 8.24, CLD.8.1.5; white paper 「暗号化」.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import BigIntegerField, Count, F, Func, Sum, TextField, UUIDField, Value
from django.db.models.functions import Cast, JSONObject

from carestation.exports.queries.reach import Reach
from carestation.exports.queries.tables import Table
from carestation.kernel.actor import Actor
from carestation.ui.times import TOKYO
from carestation.vault.models import OPERATOR
from carestation.vault.scopes import open_scope
from carestation.vault.sealing import Place

ROWS_AT_ONCE: Final = 1000
Line = dict[str, Any]


class _Hash(Func):
    """PostgreSQL's own hash of a text, 64 bits."""

    function = "hashtextextended"
    output_field = BigIntegerField()


def lines_of(table: Table, reach: Reach, actor: Actor) -> Iterator[Line]:
    """Yield the rows of a list in the order of their ids, each as it is written out."""
    sealed = tuple(f"{name}_sealed" for name in table.sealed)
    scope = F(table.scope) if table.scope else Value(OPERATOR, UUIDField())
    more = {"scope_of_row": scope} if table.sealed else {}
    found = table.rows(reach).values(*table.columns, *sealed, **more)
    for row in found.iterator(chunk_size=ROWS_AT_ONCE):
        line = {name: _told(row[name]) for name in table.columns}
        is_hidden = bool(table.hidden_by) and row[table.hidden_by] is not None
        for name in table.sealed:
            shown = None if is_hidden else row[f"{name}_sealed"]
            line[name] = shown and _unsealed(table, name, row, actor)
        yield line


def written(line: Line) -> bytes:
    """Return a row as it stands in an export: one line of JSON in UTF-8."""
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def hash_by_database(table: Table, reach: Reach) -> tuple[int, str]:
    """Return how many rows a list has, and what the database itself makes of their clear columns.

    Each row's hash is PostgreSQL's; their sum does not depend on an order.
    """
    told = Cast(JSONObject(**{name: F(name) for name in table.columns}), TextField())
    found = table.rows(reach).order_by().annotate(told=_Hash(told, Value(0)))
    sums = found.aggregate(rows=Count("pk"), hashed=Sum("told"))
    return sums["rows"], str(sums["hashed"] or 0)


def _unsealed(table: Table, name: str, row: Line, actor: Actor) -> str:
    place = Place(table.model._meta.db_table, name, row["id"])  # noqa: SLF001 - Django's documented API
    return open_scope(row["scope_of_row"], actor).unseal(row[f"{name}_sealed"], place)


def _told(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(TOKYO).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return [_told(one) for one in value] if isinstance(value, list) else value
