"""Who is slow on purpose, and what an ordinary reader notices.

Three hundred connections that send a header a second, three hundred that send a byte of a form or a
file a second, three hundred streams that nobody reads while their group is written to; each kind
alone, then all. The ordinary one opens a timeline and writes a post, over and over.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import cycle
from threading import Event
from typing import Final

from benchmarks.clients import Ask, ask_all, connected, request
from benchmarks.figures import Budget, Figures, shares_of
from benchmarks.posts import post_in
from benchmarks.scene import Group, Scene

MANY: Final = 300
SECONDS: Final = 12
WARM_SECONDS: Final = 2
KINDS: Final = ("headers", "uploads", "streams")
BODY_BYTES: Final = 100_000
BUDGETS: Final = tuple(
    Budget(figure=f"ordinary_ms_p95_beside_{name}", of="ordinary_ms_p95_in_quiet", most=2.0)
    for name in (*KINDS, "all")
)


def measure(scene: Scene) -> Figures:
    """Return below how many milliseconds nearly all answers of an ordinary reader stay."""
    ordinary, noisy = scene.groups[0], scene.groups[1]
    ask_all(scene.url, [_asks_of(ordinary)], seconds=WARM_SECONDS)
    figures = _ordinary(scene, ordinary, "_in_quiet")
    for kind in KINDS:
        with _beside(scene, noisy, kind):
            figures |= _ordinary(scene, ordinary, f"_beside_{kind}")
    with ExitStack() as stack:
        for kind in KINDS:
            stack.enter_context(_beside(scene, noisy, kind))
        figures |= _ordinary(scene, ordinary, "_beside_all")
    return figures


def _ordinary(scene: Scene, group: Group, at: str) -> Figures:
    return shares_of("ordinary", ask_all(scene.url, [_asks_of(group)], seconds=SECONDS), at)


def _asks_of(group: Group) -> Ask:
    """Return what opens the timeline and writes a post in turn."""
    look = partial(request, "GET", group.page, group.tokens[0], cookie=True)
    asked = (ask() for ask in cycle((look, partial(post_in, group, group.tokens[0]))))
    return partial(next, asked)


@contextmanager
def _beside(scene: Scene, group: Group, kind: str) -> Iterator[None]:
    """Let three hundred be slow: each sends a little a second, or reads nothing of what comes."""
    opened, word = {
        "headers": (_headers, b"X-Slow: 1\r\n"),
        "uploads": (_upload, b"x"),
        "streams": (_stream, b""),
    }[kind]
    over = Event()
    with ExitStack() as stack:
        slow = [opened(scene, group, number) for number in range(MANY)]
        pace = partial(_write, scene, group) if kind == "streams" else partial(_trickle, word)
        thread = threading.Thread(target=pace, args=(slow, partial(opened, scene, group), over))
        thread.start()
        stack.callback(_close, slow)
        stack.callback(thread.join)
        stack.callback(over.set)
        yield


def _close(slow: list[socket.socket]) -> None:
    for peer in slow:
        peer.close()


def _trickle(
    word: bytes, slow: list[socket.socket], again: Callable[[int], socket.socket], over: Event
) -> None:
    while not over.wait(1):
        for number, peer in enumerate(slow):
            try:
                peer.send(word)
            except OSError:
                # Who was sent away comes again at once.
                peer.close()
                slow[number] = again(number)


def _write(
    scene: Scene,
    group: Group,
    slow: list[socket.socket],  # noqa: ARG001 - as the other
    again: Callable[[int], socket.socket],  # noqa: ARG001 - the same
    over: Event,
) -> None:
    while not over.wait(0.1):
        ask_all(scene.url, [partial(post_in, group, group.tokens[0])], seconds=0)


def _headers(scene: Scene, group: Group, number: int) -> socket.socket:  # noqa: ARG001 - as the others
    peer = connected(scene.url)
    peer.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
    return peer


def _upload(scene: Scene, group: Group, number: int) -> socket.socket:
    token = group.tokens[number % len(group.tokens)]
    path = ("/sign-in/", "/api/v1/files", f"/groups/{group.id}/{group.side}/publish/")[number % 3]
    peer = connected(scene.url)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
    peer.sendall(f"{head}Content-Length: {BODY_BYTES}\r\n\r\n".encode())
    return peer


def _stream(scene: Scene, group: Group, number: int) -> socket.socket:
    peer = connected(scene.url)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    peer.sendall(request("GET", "/live", group.tokens[number % len(group.tokens)]))
    return peer
