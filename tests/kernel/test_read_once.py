"""A row is read once as long as it stays the same, and anew when any of its columns changed."""

from collections import Counter
from typing import Final

import pytest

from carestation.kernel import read_once
from carestation.kernel.read_once import ReadOnce
from carestation.kernel.sql import Row

pytestmark = pytest.mark.django_db
ROWS: Final = """
SELECT * FROM (VALUES ('千代'::text, %(at)s::int, NULL::bytea), ('一郎', 2, '\\x00'::bytea)) AS v (
  name, place, sealed) LIMIT %(limit)s
"""


class Reader:
    """Counts what it was given to read."""

    def __init__(self) -> None:
        self.times: Counter[str] = Counter()

    def __call__(self, row: Row) -> str:
        self.times[row["name"]] += 1
        return f"{row['name']} {row['place']} {row['sealed']}"


def look(once: ReadOnce[str], reader: Reader, *, at: int = 1, limit: int = 9) -> list[str]:
    return once.rows_of(ROWS, {"at": at, "limit": limit}, reader)


def test_a_row_that_stayed_the_same_is_not_read_again() -> None:
    once, reader = ReadOnce[str](most=10), Reader()

    first, second = look(once, reader), look(once, reader)

    assert first == second == ["千代 1 None", "一郎 2 b'\\x00'"]
    assert reader.times == {"千代": 1, "一郎": 1}


def test_what_changed_in_a_column_is_read_anew_and_the_others_are_not() -> None:
    once, reader = ReadOnce[str](most=10), Reader()
    look(once, reader)

    assert look(once, reader, at=3) == ["千代 3 None", "一郎 2 b'\\x00'"]
    assert reader.times == {"千代": 2, "一郎": 1}


def test_only_the_rows_that_came_are_answered() -> None:
    once, reader = ReadOnce[str](most=10), Reader()
    look(once, reader)

    assert look(once, reader, limit=1) == ["千代 1 None"]
    assert look(once, reader, limit=0) == []


def test_it_is_forgotten_in_time_and_before_there_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    once, reader = ReadOnce[str](most=1), Reader()
    look(once, reader)
    look(once, reader)
    assert reader.times["千代"] == 2, "two rows are more than one"

    lasting = ReadOnce[str](most=10)
    look(lasting, reader)
    monkeypatch.setattr(read_once, "PLAIN_KEPT_SECONDS", -1)
    look(lasting, reader)
    assert reader.times["千代"] == 4
