"""Sending something long out, whole or in part, without holding the threads of others.

What it is, and who may have it, says who calls; it is opened piece by piece while it is read, and
the right is looked at again on the way. The piece `downloads` sends it (config/downloads.py), which
waits for its readers without threads; web does, too, where a proxy was not told of that.
"""

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import chain
from threading import BoundedSemaphore
from typing import Final
from uuid import UUID

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from carestation.kernel.errors import TooMany
from carestation.kernel.http import CareRequest
from carestation.kernel.ranges import TAKEN_AT_ONCE_BYTES, Span, UnsatisfiableRangeError, span_of

# A file is shown alone, in a box of its own: nothing in it runs, nothing is fetched.
ALONE: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
# A web process has four threads: of those, long answers hold two at most.
LONG_AT_ONCE: Final = 2
BUSY_SECONDS: Final = 5
# So old the last look at a right may be when the next piece of 256 KiB goes out.
LOOK_SECONDS: Final = 1.0
_long_answers = BoundedSemaphore(LONG_AT_ONCE)
# So many of one person's does a process that waits without threads send at once: as many lines as a
# browser opens. What is under way is counted by the person.
OWN_AT_ONCE: Final = 6
_under_way: Final[Counter[UUID]] = Counter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """What is sent: it never changes under one id. `is_saved`: not shown in the browser."""

    id: UUID
    name: str
    media_type: str
    size_bytes: int
    is_saved: bool


def send(
    request: CareRequest, thing: Download, read: Callable[[int, int], Iterator[bytes]]
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
    pieces = _in_turn(request, read(span.start, span.stop), span)
    # The first piece is opened before the answer begins: damage is an error, not half a file.
    first = next(pieces, b"")
    answer = _Pieces(
        chain([first], pieces),
        status=HTTPStatus.PARTIAL_CONTENT if span.is_part else HTTPStatus.OK,
        content_type=thing.media_type,
    )
    answer.reader = request.actor.user_id
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


def while_allowed(pieces: Iterator[bytes], look: Callable[[], object]) -> Iterator[bytes]:
    """Yield pieces; `look` raises where the right has ended, and is called about once a second."""
    looked_at = time.monotonic()
    for piece in pieces:
        if time.monotonic() - looked_at >= LOOK_SECONDS:
            look()
            looked_at = time.monotonic()
        yield piece


class _Pieces(StreamingHttpResponse):
    """Sent piece by piece; with ASGI nothing is held while its reader takes the last one."""

    reader: UUID

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = iter(self)
        _under_way[self.reader] += 1
        try:
            while piece := await sync_to_async(_next_of)(pieces):
                yield piece
        finally:
            _under_way[self.reader] -= 1


def _next_of(pieces: Iterator[bytes]) -> bytes:
    try:
        return next(pieces, b"")
    finally:
        connections.close_all()


def _range(request: CareRequest, thing: Download) -> str:
    # A part is only good beside the rest of the same thing.
    if request.headers.get("If-Range", _etag(thing)) != _etag(thing):
        return ""
    return request.headers.get("Range", "")


def _in_turn(request: CareRequest, pieces: Iterator[bytes], span: Span) -> Iterator[bytes]:
    if isinstance(request, ASGIRequest):
        if _under_way[request.actor.user_id] >= OWN_AT_ONCE:
            raise TooMany("busy", retry_after_seconds=BUSY_SECONDS)
        return pieces
    return _holding_a_thread(pieces, span)


def _holding_a_thread(pieces: Iterator[bytes], span: Span) -> Iterator[bytes]:
    if span.length <= TAKEN_AT_ONCE_BYTES:
        yield from pieces
        return
    # It lasts as long as its reader likes; that others are served, few do so at once.
    if not _long_answers.acquire(blocking=False):
        raise TooMany("busy", retry_after_seconds=BUSY_SECONDS)
    try:
        yield from pieces
    finally:
        _long_answers.release()


def _etag(thing: Download) -> str:
    return f'"{thing.id.hex}"'
