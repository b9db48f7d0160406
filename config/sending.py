"""The server of downloads: its lines to the proxy, and that it goes on.

A line holds little of what its reader has not taken, and can be cut: what is held is then dropped.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from django.core.handlers.asgi import ASGIHandler
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from carestation.kernel.downloads import CUT

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# The kernel doubles it. What lies in it still goes to the proxy when a line was cut.
HELD_BYTES: Final = 32_768
BEAT_SECONDS: Final = 1.0


class Line(HttpToolsProtocol):
    """One connection of a proxy: who answers by it may cut it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn
        """Hold nothing that the kernel does not take, and let it take little."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)
        kept: socket.socket = transport.get_extra_info("socket")
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, HELD_BYTES)

    def on_message_begin(self) -> None:
        """Tell who answers how it is cut."""
        super().on_message_begin()
        self.scope["extensions"] = {CUT: {"now": self.transport.abort}}


class Sending:
    """What the server calls: answers as Django does, and beats as long as the server runs."""

    def __init__(self, answers: ASGIHandler, beat: Callable[[], None]) -> None:
        """`beat`: shows that the loop in which all lines are goes on."""
        self._answers = answers
        self._beat = beat

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request, or live as long as the server does."""
        if scope["type"] != "lifespan":
            await self._answers(scope, receive, send)
            return
        await receive()
        going_on = asyncio.create_task(self._go_on())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        going_on.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    async def _go_on(self) -> None:
        while True:
            self._beat()
            await asyncio.sleep(BEAT_SECONDS)
