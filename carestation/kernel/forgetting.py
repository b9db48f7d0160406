"""What a process remembers of plain text and of keys leaves its memory in time, used or not.

Each memory refuses by itself what is too old. But who is not asked again would keep it for as long
as the process lives: so one thread of the process looks, and drops.
"""

from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Final, TypeVar

# What was read, and what was rendered of it.
PLAIN_KEPT_SECONDS: Final = 300
LOOKS_EVERY_SECONDS: Final = 15
# For how long plain text can stay after the last key that opens it was dropped: read with that at
# the last moment, rendered at the last moment of what was read, and dropped at the next look.
PLAIN_STAYS_SECONDS: Final = 2 * PLAIN_KEPT_SECONDS + LOOKS_EVERY_SECONDS

Drop = TypeVar("Drop", bound=Callable[[], None])
_drops: Final[list[Callable[[], None]]] = []
_begins: Final = Lock()
_threads: Final[list[Thread]] = []


def drops_in_time(drop: Drop) -> Drop:
    """Let a memory drop what is too old whenever the process looks."""
    _drops.append(drop)
    return drop


def look_in_time() -> None:
    """Let the process look from now on: whoever remembers something says so, as often as it likes.

    A thread does not outlive a fork, so the process that remembers begins its own.
    """
    if _threads and _threads[-1].is_alive():
        return
    with _begins:
        if not (_threads and _threads[-1].is_alive()):
            _threads[:] = [Thread(target=_look_on, name="forgetting", daemon=True)]
            _threads[0].start()


def drop_what_is_old() -> None:
    """Drop whatever is too old now."""
    for drop in _drops:
        drop()


def _look_on() -> None:
    rest = Event()
    while not rest.wait(LOOKS_EVERY_SECONDS):
        drop_what_is_old()
