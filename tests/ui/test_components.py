import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError

from carestation.ui.components import (
    Tone,
    age,
    attributes,
    initial,
    paragraphs,
    problem_number,
    size,
    with_calls,
)
from carestation.ui.icons import icon, icon_names
from tests.ui.drawing import kit


def test_a_misspelt_icon_stops_the_rendering() -> None:
    with pytest.raises(LookupError):
        icon("hoem")
    with pytest.raises(LookupError):
        icon("home", "xl")


def test_an_icon_is_silent_and_comes_from_our_sprite() -> None:
    shown = icon("home", "s")

    assert 'aria-hidden="true"' in shown
    assert re.search(r"/static/ui/icons[.\w]*[.]svg#i-home", shown)


def test_the_fixed_pairs_have_their_icons() -> None:
    fixed = {"staff", "family", "lock", "ack", "read", "clock", "urgent", "flag", "offline"}

    assert fixed <= icon_names()
    assert {tone.icon for tone in Tone} <= icon_names()


def test_only_what_is_urgent_interrupts_a_screen_reader() -> None:
    assert {tone for tone in Tone if tone.role == "alert"} == {Tone.WARN, Tone.ERROR}


@pytest.mark.parametrize(
    ("name", "given_name", "sign"),
    [
        ("佐伯 千代", False, "佐"),
        ("佐伯 和彦", True, "和"),
        ("佐伯　和彦", True, "和"),
        ("退院調整チーム", False, "退"),
        ("が\u3099き", False, "が\u3099"),
        ("  ", False, "？"),
    ],
)
def test_one_sign_stands_for_a_name(name: str, given_name: bool, sign: str) -> None:  # noqa: FBT001 - a table
    assert initial(name, given=given_name) == sign


@pytest.mark.parametrize(
    ("born_on", "today", "years"),
    [
        (date(1940, 3, 5), date(2026, 3, 4), 85),
        (date(1940, 3, 5), date(2026, 3, 5), 86),
        (date(1940, 2, 29), date(2026, 2, 28), 85),
        (date(1940, 2, 29), date(2026, 3, 1), 86),
        (date(2026, 6, 10), date(2026, 6, 10), 0),
    ],
)
def test_age_is_counted_in_completed_years(born_on: date, today: date, years: int) -> None:
    assert age(born_on, today) == years


@pytest.mark.parametrize(
    ("size_bytes", "said"),
    [
        (0, "0KB"),
        (1, "1KB"),
        (184 * 1024, "184KB"),
        (1_900_000, "1.8MB"),
        (2 * 1024**2, "2MB"),
        (62 * 1024**2, "62MB"),
    ],
)
def test_a_size_is_said_as_people_say_it(size_bytes: int, said: str) -> None:
    assert size(size_bytes) == said


def test_a_blank_line_parts_and_a_line_end_breaks() -> None:
    shown = paragraphs("一\n二\n\n　\n三")

    assert shown == '<p dir="auto">一<br>二</p><p dir="auto">三</p>'


@settings(deadline=None)
@given(st.text())
def test_what_a_person_types_never_becomes_markup(text: str) -> None:
    shown = paragraphs(text)

    for mark in ('<p dir="auto">', "</p>", "<br>"):
        shown = shown.replace(mark, "")
    assert "<" not in shown
    assert ">" not in shown


@settings(deadline=None)
@given(st.text(alphabet="ab@<& \n"), st.sampled_from(["@a", "@ab", "<b"]))
def test_mentions_are_lifted_out_and_the_text_stays(text: str, word: str) -> None:
    plain = paragraphs(text)

    marked = paragraphs(text, marked={word: 'x"y'})

    opened = '<span class="mention" data-person="x&#34;y">'
    assert marked.replace(opened, "").replace("</span>", "") == plain
    lines = [line for line in text.strip("\n").split("\n") if line.strip()]
    assert marked.count(opened) == sum(line.count(word) for line in lines)


def test_a_word_in_doubt_is_underlined() -> None:
    assert paragraphs("予後<", doubtful=["予後"]) == (
        '<p dir="auto"><mark class="doubt">予後</mark>&lt;</p>'
    )


def test_a_telephone_number_calls_and_other_numbers_do_not() -> None:
    shown = with_calls("長女 090-0000-0103<b>\n2026-11-28 1-2-3 000-0000-02000")

    assert shown == (
        '<p dir="auto">長女 <a href="tel:09000000103">090-0000-0103</a>&lt;b&gt;<br>'
        "2026-11-28 1-2-3 000-0000-02000</p>"
    )


@pytest.mark.parametrize("name", ["onclick", "style", "class", "href", "srcdoc", "x y", ""])
def test_an_attribute_that_could_run_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not an attribute"):
        attributes({name: "1"})


def test_attributes_are_escaped_and_may_stand_alone() -> None:
    shown = attributes({"data-id": 'a"><script>', "disabled": True, "value": None, "min": 0})

    assert shown == ' data-id="a&#34;&gt;&lt;script&gt;" disabled min="0"'


def test_a_number_to_quote_is_short_enough_for_the_telephone() -> None:
    assert problem_number("0197b2c4-0000-7000-8000-00001f2e3d4c") == "1F2E-3D4C"
    assert problem_number("") == ""


@pytest.mark.parametrize(
    ("source", "call"),
    [
        ("_banner", 'banner(titel="x")'),
        ("_banner", 'banner(title="x", tone="wran")'),
        ("_banner", 'banner("x", tone=Tone.WRAN)'),
        ("_banner", "banner()"),
        ("_banner", "banner(title=nobody)"),
        ("_button", 'button("x", weight="primry")'),
        ("_button", 'button("x", more={"onclick": "1"})'),
        ("_tag", 'tag("x", kind="urgnet")'),
        ("_avatar", 'avatar("x", "nurse")'),
        ("_sides", 'sidenote("staf")'),
        ("_rail", 'navitem("/", "hoem", "x")'),
    ],
)
def test_a_component_refuses_what_it_does_not_know(source: str, call: str) -> None:
    name = call.partition("(")[0]
    page = kit().from_string(f'{{% from "ui/{source}.html" import {name} %}}{{{{ {call} }}}}')

    with pytest.raises((TypeError, UndefinedError, ValueError, LookupError)):
        page.render()
