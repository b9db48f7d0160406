"""What happened is a row: ids, closed words and times, never what a person wrote."""

import re
from dataclasses import MISSING, fields
from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Final, get_args, get_type_hints
from uuid import UUID

import pytest

from carestation.factlog.commands import FOLLOWERS
from carestation.factlog.facts import KINDS, Fact
from tests.architecture.tree import PRODUCT, contexts, docstring_of, must_be_empty, part_of

FACTS: Final = sorted(
    (fact for fact in KINDS.values() if fact.__module__.startswith("carestation.") and fact.kind),
    key=lambda fact: fact.kind,
)
WORDS: Final = re.compile(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b")


def kinds_of(hint: object) -> list[object]:
    if isinstance(hint, UnionType):
        return [one for one in get_args(hint) if one is not NoneType]
    return [hint]


def is_told(hint: object) -> bool:
    return all(
        isinstance(one, type) and issubclass(one, UUID | Enum | datetime | date | bool | int)
        for one in kinds_of(hint)
    )


@pytest.mark.control("8.15")
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.kind)
def test_a_fact_holds_ids_closed_words_times_and_counts(fact: type[Fact]) -> None:
    hints = get_type_hints(fact)
    own = [field.name for field in fields(fact)]

    must_be_empty([name for name in own if not is_told(hints[name])])
    assert fact.object_field in own


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.kind)
def test_a_fact_is_named_by_its_context_and_its_class(fact: type[Fact]) -> None:
    context = fact.__module__.split(".")[1]

    assert fact.kind == f"{context}.{fact.__name__}"
    assert fact.__module__ == f"carestation.{context}.facts"


def test_no_two_facts_have_one_kind() -> None:
    assert len({fact.kind for fact in FACTS}) == len(FACTS) >= 30


@pytest.mark.parametrize("context", contexts())
def test_a_context_lists_what_it_announces(context: str) -> None:
    said = part_of(docstring_of(PRODUCT / context / "__init__.py"), "Announces")
    own = {fact.__name__ for fact in FACTS if fact.__module__ == f"carestation.{context}.facts"}

    assert set(WORDS.findall(said)) == own


@pytest.mark.parametrize("context", contexts())
def test_a_context_lists_what_it_listens_to(context: str) -> None:
    said = part_of(docstring_of(PRODUCT / context / "__init__.py"), "Listens to")
    heard = {
        one.kind.__name__
        for name, one in FOLLOWERS.items()
        if name.startswith(f"carestation.{context}.") and one.kind is not Fact
    }

    assert set(WORDS.findall(said)) == heard


def test_a_field_that_came_later_may_be_missing() -> None:
    optional = [
        f"{fact.kind}.{field.name}"
        for fact in FACTS
        for field in fields(fact)
        if NoneType in get_args(get_type_hints(fact)[field.name]) and field.default is MISSING
    ]

    assert optional == []
