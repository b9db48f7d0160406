"""A piece shows whoever started it that it goes on: systemd's watchdog ends what shows nothing.

Each piece beats where a standstill of it would show (docs/decisions/0137).
"""

import socket
import time
from contextlib import suppress
from typing import Final

GOES_ON: Final = b"WATCHDOG=1"
EVERY_SECONDS: Final = 1.0


class Pulse:
    """Beats at a socket (`sd_notify(3)`), and where nobody listens at none."""

    def __init__(self, address: str) -> None:
        """Take the socket's path; with `@` in front it has no file; empty: nobody listens."""
        self._address = address.replace("@", "\0", 1) if address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._beat_at = float("-inf")

    def beat(self) -> None:
        """Show it, once a second at most."""
        now = time.monotonic()
        if not self._address or now < self._beat_at + EVERY_SECONDS:
            return
        self._beat_at = now
        # Who listens may be busy or begin anew; the next beat is soon.
        with suppress(OSError):
            self._socket.sendto(GOES_ON, self._address)
