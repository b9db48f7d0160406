"""Files: handing in, and opening.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponseBase

from carestation.api.wire import uploaded_json
from carestation.kernel.bodies import FORM, UnreadableBody, require_length, require_type
from carestation.kernel.calls import Answer
from carestation.kernel.http import CareRequest
from carestation.timeline.commands.files import upload_file
from carestation.timeline.views.files import content


def upload(request: CareRequest) -> Answer:
    """Hand in one file: JPEG, PNG, HEIC, WebP or PDF, typed by its content.

    It is written anew without place data, so its size and type may differ from what was sent. It
    belongs to its uploader until a post carries it, for a day at most.
    """
    require_type(request, FORM)
    require_length(request)
    files = [file for _, several in request.FILES.lists() for file in several]
    if len(files) != 1:
        raise UnreadableBody(HTTPStatus.UNPROCESSABLE_ENTITY, "not_one_file")
    uploaded = upload_file(request.actor, files[0].name or "", files[0].read())
    return Answer(body=uploaded_json(uploaded), status=HTTPStatus.CREATED)


def open_file(request: CareRequest, file: UUID) -> HttpResponseBase:
    """Return the content of a file: its uploader's own, or one at a side that is open to one.

    With `Range`, one part of it.
    """
    return content(request, file_id=file)
