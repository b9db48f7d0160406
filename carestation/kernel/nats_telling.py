"""Telling the bus between nodes from a process that serves pages: nobody ever waits for it.

Each process has one thread with one line. What cannot leave waits; of what waits too long the
oldest falls away: whoever misses it asks `?after=`.
"""

import asyncio
import logging
import threading
from collections import deque
from typing import Final

from carestation.kernel.metrics import TAKEN, UNTAKEN
from carestation.kernel.nats_line import (
    BusAwayError,
    BusRefusedError,
    Line,
    line_to,
)
from carestation.kernel.nats_url import read_url

logger = logging.getLogger(__name__)
# About 5 MB, or a minute of a busy node.
MOST_WAITING: Final = 1_000
SHORTEST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 3.0
PARTING_SECONDS: Final = 2.0


class NatsTeller:
    """Takes what is to be told, and tells it from a thread of its own."""

    def __init__(self, url: str) -> None:
        self._servers = read_url(url)
        self._waiting: deque[bytes] = deque(maxlen=MOST_WAITING)
        self._beginning = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop = asyncio.new_event_loop()
        self._news = asyncio.Event()
        self._is_ending = False

    def tell(self, message: bytes) -> None:
        """Let a sealed push go its way."""
        if len(self._waiting) == MOST_WAITING:
            UNTAKEN.inc()
        self._waiting.append(message)
        if self._thread is None:
            self._begin()
        self._loop.call_soon_threadsafe(self._news.set)

    def end(self) -> None:
        """Wait a little until all has left: for who ends at once."""
        if self._thread is not None:
            self._is_ending = True
            self._loop.call_soon_threadsafe(self._news.set)
            self._thread.join(PARTING_SECONDS)

    def _begin(self) -> None:
        with self._beginning:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="bus", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        self._loop.run_until_complete(self._keep_telling())

    async def _keep_telling(self) -> None:
        pause = SHORTEST_PAUSE_SECONDS
        while not (self._is_ending and not self._waiting):
            try:
                async with line_to(self._servers, "carestation", self._news) as line:
                    pause = SHORTEST_PAUSE_SECONDS
                    await self._tell_over(line)
            except BusRefusedError as error:
                logger.error("the bus refuses us", extra={"reason": str(error)})  # noqa: TRY400 - said in a word
            except BusAwayError as error:
                logger.warning("the bus is away", extra={"reason": str(error)})
            else:
                continue
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _tell_over(self, line: Line) -> None:
        while True:
            while self._waiting and not line.is_over:
                await line.tell(self._waiting.popleft())
                TAKEN.inc()
            line.check()
            if self._is_ending:
                return
            await self._news.wait()
            self._news.clear()
