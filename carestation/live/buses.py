"""The bus as live hears it: sealed pushes, and the word that some may have been lost."""

import asyncio
import binascii
import logging
from base64 import b64decode
from collections.abc import AsyncGenerator
from typing import Final, Protocol

import psycopg
from psycopg import AsyncConnection

from carestation.live.database import connect
from carestation.live.near_bus import NearBus

logger = logging.getLogger(__name__)
LISTEN: Final = "LISTEN live"
SILENCE_SECONDS: Final = 15.0
SHORTEST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 3.0


class Bus(Protocol):
    """Brings what web tells; it may lose anything, and says so as far as it knows."""

    def messages(self) -> AsyncGenerator[bytes | None]:
        """Yield sealed pushes; None whenever it begins to hear (again)."""
        ...


class PgBus:
    """PostgreSQL's LISTEN, on a connection of its own."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url

    async def messages(self) -> AsyncGenerator[bytes | None]:
        """Yield sealed pushes; None whenever it begins to hear (again)."""
        pause = SHORTEST_PAUSE_SECONDS
        while True:
            try:
                async with await connect(self._url) as db:
                    await db.execute(LISTEN)
                    pause = SHORTEST_PAUSE_SECONDS
                    yield None
                    async for message in _heard(db):
                        yield message
            except psycopg.OperationalError:
                logger.warning("the bus was away")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def bus_of(url: str, database_url: str) -> Bus:
    """Return the bus that a URL names."""
    if url.startswith("pg://"):
        return PgBus(database_url)
    if url.startswith("unix://"):
        return NearBus(url)
    from carestation.live.nats_bus import NatsBus  # noqa: PLC0415 - only where it is used

    return NatsBus(url)


async def _heard(db: AsyncConnection) -> AsyncGenerator[bytes]:
    while True:
        async for notify in db.notifies(timeout=SILENCE_SECONDS):
            yield _decoded(notify.payload)
        # Long silence: a connection that died without a word is found out here.
        await db.execute("SELECT 1")


def _decoded(payload: str) -> bytes:
    # Whoever may notify can write anything: what is no message opens as nothing.
    try:
        return b64decode(payload)
    except binascii.Error:
        return b""
