"""The application that a server calls: `GET /live` and `GET /health`, nothing else.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

import asyncio
import logging
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from types import FrameType
from urllib.parse import parse_qs

import psycopg

from carestation.live.answers import refuse, say_alive
from carestation.live.asgi import Receive, Scope, Send
from carestation.live.doors import read_headers
from carestation.live.streams import Stream
from carestation.live.usher import Usher

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Under which name browsers know us, and the name of the session's cookie."""

    host: str
    cookie: str


class Application:
    """Streams to whoever is fully signed in."""

    def __init__(self, usher: Usher, site: Site, beat: Callable[[], None]) -> None:
        """`beat`: shows that the loop in which everything here is done goes on."""
        self._usher = usher
        self._site = site
        self._beat = beat
        self._work: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or live as long as the server does."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._begin()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._usher.hall.end_all("expired")
        for task in self._work:
            task.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    def _begin(self) -> None:
        usher = self._usher
        for work in (usher.listen, usher.read_seats, usher.tick, usher.look_around, self._go_on):
            task = asyncio.create_task(work(), name=work.__name__)
            task.add_done_callback(_end_with_a_failure)
            self._work.append(task)
        self._part_before_the_server_waits()

    async def _go_on(self) -> None:
        while True:
            self._beat()
            await asyncio.sleep(self._usher.hall.timing.tick_seconds)

    def _part_before_the_server_waits(self) -> None:
        # A server that is told to end waits for open streams: they are told to come again first.
        loop = asyncio.get_running_loop()
        before = signal.getsignal(signal.SIGTERM)

        def part(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self._usher.hall.end_all, "expired")
            if callable(before):
                before(number, frame)

        signal.signal(signal.SIGTERM, part)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] not in {"/live", "/health"}:
            await refuse(send, HTTPStatus.NOT_FOUND)
        elif scope["method"] != "GET":
            await refuse(send, HTTPStatus.METHOD_NOT_ALLOWED)
        elif scope["path"] == "/health":
            await say_alive(send)
        else:
            await self._open(scope, receive, send)

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = read_headers(scope["headers"], cookie=self._site.cookie, site_host=self._site.host)
        wants_json = parse_qs(scope["query_string"]).get(b"form") == [b"json"]
        # For as long as a stream lives its token need not lie about.
        scope["headers"].clear()
        if asked.is_foreign:
            await refuse(send, HTTPStatus.FORBIDDEN)
            return
        try:
            answer = await self._usher.let_in(asked.key, send, wants_json=wants_json)
        except psycopg.OperationalError:
            logger.warning("the database did not answer")
            answer = HTTPStatus.SERVICE_UNAVAILABLE
        if isinstance(answer, HTTPStatus):
            await refuse(send, answer)
        else:
            await self._keep_open(answer, receive)

    async def _keep_open(self, stream: Stream, receive: Receive) -> None:
        # Nothing is written here: pushes write by themselves. This waits for the other end to go.
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        except asyncio.CancelledError:
            if stream.is_open:
                raise
        finally:
            stream.is_open = False
            self._usher.hall.leave(stream)


def _end_with_a_failure(task: "asyncio.Task[None]") -> None:
    # A piece that cannot do its work ends as a whole, with its reason, and is started anew.
    if not task.cancelled() and task.exception() is not None:
        logger.critical("live failed", exc_info=task.exception())
        os.kill(os.getpid(), signal.SIGTERM)
