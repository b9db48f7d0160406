"""JSON Schema (2020-12) of what programs send and get, derived from the types that read it."""

from dataclasses import is_dataclass
from enum import Enum
from typing import Any, Final, get_args, get_origin, get_type_hints, is_typeddict
from uuid import UUID

from carestation.kernel.shapes import (
    AtMost,
    Between,
    Format,
    Text,
    fields_of,
    is_nullable,
    is_required,
    mark_of,
    parts_of,
)

Schema = dict[str, Any]
SIMPLE: Final = {bool: "boolean", dict: "object"}
# What `clean_text` refuses, as a pattern (ECMA 262); halves of characters aside, which no JSON
# text that is UTF-8 can hold but by an escape.
FIT: Final = r"^[^\u0000-\u0008\u000E-\u001F\u007F-\u0084\u0086-\u009F]*$"


def schema_of(hint: Any) -> Schema:
    """Return the schema of a type."""
    if not is_nullable(hint):
        return _plain(*parts_of(hint))
    schema = _plain(*parts_of(hint))
    if "enum" in schema or schema["type"] == "object":
        return {"anyOf": [schema, {"type": "null"}]}
    return schema | {"type": [schema["type"], "null"]}


def _plain(inner: Any, marks: tuple[Any, ...]) -> Schema:
    if is_dataclass(inner) or is_typeddict(inner):
        return _record(inner)
    if get_origin(inner) in {tuple, list}:
        bounds = mark_of(marks, AtMost)
        limits = {"maxItems": bounds.items, "uniqueItems": True} if bounds else {}
        return {"type": "array", "items": schema_of(get_args(inner)[0])} | limits
    if isinstance(inner, type) and issubclass(inner, Enum):
        return {"type": "string", "enum": [one.value for one in inner]}
    return _simple(inner, marks)


def _simple(inner: Any, marks: tuple[Any, ...]) -> Schema:
    if inner in SIMPLE:
        return {"type": SIMPLE[inner]}
    if inner is UUID:
        return {"type": "string", "format": "uuid"}
    if inner is int:
        between = mark_of(marks, Between)
        limits = {"minimum": between.least, "maximum": between.most} if between else {}
        return {"type": "integer"} | limits
    if inner is str:
        return {"type": "string"} | _text_limits(mark_of(marks, Text), mark_of(marks, Format))
    raise TypeError(f"no schema for {inner}")


def _text_limits(text: Text | None, form: Format | None) -> Schema:
    limits: Schema = {"maxLength": text.longest, "pattern": FIT} if text else {}
    return limits | ({"format": form.name} if form else {})


def _record(record: Any) -> Schema:
    hints = get_type_hints(record, include_extras=True)
    if is_typeddict(record):
        required = sorted(record.__required_keys__)
    else:
        required = [name for name, one in fields_of(record).items() if is_required(one)]
    schema: Schema = {
        "type": "object",
        "properties": {name: schema_of(hint) for name, hint in hints.items()},
        "additionalProperties": False,
    }
    return schema | ({"required": required} if required else {})
