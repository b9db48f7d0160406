"""Cells of a table that people open in a spreadsheet: what stands in one is text, whoever typed it.

Spreadsheets compute a cell by its first sign, some in full width too; a tab or the end of a line
before it hides nothing from them.
"""

import csv
import io
from collections.abc import Iterable
from typing import Final

FORMULA_SIGNS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would compute a cell."""
    return cell.startswith(FORMULA_SIGNS)


def table_line(cells: Iterable[object]) -> bytes:
    """Return a line of CSV; what would be computed begins with an apostrophe, and is text."""
    line, told = io.StringIO(), (str(cell) for cell in cells)
    csv.writer(line).writerow(f"'{cell}" if is_formula(cell) else cell for cell in told)
    return line.getvalue().encode()
