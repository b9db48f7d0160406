"""The description of all calls for machines: OpenAPI 3.1, made from the table of calls."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from inspect import getdoc
from typing import Any, Final

from django.urls.converters import get_converters

from carestation.kernel.bodies import FORM, JSON
from carestation.kernel.calls import Call
from carestation.kernel.doors import Door
from carestation.kernel.problems import TITLES
from carestation.kernel.schemas import Schema, schema_of

PROBLEM_TYPE: Final = "application/problem+json"
PLACE: Final = re.compile(r"<(\w+):(\w+)>")
WORDS: Final = re.compile(r"[a-z_]+(\|[a-z_]+)*")
PROBLEM: Final[Schema] = {
    "type": "object",
    "required": ["type", "title", "status", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "request_id": {"type": "string"},
        "reason": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
SECURITY: Final[Schema] = {
    "token": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": "__Host-session"},
}


def document_of(
    calls: Sequence[Call], *, title: str, version: str, root: str, cookie: str
) -> Schema:
    """Return the description; `root` stands before each path, `cookie` is the session's name."""
    paths: dict[str, Schema] = {}
    for call in calls:
        place = root + PLACE.sub(r"{\2}", call.path)
        paths.setdefault(place, {})[call.method.lower()] = _operation(call)
    session = SECURITY["session"] | {"name": cookie}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {
            "schemas": {"Problem": PROBLEM},
            "securitySchemes": SECURITY | {"session": session},
        },
    }


def _operation(call: Call) -> Schema:
    summary, _, description = (getdoc(call.act) or "").partition("\n\n")
    parameters = [_place(*found) for found in PLACE.findall(call.path)] + _query(call)
    is_open = call.door is Door.PUBLIC
    operation: Schema = {
        "operationId": call.name,
        "summary": summary,
        "description": description,
        "security": [] if is_open else [{"token": []}, {"session": []}],
        "parameters": parameters,
        "responses": _responses(call),
    }
    body = _body(call)
    return operation | ({"requestBody": body} if body else {})


def _place(converter: str, name: str) -> Schema:
    regex = get_converters()[converter].regex
    schema: Schema = {"type": "string", "format": "uuid"}
    if WORDS.fullmatch(regex):
        schema = {"type": "string", "enum": regex.split("|")}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query(call: Call) -> list[Schema]:
    if not call.has_query:
        return []
    record = schema_of(call.takes)
    required = record.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _not_null(schema)}
        for name, schema in record["properties"].items()
    ]


def _not_null(schema: Schema) -> Schema:
    # Where nothing stands in an address, the parameter is left out: it is never null.
    return schema | {"type": schema["type"][0]} if isinstance(schema["type"], list) else schema


def _body(call: Call) -> Schema:
    if call.has_json:
        return {"required": True, "content": {JSON: {"schema": schema_of(call.takes)}}}
    if call.has_file:
        part = {"type": "string", "format": "binary"}
        schema = {"type": "object", "properties": {"file": part}, "required": ["file"]}
        return {"required": True, "content": {FORM: {"schema": schema}}}
    return {}


def _responses(call: Call) -> Schema:
    answers = {str(int(status)): _success(status, kind) for status, kind in call.answers.items()}
    refusals = {str(int(status)): _refusal(status) for status in sorted(_refusals(call))}
    return answers | refusals


def _success(status: HTTPStatus, kind: Any) -> Schema:
    if kind is None:
        return {"description": status.phrase}
    content = {"*/*": {}} if kind is bytes else {JSON: {"schema": schema_of(kind)}}
    return {"description": status.phrase, "content": content}


def _refusal(status: HTTPStatus) -> Schema:
    schema = {"$ref": "#/components/schemas/Problem"}
    title = TITLES.get(status, status.phrase)
    return {"description": title, "content": {PROBLEM_TYPE: {"schema": schema}}}


def _refusals(call: Call) -> set[HTTPStatus]:
    refusals = {HTTPStatus.SERVICE_UNAVAILABLE, *call.refusals}
    if call.door is not Door.PUBLIC:
        refusals |= {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
    if PLACE.search(call.path):
        refusals |= {HTTPStatus.NOT_FOUND}
    if call.takes is not None:
        refusals |= {HTTPStatus.UNPROCESSABLE_ENTITY}
    if call.has_json or call.has_file:
        refusals |= {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
        refusals |= {HTTPStatus.UNSUPPORTED_MEDIA_TYPE, HTTPStatus.LENGTH_REQUIRED}
    return refusals
