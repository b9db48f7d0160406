"""A mark that is said once and holds: how processes and threads are told that the end has come.

No lock is behind it. A signal may say it at any moment, a second time while the first is still at
it, and from any process that was begun after it was made; whoever waits sees it at once.
"""

import os
import select
import signal
from typing import Final, Protocol

MILLISECONDS: Final = 1000
ASKING_TO_END: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Waited(Protocol):
    """What can be waited for."""

    def fileno(self) -> int:
        """Return what the kernel knows it by."""
        ...


class Mark:
    """Not said, or said for good."""

    def __init__(self) -> None:
        """Make it, not said."""
        self._descriptor = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)

    def __del__(self) -> None:
        """Give back what the kernel holds for it."""
        os.close(self._descriptor)

    def fileno(self) -> int:
        """Return what the kernel knows it by."""
        return self._descriptor

    def set(self) -> None:
        """Say it."""
        os.eventfd_write(self._descriptor, 1)

    def is_set(self) -> bool:
        """Return whether it was said."""
        return self.wait(0)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is said, so long at most; return whether it was."""
        return wait_for_any(self, seconds=seconds)


def wait_for_any(*marks: Waited, seconds: float | None = None) -> bool:
    """Wait until one of them is said, so long at most; return whether one was."""
    poll = select.poll()
    for mark in marks:
        poll.register(mark.fileno(), select.POLLIN)
    return bool(poll.poll(None if seconds is None else max(0.0, seconds) * MILLISECONDS))


def on_the_way_out(mark: Mark) -> None:
    """Say the mark when a signal asks this process to end; what it ignored it ignores further."""
    for number in ASKING_TO_END:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: mark.set())
