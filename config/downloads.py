"""The downloads process: what is long goes out, as slowly as its readers like.

The same views as web's, through ASGI: who reads a byte a second holds neither a thread that others
wait for nor a connection to the database. `uvicorn config.downloads:application`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from django.core.asgi import get_asgi_application
from django.db import connections
from django.urls import get_resolver

from config.environment import choose_settings, environment
from config.open_files import raise_file_limit
from config.pulse import EVERY_SECONDS, Pulse

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

raise_file_limit()
choose_settings()
views = get_asgi_application()
# The server's own words take the form of ours.
for name in ("uvicorn", "uvicorn.error"):
    logging.getLogger(name).handlers.clear()
    logging.getLogger(name).propagate = True
get_resolver().url_patterns  # noqa: B018 - reading it imports the views
# Each request has a thread of its own: a connection ends with what it was opened for.
connections.databases["default"]["CONN_MAX_AGE"] = 0


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer one request, or show that the loop goes on for as long as the server does."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    else:
        await views(scope, receive, send)


async def _live(receive: Receive, send: Send) -> None:
    showing = asyncio.create_task(_go_on(Pulse(environment().notify_socket)))
    for moment in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{moment}.complete"})
    showing.cancel()


async def _go_on(pulse: Pulse) -> None:
    while True:
        pulse.beat()
        await asyncio.sleep(EVERY_SECONDS)
