"""People with open streams, and connections that write into their groups, all in one thread.

Each post carries a mark, by which it is known when it arrives: what it took counts from when it was
due, to its acknowledgement and to each of the streams of its group.
"""

import json
import selectors
import socket
import time
from contextlib import ExitStack
from functools import partial
from typing import Final

from benchmarks.clients import Client, connected, request
from benchmarks.figures import Figures, shares_of
from benchmarks.scene import Group
from carestation.kernel.ids import uuid7

MARK: Final = b"due-"
MARK_BYTES: Final = len(MARK) + 15
BEGUN: Final = b"catchup"
# What is still on its way has so long to arrive.
LEFT_SECONDS: Final = 20


class Crowd:
    """Everyone of some groups, each with an open stream; and so many who write for them."""

    def __init__(self, url: str, groups: list[Group], stack: ExitStack, *, writers: int) -> None:
        """Open the streams, and the connections of the writers."""
        self.groups = groups
        self.acknowledged: list[float] = []
        self.delivered: list[float] = []
        self.expected = 0
        self._due = dict[bytes, float]()
        self._selector = stack.enter_context(selectors.DefaultSelector())
        self.idle = [
            Client(peer=stack.enter_context(connected(url)), ask=bytes) for _ in range(writers)
        ]
        for client in self.idle:
            self._selector.register(client.peer, selectors.EVENT_READ, client)
        self._writers = writers
        self._streams: dict[socket.socket, bytes] = {}
        for token in (token for group in groups for token in group.tokens):
            stream = stack.enter_context(connected(url))
            stream.sendall(request("GET", "/live", token))
            self._streams[stream] = b""
        self._begin()
        for stream in self._streams:
            self._selector.register(stream, selectors.EVENT_READ)

    @property
    def is_done(self) -> bool:
        """Whether everything is acknowledged and delivered."""
        return len(self.idle) == self._writers and len(self.delivered) >= self.expected

    def write(self, number: int, due: float) -> None:
        """Write a post into the group whose turn it is, as the member whose turn it is there."""
        group = self.groups[number % len(self.groups)]
        token = group.tokens[number // len(self.groups) % len(group.tokens)]
        mark = MARK + f"{number:06d}-{uuid7().hex[-8:]}".encode()
        words = {
            "draft_id": str(uuid7()),
            "body": f"{mark.decode()} 訪問しました。お変わりありません。",
        }
        client = self.idle.pop()
        client.ask = partial(request, "POST", group.posts, token, json.dumps(words).encode())
        client.send()
        client.began = self._due[mark] = due
        self.expected += len(group.tokens)

    def read(self, seconds: float) -> None:
        """Read what comes within a time."""
        for key, _ in self._selector.select(seconds):
            if not isinstance(key.data, Client):
                self._hear(key.fileobj)  # type: ignore[arg-type]  # a socket
            elif key.data.read():
                self.acknowledged.append(time.perf_counter() - key.data.began)
                self.idle.append(key.data)

    def wait(self) -> float:
        """Read until everything has arrived, or too much time has gone by; return until when."""
        until = time.perf_counter() + LEFT_SECONDS
        while not self.is_done and time.perf_counter() < until:
            self.read(0.1)
        return time.perf_counter()

    def figures(self, name: str) -> Figures:
        """Return how long acknowledgements and deliveries took, and which share arrived."""
        return {
            **shares_of("write", self.acknowledged, f"_{name}"),
            **shares_of("delivery", self.delivered, f"_{name}"),
            f"delivered_{name}": len(self.delivered) / self.expected,
        }

    def _begin(self) -> None:
        for stream in self._streams:
            heard = b""
            while BEGUN not in heard:
                part = stream.recv(1 << 16)
                if not part:
                    raise ValueError(heard[:12].decode())
                heard += part

    def _hear(self, stream: socket.socket) -> None:
        heard = self._streams[stream] + stream.recv(1 << 18)
        now = time.perf_counter()
        place = heard.find(MARK)
        while 0 <= place <= len(heard) - MARK_BYTES:
            due = self._due.get(heard[place : place + MARK_BYTES])
            if due is not None:
                self.delivered.append(now - due)
            heard = heard[place + MARK_BYTES :]
            place = heard.find(MARK)
        # A mark may be cut in two.
        self._streams[stream] = heard[-MARK_BYTES:]
