"""Telling live on the same machine: each message is one datagram to the socket it hears at.

Nothing stands between, so a post costs neither a statement nor a thread more. What live does not
take within a second is lost, as over any bus; and until it takes something again nobody waits.
"""

import logging
import socket
from typing import Final
from urllib.parse import urlsplit

from carestation.kernel.metrics import TAKEN, UNTAKEN

logger = logging.getLogger(__name__)
WAIT_SECONDS: Final = 1.0


class NearTeller:
    """Tells one live process; any thread may tell."""

    def __init__(self, url: str) -> None:
        self._path = path_of(url)
        self._patient, self._hasty = _mouth(WAIT_SECONDS), _mouth(0.0)
        self._is_heard = True

    def tell(self, message: bytes) -> None:
        """Hand over a sealed push."""
        # The change is on disk already: a bus that fails must not turn its answer into an error.
        try:
            self._send(message)
            self._is_heard = True
            TAKEN.inc()
        except OSError:
            self._is_heard = False
            UNTAKEN.inc()
            logger.warning("the bus did not take a push")

    def _send(self, message: bytes) -> None:
        # Whoever waits is held up long before there is no room, and would be again each time that
        # one who does not wait found some.
        try:
            self._hasty.sendto(message, self._path)
        except BlockingIOError:
            if not self._is_heard:
                raise
            self._patient.sendto(message, self._path)


def path_of(url: str) -> str:
    """Return where the socket is."""
    return urlsplit(url).path


def _mouth(wait_seconds: float) -> socket.socket:
    mouth = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    mouth.settimeout(wait_seconds)
    return mouth
