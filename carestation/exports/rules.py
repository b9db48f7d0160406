"""What holds for exports.

Controls: ISO/IEC 27017 8.13, CLD.8.1.5; white paper 「バックアップ」.
"""

import secrets
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Final

from carestation.exports.choices import Extent, Rhythm
from carestation.facilities.choices import Right

LASTS: Final = timedelta(hours=72)
# After so long someone looks whether it is still being made.
LEFT_ALONE: Final = timedelta(minutes=10)
# What was not made by then is given up: its worker ended on the way.
MADE_WITHIN: Final = timedelta(hours=12)
PERIOD: Final = {Rhythm.WEEKLY: timedelta(days=7), Rhythm.MONTHLY: timedelta(days=31)}
REMINDED_EVERY: Final = timedelta(days=7)
# The form stretches a pass phrase little (PBKDF2, 1,000 rounds): its length makes up for it.
SHORTEST_PHRASE: Final = 20
LONGEST_PHRASE: Final = 100
FEWEST_SIGNS: Final = 8
# Without signs that look alike: 5 times 5 of them are 115 bits.
SIGNS: Final = "BCDFGHJKLMNPQRSTVWXZ2345"
RIGHT_FOR: Final = {
    Extent.FACILITY: Right.EXPORT,
    Extent.OWN: Right.EXPORT_OWN,
    Extent.RECORD: Right.EXPORT,
}
# What is chosen on the page of exports; the record alone is asked for where it is read.
OF_GROUPS: Final = (Extent.FACILITY, Extent.OWN)


def extents(rights: AbstractSet[Right]) -> list[Extent]:
    """Return what may be written out with these rights, the most first."""
    return [extent for extent, right in RIGHT_FOR.items() if right in rights]


def is_due(since: datetime, rhythm: Rhythm, now: datetime) -> bool:
    """Whether the last copy, or the facility's first day, is longer ago than its period."""
    return now - since >= PERIOD[rhythm]


def is_strong(pass_phrase: str) -> bool:
    """Whether a pass phrase can stand for years: long, of many signs, in ASCII for any tool."""
    return (
        SHORTEST_PHRASE <= len(pass_phrase) <= LONGEST_PHRASE
        and pass_phrase.isascii()
        and pass_phrase.isprintable()
        and len(set(pass_phrase)) >= FEWEST_SIGNS
    )


def new_phrase() -> str:
    """Return a pass phrase to propose: 25 signs in five groups, from the machine's randomness."""
    groups = ("".join(secrets.choice(SIGNS) for _ in range(5)) for _ in range(5))
    return "-".join(groups)
