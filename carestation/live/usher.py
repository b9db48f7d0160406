"""Brings the hall what it needs: pushes from the bus, seats and sessions from the database.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final
from uuid import UUID

import psycopg

from carestation.kernel.metrics import BREAKS, HEARD, streams
from carestation.kernel.pushes import Push
from carestation.live.asgi import Send
from carestation.live.buses import Bus
from carestation.live.database import CONNECTIONS, Database
from carestation.live.hall import Hall
from carestation.live.queries import (
    Seated,
    Session,
    find_session,
    read_numbers,
    read_seatings,
    read_seats_of_person,
    valid_sessions,
)
from carestation.live.streams import Stream

logger = logging.getLogger(__name__)
AWAY_SECONDS: Final = 0.25
LARGEST_BATCH: Final = 2_000
STREAMS_PER_PERSON: Final = 200


class Usher:
    """Lets streams in, and keeps the hall true to the database."""

    def __init__(
        self, hall: Hall, *, database: Database, bus: Bus, opened: Callable[[bytes], Push | None]
    ) -> None:
        self.hall = hall
        self._database = database
        self._bus = bus
        self._opened = opened
        self._work = asyncio.Event()
        self._doors = asyncio.Semaphore(CONNECTIONS)

    async def let_in(self, key: bytes, send: Send, *, wants_json: bool) -> Stream | HTTPStatus:
        """Open a stream where its session may listen now, or say why not.

        While rights may be changing they are read once more: a push that ended one would have
        found no stream yet.

        Raises:
            psycopg.OperationalError: the database does not answer.
        """
        # As many at once as the database answers: who waits here has read nothing yet that grows
        # old, and nobody who reads seats waits behind a crowd.
        async with self._doors:
            while True:
                turns = self.hall.turns
                session = await find_session(self._database, key) if key else None
                if session is None:
                    return HTTPStatus.UNAUTHORIZED
                seated = await read_seats_of_person(self._database, session.user_id)
                # Counted last: of many who come at once each sees those who came in before.
                if self.hall.streams_of(session.user_id) >= STREAMS_PER_PERSON:
                    return HTTPStatus.TOO_MANY_REQUESTS
                if turns == self.hall.turns:
                    return self._enter(session, seated, send, wants_json=wants_json)

    async def listen(self) -> None:
        """Bring pushes into the hall, for ever."""
        async for message in self._bus.messages():
            if message is None:
                BREAKS.inc()
                self.hall.doubt_all()
            else:
                self._take(message)
            if self.hall.doubted:
                self._work.set()

    async def read_seats(self) -> None:
        """Read the seats of doubted rooms, batch by batch, for ever."""
        while True:
            await self._work.wait()
            self._work.clear()
            while self.hall.doubted:
                rooms = self.hall.take_doubted()
                try:
                    seatings = await read_seatings(
                        self._database, {room.group_id for room in rooms}
                    )
                except psycopg.OperationalError:
                    logger.warning("seats could not be read")
                    self.hall.doubted |= rooms
                    await asyncio.sleep(AWAY_SECONDS)
                else:
                    self.hall.seat(rooms, seatings)

    async def tick(self) -> None:
        """Once a second let the hall see to what has a time, for ever."""
        while True:
            streams().set(len(self.hall.streams))
            await asyncio.sleep(self.hall.timing.tick_seconds)
            self.hall.tick(time.monotonic())
            if self.hall.doubted:
                self._work.set()

    async def look_around(self) -> None:
        """Look every few seconds whether sessions and numbers still hold, for ever."""
        while True:
            await asyncio.sleep(self.hall.timing.recheck_seconds)
            try:
                await self._look_at_sessions()
                await self._look_at_numbers()
            except psycopg.OperationalError:
                logger.warning("sessions could not be looked at")
            if self.hall.doubted:
                self._work.set()

    def _enter(
        self, session: Session, seated: list[Seated], send: Send, *, wants_json: bool
    ) -> Stream:
        handler = asyncio.current_task()
        stream = Stream(session.user_id, session.id, send, wants_json=wants_json, handler=handler)
        stream.begin()
        self.hall.enter(stream, seated, time.monotonic())
        if self.hall.doubted:
            self._work.set()
        return stream

    def _take(self, message: bytes) -> None:
        push = self._opened(message)
        if push is None:
            # Whoever may notify need not hold the key: what does not open is nothing.
            logger.warning("a message on the bus did not open")
        else:
            HEARD.inc()
            self.hall.take(push)

    async def _look_at_sessions(self) -> None:
        for sessions in _batches(self.hall.session_ids()):
            valid = await valid_sessions(self._database, sessions)
            for session_id in set(sessions) - valid:
                self.hall.end_session(session_id)

    async def _look_at_numbers(self) -> None:
        numbers: list[Seated] = []
        for groups in _batches(list({room.group_id for room in self.hall.rooms()})):
            numbers += await read_numbers(self._database, groups)
        # What is still on its way has these seconds to come; what is not here then was lost.
        await asyncio.sleep(self.hall.timing.tick_seconds)
        self.hall.doubt_lagging(numbers)


def _batches(ids: list[UUID]) -> list[list[UUID]]:
    return [ids[start : start + LARGEST_BATCH] for start in range(0, len(ids), LARGEST_BATCH)]
