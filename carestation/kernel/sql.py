"""Hand-written statements: constants with named parameters, never put together from text."""

from typing import Any

from django.db import connection
from psycopg.pq import Format
from psycopg.rows import dict_row

Parameters = dict[str, Any]
Row = dict[str, Any]


def rows_of(statement: str, parameters: Parameters) -> list[Row]:
    """Run one statement; return its rows by the names of their columns; JSON comes read."""
    with connection.cursor() as cursor:
        # Names without the columns' descriptions: making those costs more than the rows.
        cursor.cursor.row_factory = dict_row
        # As bytes, not as text: reading thirty posts costs two thirds (benchmarks/pages.py).
        cursor.cursor.format = Format.BINARY
        cursor.execute(statement, parameters)
        result = cursor.cursor.pgresult
        return cursor.fetchall() if result is not None and result.nfields else []


def row_of(statement: str, parameters: Parameters) -> Row | None:
    """Run one statement that returns one row or none."""
    return next(iter(rows_of(statement, parameters)), None)
