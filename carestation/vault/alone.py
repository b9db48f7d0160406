"""One process at a time: a right that the database holds for as long as its connection lives.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Final

from carestation.kernel.errors import Conflict
from carestation.kernel.sql import rows_of

BUSY_SECONDS: Final = 0.2
LOCK_TRIES: Final = 25
LOCK: Final = "SELECT pg_try_advisory_lock(%(number)s) AS is_ours"
UNLOCK: Final = "SELECT pg_advisory_unlock(%(number)s)"
ASK: Final = "SELECT 1"


class Alone(IntEnum):
    """What is done by one process at a time."""

    TURNING = 7262002
    FILES = 7262004


def see_it_is_held() -> None:
    """Ask the database, whose connection holds the right: an error of its where it went away."""
    rows_of(ASK, {})


@contextmanager
def alone(work: Alone) -> Iterator[None]:
    """Hold the right to do a work; it ends with the process.

    Raises:
        Conflict: another one does it (reason: the name of the work).
    """
    # The database hears a moment later that a process was killed.
    for _ in range(LOCK_TRIES):
        if rows_of(LOCK, {"number": work.value})[0]["is_ours"]:
            break
        time.sleep(BUSY_SECONDS)
    else:
        raise Conflict(work.name.lower())
    try:
        yield
    finally:
        rows_of(UNLOCK, {"number": work.value})
