"""What stands around every page of the console.

Controls: ISO/IEC 27017 8.2; white paper 「ユーティリティプログラム」.
"""

from dataclasses import dataclass

from carestation.accounts.queries.people import read_own
from carestation.accounts.rules import Console
from carestation.facilities.queries.rulings import count_waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleFrame:
    """Who sits at the console, and how many facilities wait for a decision."""

    me: str
    waiting: int


def frame_of(console: Console) -> ConsoleFrame:
    """Return what stands around a page of the console."""
    return ConsoleFrame(me=read_own(console.actor).name, waiting=count_waiting(console))
