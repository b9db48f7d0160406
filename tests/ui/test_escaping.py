from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markupsafe import Markup, escape

from carestation.ui.escaping import shown
from tests.ui.drawing import kit


class Word(StrEnum):
    SHARP = '<b class="x">'


class Loud(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "<loud>"


class Named:
    def __html__(self) -> str:
        return "<i>n</i>"


VALUES: Final = (
    *("", "血圧 128/76", "<b>&\"'", Markup("<b>&amp;</b>"), Word.SHARP, Loud("x"), Named()),
    *(7, -1.5, True, None, Decimal("1.0"), UUID(int=7), ["<li>"], b"<b>"),
)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_stands_in_a_page_as_if_escaped_the_long_way(value: object) -> None:
    assert str(shown(value)) == str(escape(value))
    assert kit().from_string("<p>{{ value }}</p>").render(value=value) == f"<p>{escape(value)}</p>"


@given(st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from("<>&\"'")))
def test_no_text_comes_through_unescaped(text: str) -> None:
    assert str(shown(text)) == str(escape(text))


def test_what_a_macro_returns_is_escaped_once() -> None:
    source = "{% macro one(x) %}<i>{{ x }}</i>{% endmacro %}{{ one(a) }}{{ one(one(a)) }}"

    said = kit().from_string(source).render(a="<")

    assert said == "<i>&lt;</i><i><i>&lt;</i></i>"


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("{{ one }}", UndefinedError),
        ("{{ one.two }}", UndefinedError),
        ("{{ one() }}", UndefinedError),
        ("{{ pair.one }}", UndefinedError),
        ("{% macro said(a) %}{{ a }}{% endmacro %}{{ said() }}", UndefinedError),
        ("{% macro said(a) %}{{ a }}{% endmacro %}{{ said(1, 2) }}", TypeError),
    ],
)
def test_what_is_nowhere_stops_the_page(source: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        kit().from_string(source).render(pair={"two": 2})


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("said(1)", "1-2"),
        ("said(1, 3)", "1-3"),
        ("said(1, b=3)", "1-3"),
        ("said(b=3, a=1)", "1-3"),
        ("said(*[1, 3])", "1-3"),
        ("said(**{'a': 1})", "1-2"),
        ("self.title()", "T"),
    ],
)
def test_a_macro_is_called_as_a_function_is(call: str, said: str) -> None:
    source = "{% macro said(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{% block title %}T{% endblock %}"

    assert kit().from_string(f"{source}|{{{{ {call} }}}}").render() == f"T|{said}"


def test_what_a_call_holds_is_given_to_its_macro() -> None:
    source = "{% macro box(a) %}<{{ a }}>{{ caller() }}{% endmacro %}"

    assert kit().from_string(source + "{% call box(1) %}in{% endcall %}").render() == "<1>in"


def test_a_choice_of_our_words_says_nothing_where_it_has_no_else() -> None:
    source = "{{ 'a' if yes }}|{{ 'b' if no }}|{{ '<' if yes else '' }}"

    assert kit().from_string(source).render(yes=True, no=False) == "a||&lt;"
