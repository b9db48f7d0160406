"""What a reader has not taken is not on its way yet: it can still be kept back."""

import socket
import threading
import time
from pathlib import Path
from typing import Final

import pytest

from config.places import Places
from config.ports import take_port
from tests.running.behind import PART_BYTES, Counted
from tests.running.nginx import needs_nginx, nginx_command, without_tls
from tests.running.test_proxy import caddy, serving

# So fast at first that the kernel thinks well of the connection.
TAKEN_BYTES: Final = 128 * PART_BYTES
# The socket of who sends, the proxy, the kernel for the connection, and who reads.
UNDERWAY_BYTES: Final = 1_000_000
pytestmark = [pytest.mark.xdist_group("running"), pytest.mark.control("8.3")]


def before_downloads(kind: str, places: Places, port: int) -> list[str]:
    if kind == "caddy":
        return caddy(places, port, [], downloads="web.sock")
    behind = places.run / "web.sock"
    return nginx_command(places.data, without_tls(port, behind, behind))


@pytest.mark.parametrize("kind", ["caddy", pytest.param("nginx", marks=needs_nginx)])
def test_who_stops_reading_leaves_little_on_its_way(kind: str, tmp_path: Path) -> None:
    places, port = Places(data=tmp_path / "data"), take_port(0)
    places.make()
    with (
        serving(places, before_downloads(kind, places, port), port, handler=Counted),
        socket.socket() as reader,
    ):
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, PART_BYTES)
        reader.settimeout(10)
        reader.connect(("127.0.0.1", port))
        reader.sendall(b"GET /files/1/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        taken = 0
        while taken < TAKEN_BYTES:
            taken += len(reader.recv(PART_BYTES))

        underway = settled(taken)

    assert 0 < underway < UNDERWAY_BYTES


def settled(taken_bytes: int) -> int:
    """Return how much was sent and not taken, once nothing moves any more."""
    until = time.monotonic() + 20
    before = -1
    while before != Counted.sent_bytes and time.monotonic() < until:
        before = Counted.sent_bytes
        threading.Event().wait(0.5)
    return before - taken_bytes
