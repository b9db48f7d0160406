"""Marks of entries: who bends a fact and its entry alike has no key to make the mark fit.

Nobody reads them while every signed root is met. Where one is not, they say which entry it was.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from collections.abc import Sequence
from typing import Final

from carestation.audit.models import Entry, Mark
from carestation.vault.scopes import operator_bundle
from carestation.vault.sealing import BLINDED_BYTES

# What the marks are made for, and nothing else is made with the same.
MARKS: Final = "audit.marks"


def marks_of(first: int, leaves: Sequence[bytes]) -> bytes:
    """Return the marks of entries that are sealed at once, by their numbers and leaves."""
    said = [f"{number} {leaf.hex()}" for number, leaf in enumerate(leaves, start=first)]
    numbers = operator_bundle().blind(said, MARKS)
    return b"".join(number.to_bytes(BLINDED_BYTES, "big", signed=True) for number in numbers)


def first_bent(first: int, last: int) -> Entry | None:
    """Return the first entry from one number to another that is not what was marked there.

    None where all are, and of those that nothing was kept of.
    """
    for row in Mark.objects.over(first, last).iterator():
        marks = bytes(row.marks)
        until = min(last, row.first + len(marks) // BLINDED_BYTES - 1)
        for one in Entry.objects.numbered(max(first, row.first), until).iterator():
            start = (one.number - row.first) * BLINDED_BYTES
            if marks_of(one.number, [bytes(one.leaf)]) != marks[start : start + BLINDED_BYTES]:
                return one
    return None
