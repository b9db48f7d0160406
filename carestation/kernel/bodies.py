"""What stands in a request for a program's call: strict JSON, and nothing that reads two ways.

A name twice, NaN, a number without end, a nest without bottom: two readers would understand two
things, or one would fall over. All of it is one answer, 400.
"""

import json
import math
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest
from django.http.request import RawPostDataException

JSON: Final = "application/json"
FORM: Final = "multipart/form-data"


class UnreadableBody(ValueError):  # noqa: N818 - the name is the answer
    """A body that cannot be read at all; `status` is the answer, `reason` a short word."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def read_json(request: HttpRequest) -> dict[str, object]:
    """Return the JSON object that a request carries.

    Raises:
        UnreadableBody: another type (415), no length (411), no JSON in UTF-8 (400), or no
            object (422).
    """
    require_type(request, JSON)
    require_length(request)
    try:
        value = _strict_json(request.body)
    except (ValueError, RecursionError, RawPostDataException) as error:
        raise UnreadableBody(HTTPStatus.BAD_REQUEST, "not_json") from error
    if not isinstance(value, dict):
        raise UnreadableBody(HTTPStatus.UNPROCESSABLE_ENTITY, "not_an_object")
    return value


def require_type(request: HttpRequest, wanted: str) -> None:
    """Stop unless a request says that it carries this type; text may be UTF-8 alone.

    Raises:
        UnreadableBody: it says another (415).
    """
    charset = (request.content_params or {}).get("charset", "utf-8").lower().strip('"')
    is_text_we_read = wanted != JSON or charset in {"utf-8", "utf8"}
    if request.content_type != wanted or not is_text_we_read:
        raise UnreadableBody(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "content_type")


def require_length(request: HttpRequest) -> None:
    """Stop where a body comes in chunks: WSGI tells its reader no end of it.

    Raises:
        UnreadableBody: its length is not announced (411).
    """
    if "Transfer-Encoding" in request.headers and not request.META.get("CONTENT_LENGTH"):
        raise UnreadableBody(HTTPStatus.LENGTH_REQUIRED, "length")


def _strict_json(body: bytes) -> Any:
    return _STRICT.decode(body.decode("utf-8"))


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) < len(pairs):
        raise ValueError("a name twice")
    return read


def _refuse(name: str) -> object:
    raise ValueError(name)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number without end")
    return value


_STRICT: Final = json.JSONDecoder(
    object_pairs_hook=_each_once, parse_constant=_refuse, parse_float=_finite
)
