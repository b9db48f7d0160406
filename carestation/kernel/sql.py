"""Hand-written statements: constants with named parameters, never put together from text."""

from typing import Any

from django.db import connection

Parameters = dict[str, Any]
Row = dict[str, Any]


def rows_of(statement: str, parameters: Parameters) -> list[Row]:
    """Run one statement; return its rows by the names of their columns."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        if cursor.description is None:
            return []
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def row_of(statement: str, parameters: Parameters) -> Row | None:
    """Run one statement that returns one row or none."""
    return next(iter(rows_of(statement, parameters)), None)
