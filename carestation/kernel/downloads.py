"""Sending something long out, whole or in part, without holding the threads of others.

What it is, and who may have it, says who calls; it is opened piece by piece while it is read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import chain
from threading import BoundedSemaphore
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from carestation.kernel.errors import TooMany
from carestation.kernel.ranges import TAKEN_AT_ONCE_BYTES, Span, UnsatisfiableRangeError, span_of

# A file is shown alone, in a box of its own: nothing in it runs, nothing is fetched.
ALONE: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
# A web process has four threads: of those, long answers hold two at most.
LONG_AT_ONCE: Final = 2
BUSY_SECONDS: Final = 5
_long_answers = BoundedSemaphore(LONG_AT_ONCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """What is sent: it never changes under one id. `is_saved`: not shown in the browser."""

    id: UUID
    name: str
    media_type: str
    size_bytes: int
    is_saved: bool


def send(
    request: HttpRequest, thing: Download, read: Callable[[int, int], Iterator[bytes]]
) -> HttpResponseBase:
    """Answer with what was asked for of a thing; `read` opens it from a byte up to another.

    The answer is 416, and nothing was opened, where nothing of what is asked for exists.
    """
    try:
        span = span_of(_range(request, thing), thing.size_bytes)
    except UnsatisfiableRangeError:
        nothing = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        nothing.headers["Content-Range"] = f"bytes */{thing.size_bytes}"
        return nothing
    pieces = _in_turn(read(span.start, span.stop), span)
    # The first piece is opened before the answer begins: damage is an error, not half a file.
    first = next(pieces, b"")
    answer = StreamingHttpResponse(
        chain([first], pieces),
        status=HTTPStatus.PARTIAL_CONTENT if span.is_part else HTTPStatus.OK,
        content_type=thing.media_type,
    )
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


def _range(request: HttpRequest, thing: Download) -> str:
    # A part is only good beside the rest of the same thing.
    if request.headers.get("If-Range", _etag(thing)) != _etag(thing):
        return ""
    return request.headers.get("Range", "")


def _in_turn(pieces: Iterator[bytes], span: Span) -> Iterator[bytes]:
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
