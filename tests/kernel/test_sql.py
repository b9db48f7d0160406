"""Statements by hand: what one left of its cursor does not bend what comes after."""

import threading
from typing import Final
from uuid import UUID

import pytest
from django.db import OperationalError, connection, transaction
from django.db.utils import DataError
from django.test.utils import CaptureQueriesContext

from carestation.kernel.sql import row_of, rows_of

pytestmark = pytest.mark.django_db
ECHO: Final = "SELECT %(value)s::text AS said, %(number)s::int + 1 AS more"
MANY: Final = "SELECT g AS number, 'x' AS word FROM generate_series(1, %(most)s) g"
DIVIDED: Final = "SELECT 1 / %(by)s::int AS part"
ID: Final = UUID("018f0000-0000-7000-8000-000000000001")


def test_a_statement_is_asked_again_with_other_values_and_kinds_of_values() -> None:
    asked = [("a", 1), (None, 2), ("b", None), (ID, 3), ("c", 4)]

    rows = [row_of(ECHO, {"value": value, "number": number}) for value, number in asked]

    assert rows == [
        {"said": None if value is None else str(value), "more": number and number + 1}
        for value, number in asked
    ]


def test_statements_in_turns_keep_their_own_columns() -> None:
    first, second = rows_of(MANY, {"most": 2}), row_of(ECHO, {"value": "a", "number": 1})

    assert first == [{"number": 1, "word": "x"}, {"number": 2, "word": "x"}]
    assert second == {"said": "a", "more": 2}
    assert rows_of(MANY, {"most": 0}) == []
    assert rows_of(MANY, {"most": 1}) == [{"number": 1, "word": "x"}]


def test_a_statement_works_again_after_it_failed() -> None:
    with pytest.raises(DataError), transaction.atomic():
        row_of(DIVIDED, {"by": 0})

    assert row_of(DIVIDED, {"by": 1}) == {"part": 1}


def test_who_counts_statements_sees_those_by_hand() -> None:
    row_of(ECHO, {"value": "a", "number": 1})
    with CaptureQueriesContext(connection) as asked:
        row_of(ECHO, {"value": "a", "number": 1})

    assert [one["sql"][:6] for one in asked.captured_queries] == ["SELECT"]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_broke_is_made_anew() -> None:
    def broken() -> None:
        said.append(row_of(ECHO, {"value": "a", "number": 1}))
        connection.connection.close()
        with pytest.raises(OperationalError):
            row_of(ECHO, {"value": "a", "number": 1})
        connection.close()
        said.append(row_of(ECHO, {"value": "b", "number": 1}))
        connection.close()

    said: list[object] = []
    thread = threading.Thread(target=broken)
    thread.start()
    thread.join()

    assert said == [{"said": "a", "more": 2}, {"said": "b", "more": 2}]
