"""From the moment a post was due to the eye of fourteen readers, over HTTP on both ways.

Posts are due at a steady rate, whoever is late: a post that had to wait in a queue has waited. The
streams are read in the same thread that sends, as they come.
"""

import json
import selectors
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Final

from benchmarks.clients import Client, connected, request
from benchmarks.figures import Budget, Figures
from benchmarks.scene import Group, Scene
from carestation.kernel.ids import uuid7

READERS: Final = 14
RATES: Final = (20, 100)
SECONDS: Final = 4
# So many may be on their way: beyond that a post waits, and is late.
SENDERS: Final = 8
LEFT_SECONDS: Final = 20
MARK: Final = b"due-"
BUDGETS: Final = (Budget(figure="delivery_ms_p50_at_20", of="post_ms_p50_at_1", most=4.0),)


def measure(scene: Scene) -> Figures:
    """Return how late a post reaches its readers, at a few posts a second and at many."""
    figures: Figures = {}
    for rate in RATES:
        late = sorted(_delivered(scene, scene.groups[0], rate))
        for share in (50, 95, 99):
            place = min(len(late) - 1, len(late) * share // 100)
            figures[f"delivery_ms_p{share}_at_{rate}"] = late[place] * 1e3
        figures[f"delivered_at_{rate}"] = len(late) / (rate * SECONDS * READERS)
    return figures


class Round:
    """One rate: who sends, who reads, what is due."""

    def __init__(self, scene: Scene, group: Group, rate: int, stack: ExitStack) -> None:
        """Open the streams and the connections of the senders."""
        self.group = group
        self.selector = stack.enter_context(selectors.DefaultSelector())
        self.idle = [
            Client(peer=stack.enter_context(connected(scene.url)), ask=bytes)
            for _ in range(SENDERS)
        ]
        for client in self.idle:
            self.selector.register(client.peer, selectors.EVENT_READ, client)
        for token in group.tokens[1:]:
            stream = stack.enter_context(connected(scene.url))
            stream.sendall(request("GET", "/live", token))
            self.selector.register(stream, selectors.EVENT_READ, [b""])
        self.due = dict[bytes, float]()
        self.gap = 1 / rate
        self.count = rate * SECONDS

    def run(self) -> Iterator[float]:
        """Send what is due and read what comes; return how late each post was at each reader."""
        self._settle()
        began, sent, left = time.perf_counter(), 0, self.count * READERS
        until = began + SECONDS + LEFT_SECONDS
        while left and time.perf_counter() < until:
            while (
                sent < self.count and self.idle and began + sent * self.gap <= time.perf_counter()
            ):
                self._send(sent, began + sent * self.gap)
                sent += 1
            for late in self._read(min(self.gap, 0.005)):
                left -= 1
                yield late

    def _settle(self) -> None:
        until = time.perf_counter() + 1
        while time.perf_counter() < until:
            list(self._read(0.1))

    def _send(self, number: int, due: float) -> None:
        mark = MARK + f"{number:06d}-{uuid7().hex[-8:]}".encode()
        self.due[mark] = due
        body = json.dumps({"draft_id": str(uuid7()), "body": f"{mark.decode()} 訪問しました。"})
        client = self.idle.pop()
        client.ask = partial(request, "POST", self.group.posts, self.group.tokens[0], body.encode())
        client.send()

    def _read(self, seconds: float) -> Iterator[float]:
        for key, _ in self.selector.select(seconds):
            if isinstance(key.data, Client):
                if key.data.read():
                    self.idle.append(key.data)
                continue
            rest = key.data[0] + key.fileobj.recv(1 << 18)  # type: ignore[union-attr]  # a socket
            now = time.perf_counter()
            *whole, key.data[0] = rest.split(b"\n\n")
            for event in whole:
                place = event.find(MARK)
                mark = event[place : place + len(MARK) + 15]
                if place >= 0 and mark in self.due:
                    yield now - self.due[mark]


def _delivered(scene: Scene, group: Group, rate: int) -> list[float]:
    with ExitStack() as stack:
        return list(Round(scene, group, rate, stack).run())
