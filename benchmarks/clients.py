"""Cheap clients: many connections in one thread, so that what is measured is not who asks."""

import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

GOOD: Final = (HTTPStatus.OK, HTTPStatus.CREATED)
FORMS: Final = "c" * 32
LENGTH: Final = b"content-length:"
LAST_CHUNK: Final = b"0\r\n\r\n"
Ask = Callable[[], bytes]


@dataclass
class Client:
    """One connection that asks, waits for the answer, and asks again."""

    peer: socket.socket
    ask: Ask
    began: float = 0.0
    got: bytes = b""

    def send(self) -> None:
        """Ask."""
        self.began = time.perf_counter()
        self.got = b""
        self.peer.sendall(self.ask())

    def read(self) -> bool:
        """Read what came; return whether the answer is whole.

        Raises:
            ValueError: the answer was no success.
        """
        data = self.peer.recv(1 << 18)
        if not data:
            raise ValueError("the connection was closed")
        self.got += data
        head, found, body = self.got.partition(b"\r\n\r\n")
        if not found or not _is_whole(head, body):
            return False
        status = int(head[9:12])
        if status not in GOOD:
            raise ValueError(f"answered with {status}")
        return True


def connected(url: str) -> socket.socket:
    """Return a connection to the proxy."""
    parts = urlsplit(url)
    peer = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=60)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return peer


def ask_all(url: str, asks: list[Ask], *, seconds: float) -> list[float]:
    """Let each client ask again and again for so long; return how long each answer took."""
    clients = [Client(peer=connected(url), ask=ask) for ask in asks]
    taken: list[float] = []
    until = time.perf_counter() + seconds
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client.peer, selectors.EVENT_READ, client)
            client.send()
        while selector.get_map():
            for key, _ in selector.select(60):
                client = key.data
                if not client.read():
                    continue
                now = time.perf_counter()
                taken.append(now - client.began)
                if now < until:
                    client.send()
                else:
                    selector.unregister(client.peer)
                    client.peer.close()
    return taken


def request(
    method: str, path: str, token: str, body: bytes = b"", *, cookie: bool = False
) -> bytes:
    """Return a request as it goes over the wire; a browser has the cookie of forms as well."""
    key = f"Cookie: session={token}; csrf={FORMS}" if cookie else f"Authorization: Bearer {token}"
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{key}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body


def _is_whole(head: bytes, body: bytes) -> bool:
    lower = head.lower()
    start = lower.find(LENGTH)
    if start < 0:
        return body.endswith(LAST_CHUNK)
    end = lower.find(b"\r\n", start)
    return len(body) >= int(lower[start + len(LENGTH) : end if end > 0 else None])
