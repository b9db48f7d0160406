"""The bus between nodes as live hears it: a subscription of core NATS."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator
from typing import Final

from carestation.kernel.nats_line import (
    BusAwayError,
    BusRefusedError,
    Line,
    line_to,
)
from carestation.kernel.nats_url import Servers, read_url

logger = logging.getLogger(__name__)
MOST_WAITING: Final = 10_000
SHORTEST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 3.0


class Heard:
    """What was heard and not yet taken; where it is too much, all of it is lost, and said so."""

    def __init__(self) -> None:
        self._messages: deque[bytes | None] = deque()

    def take(self, message: bytes) -> None:
        """Keep a message until it is its turn."""
        if len(self._messages) < MOST_WAITING:
            self._messages.append(message)
        else:
            self.lose()

    def lose(self) -> None:
        """Forget everything: it will be read anew."""
        logger.warning("the bus told more than could be heard")
        self._messages.clear()
        self._messages.append(None)

    async def messages(self, line: Line) -> AsyncGenerator[bytes | None]:
        """Yield what is heard on a line; None where some was lost.

        Raises:
            BusAwayError: the line is over.
            BusRefusedError: we may hear no more.
        """
        while True:
            while self._messages:
                yield self._messages.popleft()
            line.check()
            await line.news.wait()
            line.news.clear()
            if line.has_lost:
                line.has_lost = False
                self.lose()


class NatsBus:
    """Core NATS, on a line of its own. It begins anew whenever the line is over."""

    def __init__(self, url: str) -> None:
        self._servers: Servers = read_url(url)

    async def messages(self) -> AsyncGenerator[bytes | None]:
        """Yield sealed pushes; None whenever it begins to hear (again), or has lost some."""
        pause = SHORTEST_PAUSE_SECONDS
        while True:
            heard = Heard()
            try:
                async with line_to(self._servers, "carestation live", asyncio.Event()) as line:
                    await line.hear(heard.take)
                    pause = SHORTEST_PAUSE_SECONDS
                    yield None
                    async for message in heard.messages(line):
                        yield message
            except BusRefusedError as error:
                logger.error("the bus refuses us", extra={"reason": str(error)})  # noqa: TRY400 - said in a word
            except BusAwayError as error:
                logger.warning("the bus was away", extra={"reason": str(error)})
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
