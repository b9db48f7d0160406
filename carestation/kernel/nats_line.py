"""A line to the bus between nodes: core NATS, without JetStream. No Django here.

What travels is sealed already; the line is proved with TLS from the first byte (`tls://`) and with
a user and a password. A server that is not named in BUS_URL is never spoken to.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

import asyncio
import logging
import os
import random
import socket
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import NoServersError, SlowConsumerError

from carestation.kernel.nats_url import Servers

SUBJECT: Final = "carestation.live"
ANSWER_SECONDS: Final = 2
# Three of these without an answer end a line that died without a word.
PING_SECONDS: Final = 3
PARTING_SECONDS: Final = 0.5
# Beside its own errors, what the client makes of words that are no bus's: those of another service.
FAILURES: Final = (NatsError, OSError, ValueError, TypeError, AttributeError, LookupError)
# The client lays TLS over its stream by hand, and asyncio remarks on it at the end of each line.
logging.getLogger("asyncio").addFilter(lambda record: "eof_received" not in str(record.msg))


class BusAwayError(Exception):
    """No server of the bus answers as it should; the words say why."""


class BusRefusedError(Exception):
    """A server of the bus answers, and does not let us in, tell or hear."""


class Line:
    """A connection to one server, until it is over. `news` is set by whatever happens on it."""

    def __init__(self, news: asyncio.Event) -> None:
        self.news = news
        self.is_over = False
        self.has_lost = False
        self.trouble: Exception | None = None
        self.client = Client()

    async def hear(self, take: Callable[[bytes], None], subject: str = SUBJECT) -> None:
        """Hand on what is told from now on.

        Raises:
            BusAwayError: the line is over.
            BusRefusedError: we may not hear.
        """

        async def hand_on(message: Msg) -> None:
            take(message.data)
            self.news.set()

        try:
            await self.client.subscribe(subject, cb=hand_on)
        except FAILURES as error:
            raise BusAwayError(_reason(error)) from error
        await self.settle()

    async def tell(self, message: bytes, subject: str = SUBJECT) -> None:
        """Send a message; it may be lost.

        Raises:
            BusAwayError: the line is over.
        """
        try:
            await self.client.publish(subject, message)
        except FAILURES as error:
            raise BusAwayError(_reason(error)) from error

    async def settle(self) -> None:
        """Wait until the server has taken what was said so far.

        Raises:
            BusAwayError: the line is over.
            BusRefusedError: we may not tell or hear.
        """
        try:
            # The client's question overtakes what it has still to send; only a second one surely
            # comes after it, and a refusal comes before the answer to that.
            await self.client.flush(timeout=ANSWER_SECONDS)
            await self.client.flush(timeout=ANSWER_SECONDS)
        except FAILURES as error:
            raise BusAwayError(_reason(error)) from error
        self.check()

    def check(self) -> None:
        """See that the line holds.

        Raises:
            BusAwayError: it is over.
            BusRefusedError: we were told that we may not tell or hear.
        """
        if isinstance(self.trouble, NatsError) and _is_refusal(self.trouble):
            raise BusRefusedError(_reason(self.trouble))
        if self.is_over:
            raise BusAwayError(_reason(self.trouble))

    async def end(self) -> None:
        """Give the line up."""
        self.is_over = True
        # One whose TLS failed is never said to be closed.
        with suppress(NatsError, OSError):
            await asyncio.wait_for(self.client.close(), PARTING_SECONDS)

    async def closed(self) -> None:
        """Take that the client has closed it."""
        self.is_over = True
        self.news.set()

    async def troubled(self, error: Exception) -> None:
        """Take what went wrong; the line may hold all the same."""
        if isinstance(error, SlowConsumerError):
            self.has_lost = True
        else:
            self.trouble = error
        self.news.set()


@asynccontextmanager
async def line_to(servers: Servers, name: str, news: asyncio.Event) -> AsyncGenerator[Line]:
    """Give a line to one of the servers, whichever answers first of them in no order.

    Raises:
        BusAwayError: none answers as it should.
        BusRefusedError: none lets us in.
    """
    line = await _line_to_any(servers, name, news)
    try:
        yield line
    finally:
        await line.end()


async def _line_to_any(servers: Servers, name: str, news: asyncio.Event) -> Line:
    failure: BusAwayError | BusRefusedError = BusAwayError("no server is named")
    for host in random.sample(servers.hosts, len(servers.hosts)):
        line = Line(news)
        try:
            await _connect(line, servers, host, name)
        except FAILURES as error:
            cause = line.trouble if isinstance(error, NoServersError) else error
            await line.end()
            kind = BusRefusedError if _is_refusal(cause) else BusAwayError
            more = " with TLS from its first byte (handshake_first)" if servers.is_tls else ""
            failure = kind(f"{host} {_reason(cause, more)}")
        else:
            return line
    raise failure


async def _connect(line: Line, servers: Servers, host: str, name: str) -> None:
    shown: dict[str, Any] = {}
    if servers.user:
        shown = {"user": servers.user, "password": servers.password}
    if servers.is_tls:
        # Else a server, or who stands in its place, could say that it wants no TLS, and be told
        # the password. SSL_CERT_FILE in the surroundings names an authority of one's own.
        shown |= {"tls": ssl.create_default_context(), "tls_handshake_first": True}
    await line.client.connect(
        f"{'tls' if servers.is_tls else 'nats'}://{host}",
        name=name,
        error_cb=line.troubled,
        closed_cb=line.closed,
        allow_reconnect=False,
        max_reconnect_attempts=1,
        reconnect_time_wait=0,
        connect_timeout=ANSWER_SECONDS,
        ping_interval=PING_SECONDS,
        **shown,
    )
    if not line.client.is_connected:
        raise line.trouble or NatsError("it hung up")
    line.trouble = None


def _is_refusal(error: Exception | None) -> bool:
    said = str(error).lower()
    return isinstance(error, NatsError) and ("authorization" in said or "permissions" in said)


def _reason(error: Exception | None, more: str = "") -> str:
    """Return why, in words that follow the name of a server; none of them was typed by anyone."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "shows a certificate that is not trusted here"
    if isinstance(error, socket.gaierror):
        return "is a name that nobody knows"
    if _is_refusal(error):
        said = str(error).lower()
        return "does not let us in" if "authorization" in said else "lets us not tell and hear"
    if isinstance(error, OSError) and error.errno and not isinstance(error, ssl.SSLError):
        return f"does not answer: {os.strerror(error.errno)}"
    return f"does not answer{more}"
