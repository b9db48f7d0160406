"""What time it is: what the database's clock says. No Django here.

A process asks the database, and goes on counting by what no one can move, the time since the
machine began. So all nodes have one time, whatever their own clocks show, and a clock that is moved
under a process that runs moves nothing. Until it has asked, its machine's clock counts.

Controls: ISO/IEC 27017 8.15, 8.17; white paper 「時刻同期」.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """The time of one process."""

    def __init__(self) -> None:
        """Begin with the machine's own time."""
        self._ahead: float | None = None

    def seconds(self) -> float:
        """Return the time, in seconds since 1970."""
        return time.time() if self._ahead is None else time.monotonic() + self._ahead

    def set_by(self, asked: Callable[[], float]) -> None:
        """Be set by who knows the time: it is asked here, for the way there and back counts."""
        began = time.monotonic()
        told = asked()
        way = (time.monotonic() - began) / 2
        ahead = told - began - way
        # What lies within the way is no news: so a slow answer moves nothing.
        if self._ahead is None or abs(ahead - self._ahead) > way:
            self._ahead = ahead


CLOCK = Clock()


def now() -> datetime:
    """Return the time; `django.utils.timezone.now` of every process of ours is this."""
    return datetime.fromtimestamp(CLOCK.seconds(), UTC)
