"""Sending something long out, whole or in part, without holding the threads of others.

What it is, and who may have it, says who calls; it is opened piece by piece while it is read, and
the right is looked at again on the way. The piece `downloads` sends it (config/downloads.py), which
waits for its readers without threads, and looks while it waits; web does, too, where a proxy was
not told of that.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from itertools import chain
from threading import BoundedSemaphore, Lock
from typing import Final, TypeVar
from uuid import UUID
from weakref import WeakSet

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from carestation.kernel.errors import NotVisible, Refused, TooMany
from carestation.kernel.http import CareRequest
from carestation.kernel.logs import current_request_id
from carestation.kernel.ranges import TAKEN_AT_ONCE_BYTES, Span, UnsatisfiableRangeError, span_of

T = TypeVar("T")
logger = logging.getLogger("carestation.downloads")
# A file is shown alone, in a box of its own: nothing in it runs, nothing is fetched.
ALONE: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
# A web process has four threads: of those, long answers hold two at most.
LONG_AT_ONCE: Final = 2
BUSY_SECONDS: Final = 5
# A right is looked at so often.
LOOK_SECONDS: Final = 1.0
# How a line is cut, with what its reader has not taken: said by the server (config/sending.py).
CUT: Final = "carestation.cut"
ENDED: Final = (NotVisible, Refused)
_long_answers = BoundedSemaphore(LONG_AT_ONCE)
# So many of one person's does a process that waits without threads send at once: as many lines as a
# browser opens. Who comes is counted in the same breath, so that no two take the last place; an
# answer whose asker left before it began is counted until it is gone.
OWN_AT_ONCE: Final = 6
_counting: Final = Lock()
_under_way: "Final[WeakSet[_Waiting]]" = WeakSet()


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """What is sent: it never changes under one id. `is_saved`: not shown in the browser."""

    id: UUID
    name: str
    media_type: str
    size_bytes: int
    is_saved: bool


class Allowed(Iterator[bytes]):
    """Pieces of what somebody may have right now; `look` raises where they may no more."""

    def __init__(self, pieces: Iterator[bytes], look: Callable[[], object]) -> None:
        """Take what is sent; the right to it was looked at just now."""
        self.pieces = pieces
        self.look = look
        self._looked_at = time.monotonic()

    def __next__(self) -> bytes:
        """Return the next piece, under a right that was looked at within the last second."""
        if time.monotonic() - self._looked_at >= LOOK_SECONDS:
            self.look()
            self._looked_at = time.monotonic()
        return next(self.pieces)


def send(
    request: CareRequest, thing: Download, read: Callable[[int, int], Allowed]
) -> HttpResponseBase:
    """Answer with what was asked for of a thing; `read` opens it from a byte up to another.

    The answer is 416, and nothing was opened, where nothing of what is asked for exists.

    Raises:
        TooMany: too much goes out already, in all or to this person.
    """
    try:
        span = span_of(_range(request, thing), thing.size_bytes)
    except UnsatisfiableRangeError:
        nothing = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        nothing.headers["Content-Range"] = f"bytes */{thing.size_bytes}"
        return nothing
    answer = _answer(request, read, span)
    answer.status_code = HTTPStatus.PARTIAL_CONTENT if span.is_part else HTTPStatus.OK
    answer.headers["Content-Type"] = thing.media_type
    answer.headers["Content-Length"] = str(span.length)
    answer.headers["Content-Disposition"] = (
        content_disposition_header(thing.is_saved, thing.name) or "attachment"
    )
    answer.headers["Content-Security-Policy"] = ALONE
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["ETag"] = _etag(thing)
    if span.is_part:
        part = f"bytes {span.start}-{span.stop - 1}/{thing.size_bytes}"
        answer.headers["Content-Range"] = part
    return answer


def _answer(
    request: CareRequest, read: Callable[[int, int], Allowed], span: Span
) -> HttpResponseBase:
    if request.method == "HEAD":
        return HttpResponse()
    allowed = read(span.start, span.stop)
    if isinstance(request, ASGIRequest):
        return _Waiting(request, allowed, cut=request.scope["extensions"][CUT]["now"])
    return StreamingHttpResponse(_begun(_holding_a_thread(request, allowed, span)))


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    # The first piece is opened before the answer begins: damage is an error, not half a file.
    return chain([next(pieces, b"")], pieces)


class _Waiting(StreamingHttpResponse):
    """Holds nothing while its reader takes the last piece, and looks at the right meanwhile."""

    def __init__(
        self, request: CareRequest, allowed: Allowed, *, cut: Callable[[], object]
    ) -> None:
        self._reader = request.actor.user_id
        self._take_place()
        super().__init__(_begun(allowed.pieces))
        self._request = request
        self._look = allowed.look
        self._cut = cut

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = iter(self)
        current_request_id.set(self._request.request_id)
        looking = asyncio.create_task(self._look_on())
        looking.add_done_callback(self._cut_what_is_left)
        try:
            while piece := await _in_a_thread(partial(next, pieces, b"")):
                yield piece
        finally:
            with _counting:
                _under_way.discard(self)
            looking.cancel()
            await asyncio.wait([looking])

    def _take_place(self) -> None:
        with _counting:
            if sum(one._reader == self._reader for one in _under_way) >= OWN_AT_ONCE:  # noqa: SLF001 - its own
                raise TooMany("busy", retry_after_seconds=BUSY_SECONDS)
            _under_way.add(self)

    async def _look_on(self) -> None:
        try:
            while True:
                await asyncio.sleep(LOOK_SECONDS)
                await _in_a_thread(self._look)
        except ENDED:
            _note_end(self._request)

    def _cut_what_is_left(self, looking: "asyncio.Task[None]") -> None:
        if looking.cancelled():
            return
        if looking.exception() is not None:
            # Who cannot be asked gives no right.
            logger.error("a right could not be looked at", exc_info=looking.exception())
        self._cut()


async def _in_a_thread(work: Callable[[], T]) -> T:
    """Do it in the thread of this request, one thing after the other."""

    def let_go_of_the_database() -> T:
        try:
            return work()
        finally:
            connections.close_all()

    return await sync_to_async(let_go_of_the_database)()


def _holding_a_thread(request: CareRequest, allowed: Allowed, span: Span) -> Iterator[bytes]:
    if span.length <= TAKEN_AT_ONCE_BYTES:
        yield from _while_allowed(request, allowed)
        return
    # It lasts as long as its reader likes; that others are served, few do so at once.
    if not _long_answers.acquire(blocking=False):
        raise TooMany("busy", retry_after_seconds=BUSY_SECONDS)
    try:
        yield from _while_allowed(request, allowed)
    finally:
        _long_answers.release()


def _while_allowed(request: CareRequest, allowed: Allowed) -> Iterator[bytes]:
    # What is shorter than it was said to be is broken off by the server.
    try:
        yield from allowed
    except ENDED:
        token = current_request_id.set(request.request_id)
        _note_end(request)
        current_request_id.reset(token)


def _note_end(request: CareRequest) -> None:
    match = request.resolver_match
    logger.info("a download ended with its right", extra={"route": match.route if match else ""})


def _range(request: CareRequest, thing: Download) -> str:
    # A part is only good beside the rest of the same thing.
    if request.headers.get("If-Range", _etag(thing)) != _etag(thing):
        return ""
    return request.headers.get("Range", "")


def _etag(thing: Download) -> str:
    return f'"{thing.id.hex}"'
