"""A piece shows whoever started it that it goes on: systemd's watchdog ends what shows nothing.

Each piece beats where a standstill of it would show (docs/decisions/0137, 0139).
"""

import socket
import time
from contextlib import suppress
from typing import Final

GOES_ON: Final = b"WATCHDOG=1"
EVERY_SECONDS: Final = 1.0


class Pulse:
    """Beats at a socket (`sd_notify(3)`), and where nobody listens at none."""

    def __init__(self, address: str, *parts: str) -> None:
        """Take the socket's path; with `@` in front it has no file; empty: nobody listens.

        `parts`: of a piece that does several things at once. Where one of them stands still, the
        piece does.
        """
        self._address = address.replace("@", "\0", 1) if address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._parts = frozenset(parts)
        self._awaited = set(parts)
        self._beat_at = float("-inf")

    def beat(self, part: str = "") -> None:
        """Show it, once a second at most; of several parts, when the last of them goes on, too."""
        self._awaited.discard(part)
        now = time.monotonic()
        if not self._address or self._awaited or now < self._beat_at + EVERY_SECONDS:
            return
        self._awaited = set(self._parts)
        self._beat_at = now
        # Who listens may be busy or begin anew; the next beat is soon.
        with suppress(OSError):
            self._socket.sendto(GOES_ON, self._address)
