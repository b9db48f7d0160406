"""Files: handing in, throwing away, and sending out under a right that is read again."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import chain
from threading import BoundedSemaphore
from typing import Final
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    QueryDict,
    StreamingHttpResponse,
)
from django.template.response import TemplateResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST, require_safe

from carestation.kernel.actor import Actor
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import DomainError, NotVisible, TooMany
from carestation.kernel.http import CareRequest
from carestation.kernel.ranges import TAKEN_AT_ONCE_BYTES, Span, UnsatisfiableRangeError, span_of
from carestation.timeline.commands.files import discard_file, note_file_viewed, upload_file
from carestation.timeline.commands.posts import FILES_AT_MOST
from carestation.timeline.forms.files import OneFileForm, words_for
from carestation.timeline.media.refusals import FileRefused, Reason, refusal
from carestation.timeline.queries.files import OpenFile, bytes_of, take_file
from carestation.ui.components import size

# A file is shown alone, in a box of its own: nothing in it runs, nothing is fetched.
ALONE: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
THUMBNAIL_TYPE: Final = "image/webp"
# A web process has four threads: of those, long answers hold two at most.
LONG_AT_ONCE: Final = 2
BUSY_SECONDS: Final = 5
_long_answers = BoundedSemaphore(LONG_AT_ONCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What came with a form: its values, each taken file's id among `attachments`; and refusals."""

    values: QueryDict
    refusals: list[str]


@require_POST
@door(Door.SELF)
def upload(request: CareRequest) -> HttpResponse:
    """Take one file in; answer with its row for the composer, or with why it is not taken."""
    form = OneFileForm(request.POST, request.FILES)
    if not form.is_valid():
        raise DomainError("file")
    given = form.cleaned_data["file"]
    try:
        taken = upload_file(request.actor, given.name, given.read())
    except FileRefused as error:
        context = {"name": given.name, "words": _words(error, given)}
        return TemplateResponse(request, "timeline/_refused.html", context, status=error.status)
    context = {"file": taken.file}
    return TemplateResponse(request, "timeline/_uploaded.html", context, status=HTTPStatus.CREATED)


@require_POST
@door(Door.SELF)
def discard(request: CareRequest, file_id: UUID) -> HttpResponse:
    """Throw one's own file away that no post carries."""
    discard_file(request.actor, file_id)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_safe
@door(Door.SEAT, side="post", changes=False)
def content(request: CareRequest, file_id: UUID) -> HttpResponseBase:
    """Send a file, or the part of it that was asked for; a document is saved, a picture shown."""
    opened = take_file(request.actor, file_id)
    try:
        span = span_of(_range(request, opened), opened.file.size_bytes)
    except UnsatisfiableRangeError:
        nothing = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        nothing.headers["Content-Range"] = f"bytes */{opened.file.size_bytes}"
        return nothing
    answer = _streamed(opened, span)
    note_file_viewed(opened)
    return answer


@require_GET
@door(Door.SEAT, side="post", changes=False)
def thumbnail(request: CareRequest, file_id: UUID) -> HttpResponse:
    """Send a small picture; the look belongs to the page that shows it."""
    opened = take_file(request.actor, file_id)
    if opened.thumbnail is None:
        raise NotVisible
    data = b"".join(bytes_of(opened, opened.thumbnail, 0, opened.thumbnail.size_bytes))
    answer = HttpResponse(data, content_type=THUMBNAIL_TYPE)
    answer.headers["Content-Security-Policy"] = ALONE
    return answer


def receive_files(request: CareRequest) -> Received:
    """Take in the files that came with the form of a post, where no script sent them before."""
    values = request.POST.copy()
    refusals = []
    for given in request.FILES.getlist("files"):
        try:
            taken = _taken(request.actor, given, len(values.getlist("attachments")))
        except FileRefused as error:
            refusals.append(_words(error, given))
        else:
            values.appendlist("attachments", str(taken))
    return Received(values=values, refusals=refusals)


def _taken(actor: Actor, given: UploadedFile[bytes], count: int) -> UUID:
    if count >= FILES_AT_MOST:
        raise refusal(Reason.TOO_MANY_FILES)
    return upload_file(actor, given.name or "", given.read()).file.id


def _words(error: FileRefused, given: UploadedFile[bytes]) -> str:
    return words_for(error.reason, name=given.name or "", size=size(given.size or 0))


def _range(request: HttpRequest, opened: OpenFile) -> str:
    # A part is only good beside the rest of the same file; ours never change under one address.
    if request.headers.get("If-Range", _etag(opened)) != _etag(opened):
        return ""
    return request.headers.get("Range", "")


def _streamed(opened: OpenFile, span: Span) -> StreamingHttpResponse:
    pieces = _in_turn(bytes_of(opened, opened.content, span.start, span.stop), span)
    # The first piece is opened before the answer begins: damage is an error, not half a file.
    first = next(pieces, b"")
    answer = StreamingHttpResponse(
        chain([first], pieces),
        status=HTTPStatus.PARTIAL_CONTENT if span.is_part else HTTPStatus.OK,
        content_type=opened.file.media_type.value,
    )
    name = content_disposition_header(not opened.file.is_picture, opened.file.name)
    answer.headers["Content-Length"] = str(span.length)
    answer.headers["Content-Disposition"] = name or "attachment"
    answer.headers["Content-Security-Policy"] = ALONE
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["ETag"] = _etag(opened)
    if span.is_part:
        part = f"bytes {span.start}-{span.stop - 1}/{opened.file.size_bytes}"
        answer.headers["Content-Range"] = part
    return answer


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


def _etag(opened: OpenFile) -> str:
    return f'"{opened.file.id.hex}"'
