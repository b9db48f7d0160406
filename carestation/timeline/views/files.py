"""Files: handing in, throwing away, and sending out under a right that is read again."""

from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST, require_safe

from carestation.kernel.actor import Actor
from carestation.kernel.doors import Door, door
from carestation.kernel.downloads import ALONE, Download, send
from carestation.kernel.errors import DomainError, NotVisible
from carestation.kernel.http import CareRequest
from carestation.timeline.commands.files import discard_file, note_file_viewed, upload_file
from carestation.timeline.commands.posts import FILES_AT_MOST
from carestation.timeline.forms.files import OneFileForm, words_for
from carestation.timeline.media.refusals import FileRefused, Reason, refusal
from carestation.timeline.queries.files import bytes_of, take_file
from carestation.ui.components import size

THUMBNAIL_TYPE: Final = "image/webp"


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
    thing = Download(
        id=opened.file.id,
        name=opened.file.name,
        media_type=opened.file.media_type.value,
        size_bytes=opened.file.size_bytes,
        is_saved=not opened.file.is_picture,
    )
    answer = send(request, thing, partial(bytes_of, opened, opened.content))
    if answer.status_code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
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
