"""What a fact is: past tense, ids and enums only."""

from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, Final, get_args, get_type_hints
from uuid import UUID

from psycopg.types.json import Jsonb

from carestation.kernel.sql import Parameters, Row

COLUMNS: Final = ("actor_id", "facility_id", "group_id", "patient_id", "request_id")
KINDS: Final[dict[str, type["Fact"]]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened. A subclass names its kind and which field is its object."""

    kind: ClassVar[str] = ""
    object_field: ClassVar[str] = ""
    request_id: UUID

    def __init_subclass__(cls, *, kind: str = "", of: str = "") -> None:
        """Register the kind (dataclass with slots makes each class twice: the last counts)."""
        if kind:
            cls.kind, cls.object_field = kind, of
        KINDS[cls.kind] = cls

    def columns(self) -> Parameters:
        """Return the row of this fact: what has a column of its own, and the rest."""
        # Hot (benchmarks/posts.py): `asdict` would copy each value, and a fact holds none to copy.
        values = {field.name: _plain(getattr(self, field.name)) for field in fields(self)}
        object_id = values[self.object_field]
        row = {name: values.pop(name, None) for name in COLUMNS}
        values.pop(self.object_field, None)
        detail = {name: _text(value) for name, value in values.items() if value is not None}
        return row | {"kind": self.kind, "object_id": object_id, "detail": detail}

    def parameters(self) -> Parameters:
        """Return the same row as parameters of a hand-written statement."""
        row = self.columns()
        return row | {"detail": Jsonb(row["detail"])}


def fact_of(row: Row) -> Fact:
    """Return the fact that a row tells; a field that came later is None in older rows."""
    cls = KINDS[row["kind"]]
    known = row | row["detail"] | {cls.object_field: row["object_id"]}
    kinds = _types_of(row["kind"])
    own = {field.name: _typed(kinds[field.name], known.get(field.name)) for field in fields(cls)}
    return cls(**own)


@cache
def _types_of(kind: str) -> dict[str, Any]:
    """Return the types of a kind's fields by their names; evaluated once."""
    return get_type_hints(KINDS[kind])


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


def _text(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _typed(kind: Any, value: Any) -> Any:  # noqa: ANN401 - whatever the field's type says
    if isinstance(kind, UnionType):
        kind = next(one for one in get_args(kind) if one is not NoneType)
    if value is None or isinstance(value, kind):
        return value
    return datetime.fromisoformat(value) if kind is datetime else kind(value)
