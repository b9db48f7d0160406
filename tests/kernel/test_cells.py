"""What people typed is text in a spreadsheet, too."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carestation.kernel.cells import table_line

COMPUTED = tuple("=+-@＝＋－＠\t\r\n")  # OWASP, CSV injection; Excel takes the wide ones, too
signs = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
texts = st.builds(str.__add__, st.sampled_from(["", *COMPUTED]), st.text(signs))


def read(line: bytes) -> list[str]:
    (cells,) = csv.reader(io.StringIO(line.decode(), newline=""))
    return cells


@pytest.mark.control("8.15")
@given(st.lists(texts, min_size=1))
def test_no_cell_is_computed_and_every_one_can_be_read_back(cells: list[str]) -> None:
    told = read(table_line(cells))

    assert not any(one.startswith(COMPUTED) for one in told)
    assert [one.removeprefix("'") for one in told] == [one.removeprefix("'") for one in cells]


@pytest.mark.parametrize("cell", ["佐藤 誠", "2026-11-28", "'1", " =", "a=1", ""])
def test_what_is_text_anyway_stays_as_it_is(cell: str) -> None:
    assert read(table_line([cell, "x"])) == [cell, "x"]
