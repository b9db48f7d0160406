"""Calls of programs: each says what it takes, what it answers and through which door, once.

From this one table come the paths, the reading of what is sent, the answers that are not success,
and the description of it all (`openapi`). A view of a call gets what it takes ready read, and
returns an `Answer`; what is refused is raised as everywhere.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path

from carestation.kernel.bodies import JSON, UnreadableBody, read_json
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import DomainError
from carestation.kernel.problems import problem_json
from carestation.kernel.shapes import UnfitFields, read_query, read_record

Act = Callable[..., "Answer | HttpResponseBase"]
READING: Final = frozenset({"GET", "DELETE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a call answers: what JSON can say, the `text` of it where that is written already."""

    body: object = None
    text: str = ""
    status: HTTPStatus = HTTPStatus.OK


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A call takes one file, as multipart; its view reads it from the request."""

    longest_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call. `takes`: a frozen dataclass, from the body or, where nothing is sent, the query.

    `answers`: the type of the body of each success, None for none, `bytes` for a file.
    `refusals`: answers beside those that follow from the door, the path and what it takes.
    `fields`: to which field the reason of a domain error belongs.
    """

    method: str
    path: str
    act: Act
    door: Door
    answers: Mapping[HTTPStatus, Any]
    side: str = ""
    takes: Any = None
    refusals: tuple[HTTPStatus, ...] = ()
    fields: Mapping[str, str] | None = None

    @property
    def name(self) -> str:
        """The name of its view."""
        return self.act.__name__

    @property
    def has_query(self) -> bool:
        """Whether what it takes stands in the address."""
        return self.takes is not None and self.method in READING

    @property
    def has_json(self) -> bool:
        """Whether it takes a body of JSON."""
        return self.takes is not None and not self.has_query and not self.has_file

    @property
    def has_file(self) -> bool:
        """Whether it takes a file."""
        return isinstance(self.takes, Upload)


def paths_of(calls: Sequence[Call]) -> list[URLPattern]:
    """Return the paths of these calls: one for all calls at the same address."""
    places = dict.fromkeys(call.path for call in calls)
    return [_path([call for call in calls if call.path == place]) for place in places]


def _path(calls: Sequence[Call]) -> URLPattern:
    return path(calls[0].path, _endpoint(calls), name=calls[0].name)


def _endpoint(calls: Sequence[Call]) -> Callable[..., HttpResponseBase]:
    first = calls[0]
    by_method = {call.method: call for call in calls}
    if "GET" in by_method:
        by_method["HEAD"] = by_method["GET"]
    allowed = ", ".join(sorted(by_method))

    def endpoint(request: HttpRequest, **place: object) -> HttpResponseBase:
        """Answer one call."""
        call = by_method.get(request.method or "")
        if call is None:
            refusal = problem_json(request, HTTPStatus.METHOD_NOT_ALLOWED)
            refusal.headers["Allow"] = allowed
            return refusal
        return _answered(request, call, place)

    endpoint.methods = tuple(by_method)  # type: ignore[attr-defined]  # read by doors
    endpoint.csrf_exempt = first.door is Door.PUBLIC  # type: ignore[attr-defined]  # Django's mark: no cookie counts there
    if any(call.door is not first.door for call in calls):
        raise ValueError(f"calls at one address have one door: {first.path}")
    return door(first.door, side=first.side)(endpoint)


def _answered(request: HttpRequest, call: Call, place: Mapping[str, object]) -> HttpResponseBase:
    try:
        answer = call.act(request, **place, **_taken(request, call))
    except UnreadableBody as error:
        return problem_json(request, error.status, reason=error.reason)
    except UnfitFields as unfit:
        return problem_json(request, HTTPStatus.UNPROCESSABLE_ENTITY, fields=unfit.reasons)
    except DomainError as error:
        field = (call.fields or {}).get(error.reason)
        fields = {field: error.reason} if field else {}
        return problem_json(request, error.status, reason=error.reason, fields=fields)
    return answer if isinstance(answer, HttpResponseBase) else _response(answer)


def _taken(request: HttpRequest, call: Call) -> dict[str, object]:
    if call.has_json:
        return {"sent": read_record(call.takes, read_json(request))}
    if call.has_query:
        return {"asked": read_query(call.takes, dict(request.GET.lists()))}
    return {}


def _response(answer: Answer) -> HttpResponse:
    if answer.status is HTTPStatus.NO_CONTENT:
        response = HttpResponse(status=answer.status)
        del response.headers["Content-Type"]
        return response
    text = answer.text or json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, status=answer.status, content_type=JSON)
