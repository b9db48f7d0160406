"""Hand-written statements: constants with named parameters, never put together from text."""

from collections.abc import Container
from threading import local
from typing import Any, Final

from django.db import connections
from django.db.backends.utils import CursorWrapper
from psycopg.pq import Format
from psycopg.rows import dict_row

Parameters = dict[str, Any]
Row = dict[str, Any]
Raw = tuple[bytes | None, ...]
_KEPT: Final = local()


def rows_of(statement: str, parameters: Parameters) -> list[Row]:
    """Run one statement; return its rows by the names of their columns; JSON comes read."""
    cursor = _cursor()
    cursor.execute(statement, parameters)
    result = cursor.cursor.pgresult
    return cursor.cursor.fetchall() if result is not None and result.nfields else []


def row_of(statement: str, parameters: Parameters) -> Row | None:
    """Run one statement that returns one row or none."""
    return next(iter(rows_of(statement, parameters)), None)


def raw_rows_of(
    statement: str, parameters: Parameters, known: Container[Raw]
) -> tuple[list[Raw], dict[Raw, Row]]:
    """Run one statement; return its rows as their bytes came, and read those that are not known."""
    cursor = _cursor()
    cursor.execute(statement, parameters)
    found, unread = cursor.cursor, dict[Raw, Row]()
    columns, value = range(found.pgresult.nfields), found.pgresult.get_value
    raws = [tuple([value(place, column) for column in columns]) for place in range(found.rowcount)]
    for place, raw in enumerate(raws):
        if raw not in known:
            found.scroll(place, "absolute")
            unread[raw] = found.fetchone()
    return raws, unread


def _cursor() -> CursorWrapper:
    # Hot (benchmarks/posts.py): kept as long as its connection, for making one costs a third of
    # what a statement does.
    db = connections["default"]
    of = (db.connection, db.queries_logged)
    if db.connection is None or getattr(_KEPT, "of", None) != of:
        _KEPT.cursor = db.cursor()
        # Names without the columns' descriptions: making those costs more than the rows.
        _KEPT.cursor.cursor.row_factory = dict_row
        # As bytes, not as text: reading thirty posts costs two thirds (benchmarks/pages.py).
        _KEPT.cursor.cursor.format = Format.BINARY
        _KEPT.of = (db.connection, db.queries_logged)
    kept: CursorWrapper = _KEPT.cursor
    return kept
