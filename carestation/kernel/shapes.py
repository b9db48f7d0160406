"""What programs send, read by its type, with a reason for each field that cannot be read.

What comes in is a frozen dataclass, what goes out a TypedDict; marks in `Annotated` say what the
type cannot: `Text`, `Between`, `AtMost`, `Format`. The same description makes the JSON Schema
(`schemas`), so that both are true or neither.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from enum import Enum
from functools import cache
from itertools import islice
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    NotRequired,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)
from uuid import UUID

from carestation.kernel.text import TextReason, UnfitText, clean_text

T = TypeVar("T")
LARGEST_NUMBER: Final = 2**53 - 1
UUID_TEXT: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE
)
# Of names that we do not know, so many are said back, and no more of each.
UNKNOWN_AT_MOST: Final = 10
UNKNOWN_LENGTH: Final = 100
WHOLE_NUMBER: Final = re.compile(r"-?[0-9]{1,20}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text of at most so many characters, cleaned; `is_raw`: kept to the letter (a password)."""

    longest: int
    is_raw: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """A whole number within bounds."""

    least: int = 0
    most: int = LARGEST_NUMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMost:
    """A list of at most so many, each once."""

    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A text that is something (`date-time`, `uuid`): for what goes out."""

    name: str


class UnfitValue(ValueError):  # noqa: N818 - the name is the answer
    """One value that cannot be read; `reason` is a short word for machines."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnfitFields(ValueError):  # noqa: N818 - the name is the answer
    """A record that cannot be read: a reason per field."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__("unfit fields")
        self.reasons = dict(reasons)


def read_record(make: Callable[..., T], sent: Mapping[str, object]) -> T:
    """Return what was sent as the frozen dataclass `make`.

    Raises:
        UnfitFields: a field is missing, unknown or cannot be read.
    """
    known = fields_of(make)
    hints = _hints_of(make)
    unknown = islice((name for name in sent if name not in known), UNKNOWN_AT_MOST)
    reasons = {name[:UNKNOWN_LENGTH]: "unknown" for name in unknown}
    values: dict[str, object] = {}
    for name, field in known.items():
        if name in sent:
            try:
                values[name] = read_value(hints[name], sent[name])
            except UnfitValue as unfit:
                reasons[name] = unfit.reason
        elif is_required(field):
            reasons[name] = "missing"
    if reasons:
        raise UnfitFields(reasons)
    return make(**values)


def read_query(make: Callable[..., T], sent: Mapping[str, list[str]]) -> T:
    """Return the parameters of an address as the frozen dataclass `make`.

    Raises:
        UnfitFields: a parameter is unknown, stands there twice, or cannot be read.
    """
    repeated = (name for name, texts in sent.items() if len(texts) > 1)
    reasons = {name[:UNKNOWN_LENGTH]: "repeated" for name in islice(repeated, UNKNOWN_AT_MOST)}
    if reasons:
        raise UnfitFields(reasons)
    numbers = {name for name, hint in _hints_of(make).items() if parts_of(hint)[0] is int}
    values = {
        name: _number_in(texts[0]) if name in numbers else texts[0] for name, texts in sent.items()
    }
    return read_record(make, values)


def read_value(hint: Any, value: object) -> object:
    """Return one value as its type wants it.

    Raises:
        UnfitValue: it is something else.
    """
    inner, marks = parts_of(hint)
    if value is None and inner is not hint and is_nullable(hint):
        return None
    reader = READERS.get(inner)
    if reader is not None:
        return reader(value, marks)
    if get_origin(inner) is tuple:
        return _read_list(get_args(inner)[0], value, marks)
    return _read_choice(inner, value)


@cache
def _hints_of(make: Callable[..., Any]) -> dict[str, Any]:
    return get_type_hints(make, include_extras=True)


@cache
def fields_of(make: Callable[..., Any]) -> dict[str, Field[Any]]:
    """Return the fields of a frozen dataclass by their names."""
    return {field.name: field for field in fields(make)}  # type: ignore[arg-type]  # a dataclass


def is_required(field: Field[Any]) -> bool:
    """Whether a field has no default."""
    return field.default is MISSING and field.default_factory is MISSING


def _number_in(text: str) -> object:
    return int(text) if WHOLE_NUMBER.fullmatch(text) else text


@cache
def is_nullable(hint: Any) -> bool:
    """Whether a type takes None."""
    return get_origin(hint) in {Union, UnionType} and NoneType in get_args(hint)


@cache
def parts_of(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return the type inside `NotRequired`, `Annotated` and `| None`, and the marks on it."""
    if get_origin(hint) is NotRequired:
        (hint,) = get_args(hint)
    if is_nullable(hint):
        hint = next(one for one in get_args(hint) if one is not NoneType)
    if get_origin(hint) is Annotated:
        inner, *marks = get_args(hint)
        return inner, tuple(marks)
    return hint, ()


def mark_of(marks: tuple[Any, ...], kind: type[T]) -> T | None:
    """Return the mark of one kind, if there is one."""
    return next((mark for mark in marks if isinstance(mark, kind)), None)


def _read_id(value: object, _: tuple[Any, ...]) -> UUID:
    if not isinstance(value, str):
        raise UnfitValue("wrong_type")
    if not UUID_TEXT.fullmatch(value):
        raise UnfitValue("not_an_id")
    return UUID(value)


def _read_flag(value: object, _: tuple[Any, ...]) -> bool:
    if not isinstance(value, bool):
        raise UnfitValue("wrong_type")
    return value


def _read_number(value: object, marks: tuple[Any, ...]) -> int:
    # 1.0 is a whole number in JSON Schema, and true is none.
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        raise UnfitValue("wrong_type")
    bounds = mark_of(marks, Between) or Between()
    if value < bounds.least:
        raise UnfitValue("too_small")
    if value > bounds.most:
        raise UnfitValue("too_large")
    return int(value)


def _read_text(value: object, marks: tuple[Any, ...]) -> str:
    if not isinstance(value, str):
        raise UnfitValue("wrong_type")
    bounds = mark_of(marks, Text)
    assert bounds is not None, "a text that comes in says how long it may be"  # noqa: S101 - ours
    if len(value) > bounds.longest:
        # Counted as it was sent, so that the schema's `maxLength` is the same limit.
        raise UnfitValue(TextReason.LONG.value)
    try:
        clean = clean_text(value, longest=bounds.longest)
    except UnfitText as unfit:
        raise UnfitValue(unfit.reason.value) from unfit
    return value if bounds.is_raw else clean


def _read_list(item: Any, value: object, marks: tuple[Any, ...]) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise UnfitValue("wrong_type")
    bounds = mark_of(marks, AtMost)
    if bounds is not None and len(value) > bounds.items:
        raise UnfitValue("too_many")
    read = tuple(read_value(item, one) for one in value)
    if len(set(read)) < len(read):
        raise UnfitValue("repeated")
    return read


def _read_choice(choices: type[Enum], value: object) -> Enum:
    for one in choices:
        if one.value == value and isinstance(value, str):
            return one
    raise UnfitValue("not_a_choice" if isinstance(value, str) else "wrong_type")


READERS: Final[dict[Any, Callable[[object, tuple[Any, ...]], object]]] = {
    UUID: _read_id,
    bool: _read_flag,
    int: _read_number,
    str: _read_text,
}
