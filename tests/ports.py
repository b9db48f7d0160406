"""Ports for servers that tests start."""

import secrets
import socket
from typing import Final

_HOST: Final = "127.0.0.1"

# From 32,768 the kernel gives ports to outgoing connections: one that is free when a server is told
# its port may be a connection's when it opens it. Below, only servers take them.
_FIRST: Final = 15_000
_BEHIND: Final = 32_000


def free_port() -> int:
    """Return a port of loopback on which nothing listens, and that no connection is given."""
    while True:
        port = _FIRST + secrets.randbelow(_BEHIND - _FIRST)
        with socket.socket() as one:
            try:
                one.bind((_HOST, port))
            except OSError:
                continue
            return port
