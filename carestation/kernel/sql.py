"""Hand-written statements: constants with named parameters, never put together from text."""

from collections.abc import Callable, Container, Sequence
from functools import cached_property
from threading import local
from typing import Any, Final

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor
from psycopg.pq import Format

Parameters = dict[str, Any]
Row = dict[str, Any]
Raw = tuple[bytes | None, ...]


def rows_of(statement: str, parameters: Parameters) -> list[Row]:
    """Run one statement; return its rows by the names of their columns; JSON comes read."""
    cursor = _cursor(statement)
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
    cursor = _cursor(statement)
    cursor.execute(statement, parameters)
    found, unread = cursor.cursor, dict[Raw, Row]()
    columns, value = range(found.pgresult.nfields), found.pgresult.get_value
    raws = [tuple([value(place, column) for column in columns]) for place in range(found.rowcount)]
    for place, raw in enumerate(raws):
        if raw not in known:
            found.scroll(place, "absolute")
            unread[raw] = found.fetchone()
    return raws, unread


class _Kept(local):
    """The cursors of this thread's connection: one for each statement that it ran."""

    def __init__(self) -> None:
        self.of: tuple[object, bool] | None = None
        self.cursors: dict[str, CursorWrapper] = {}

    @cached_property
    def db(self) -> BaseDatabaseWrapper:
        """Return the connection, which Django looks up at length."""
        return connections["default"]


class _Names:
    """Makes rows by the names of a statement's columns; it reads them once."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def __call__(self, cursor: Cursor[Row]) -> Callable[[Sequence[Any]], Row]:
        result, names = cursor.pgresult, self._names
        count = result.nfields if result is not None else 0
        if result is not None and len(names) != count:
            said = [result.fname(place) or b"" for place in range(count)]
            names = self._names = [name.decode() for name in said]
        return lambda values: dict(zip(names, values, strict=True))


_KEPT: Final = _Kept()


def _cursor(statement: str) -> CursorWrapper:
    # Hot (benchmarks/posts.py): kept as long as the connection, and each for one statement, so that
    # how its values are written and its rows are read is worked out once.
    kept, db = _KEPT, _KEPT.db
    if db.connection is None or kept.of != (db.connection, db.queries_logged):
        db.ensure_connection()
        kept.of, kept.cursors = (db.connection, db.queries_logged), {}
    cursor = kept.cursors.get(statement)
    if cursor is None:
        cursor = kept.cursors[statement] = db.cursor()
        cursor.cursor.row_factory = _Names()
        # As bytes, not as text: reading thirty posts costs two thirds (benchmarks/pages.py).
        cursor.cursor.format = Format.BINARY
    return cursor
