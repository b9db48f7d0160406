"""What programs send is read by its type, and the schema says the same."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import jsonschema_rs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from carestation.kernel.schemas import schema_of
from carestation.kernel.shapes import (
    AtMost,
    Between,
    Text,
    UnfitFields,
    read_query,
    read_record,
)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    id: UUID
    words: Annotated[str, Text(longest=5)]
    secret: Annotated[str, Text(longest=5, is_raw=True)] | None = None
    count: Annotated[int, Between(least=1, most=9)] | None = 1
    is_red: bool = False
    colour: Colour = Colour.RED
    others: Annotated[tuple[UUID, ...], AtMost(items=2)] = ()


VALIDATOR = jsonschema_rs.Draft202012Validator(schema_of(Sent), validate_formats=True)
ID = "01a20ba6-0fb0-770f-b588-8b2ceb8abc4c"
# Letters that stay as many as they are when they are put together (NFC).
LETTERS = st.text(st.sampled_from([*map(chr, range(160)), "か", "\u3099", "\u202e"]), max_size=7)
SCALARS = st.none() | st.booleans() | st.integers(-2, 12) | st.floats(-2, 12) | LETTERS
VALUES = SCALARS | st.just(ID) | st.just(ID.upper()) | st.sampled_from([*Colour]) | st.lists(
    st.just(ID) | st.uuids().map(str) | SCALARS, max_size=4
)  # fmt: skip
NAMES = ["id", "words", "secret", "count", "is_red", "colour", "others", "more"]
RECORDS = st.dictionaries(st.sampled_from(NAMES), VALUES).map(lambda sent: {"words": "か"} | sent)


@given(RECORDS.map(lambda sent: {"id": ID} | sent))
@example({"id": ID, "words": "a", "count": 2.0})
@example({"id": ID, "words": "a", "count": True})
@example({"id": ID.replace("-", ""), "words": "a"})
@example({"id": ID, "words": "a\x00"})
@example({"id": ID, "words": "a", "others": [ID, ID]})
def test_what_is_read_is_what_the_schema_allows(sent: dict[str, object]) -> None:
    try:
        read_record(Sent, sent)
        is_read = True
    except UnfitFields:
        is_read = False

    assert is_read == VALIDATOR.is_valid(sent)


def test_a_record_is_read_with_its_types() -> None:
    read = read_record(
        Sent, {"id": ID, "words": " a\u202e ", "secret": " a ", "count": 2.0, "others": [ID]}
    )

    assert read == Sent(id=UUID(ID), words="a", secret=" a ", count=2, others=(UUID(ID),))


def test_unknown_names_are_said_back_in_part_only() -> None:
    with pytest.raises(UnfitFields) as refusal:
        read_record(Sent, {"id": ID, "words": "a"} | {f"{at:0200}": 1 for at in range(50)})

    assert len(refusal.value.reasons) <= 10
    assert max(map(len, refusal.value.reasons)) == 100


def test_a_query_has_numbers_as_text_and_each_name_once() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Asked:
        limit: Annotated[int, Between(least=1)] = 30

    assert read_query(Asked, {"limit": ["7"]}) == Asked(limit=7)
    for texts, reason in ((["7", "8"], "repeated"), ([""], "wrong_type"), (["٧"], "wrong_type")):
        with pytest.raises(UnfitFields) as refusal:
            read_query(Asked, {"limit": texts})
        assert refusal.value.reasons == {"limit": reason}


def test_a_type_without_a_schema_is_not_described() -> None:
    with pytest.raises(TypeError):
        schema_of(bytes)
