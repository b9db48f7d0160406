"""The one door: opens what the proxy listens at, and becomes the proxy, which takes it over.

A proxy hands on more than its reader has taken; the rest lies with the kernel, which would take
4 MB of it and goes on sending when the right to it has ended. How little it takes is said where a
door is opened, and each connection through it has that (docs/decisions/0158). Run by its path, it
needs nothing of ours: `door.py PORT HOST… -- COMMAND…`.
"""

import errno
import os
import socket
import sys
from typing import Final

# Where caddy finds it (`fd/100`, one more for each host); no number below is taken from anybody.
FIRST: Final = 100
# The kernel doubles it. A connection of 50 ms still carries 7 MB a second.
UNDERWAY_BYTES: Final = 196_608
# Of that, so much may lie here and not be sent yet: who reads slowly leaves no more behind.
UNSENT_BYTES: Final = 32_768
WAITING_AT_MOST: Final = 4_096


def opened(host: str, port: int) -> socket.socket:
    """Return a door.

    Raises:
        OSError: somebody else has it, or we may not open it.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNDERWAY_BYTES)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        listener.bind((host, port))
        listener.listen(WAITING_AT_MOST)
    except OSError:
        listener.close()
        raise
    return listener


def reason(error: OSError, port: int) -> str:
    """Return why a door cannot be opened, for who wanted it."""
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken by another program: choose another (--port N, make run PORT=N)."
        )
    return f"Port {port} cannot be opened: {error.strerror}."


def become(port: int, hosts: list[str], command: list[str]) -> None:
    """Open a door at each host, and become what goes in and out by them.

    Raises:
        SystemExit: one cannot be opened; the sentence says why.
    """
    try:
        doors = [opened(host, port) for host in hosts]
    except OSError as error:
        raise SystemExit(reason(error, port)) from error
    for number, door in enumerate(doors, FIRST):
        os.dup2(door.fileno(), number)
    os.execv(command[0], command)  # noqa: S606 - ours


if __name__ == "__main__":
    words, command = sys.argv[1 : sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1 :]
    become(int(words[0]), words[1:], command)
