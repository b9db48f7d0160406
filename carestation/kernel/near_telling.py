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
        # One mouth with two kinds of patience: with room of its own, who does not wait would be
        # heard in between, and the next would wait again.
        self._patient = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._patient.settimeout(WAIT_SECONDS)
        self._hasty = self._patient.dup()
        self._hasty.settimeout(0.0)
        self._is_heard = True

    def tell(self, message: bytes) -> None:
        """Hand over a sealed push."""
        # The change is on disk already: a bus that fails must not turn its answer into an error.
        try:
            (self._patient if self._is_heard else self._hasty).sendto(message, self._path)
            self._is_heard = True
            TAKEN.inc()
        except OSError:
            self._is_heard = False
            UNTAKEN.inc()
            logger.warning("the bus did not take a push")


def path_of(url: str) -> str:
    """Return where the socket is."""
    return urlsplit(url).path
