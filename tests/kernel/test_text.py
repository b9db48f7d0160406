"""Text is kept in one form, and nothing hides in it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carestation.kernel.text import TextReason, UnfitText, clean_line, clean_text

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


def cleaned(raw: str) -> str | None:
    try:
        return clean_text(raw)
    except UnfitText:
        return None


@given(ANY_TEXT)
def test_what_is_kept_is_kept_again_as_it_is(raw: str) -> None:
    text = cleaned(raw)

    assert text is None or clean_text(text) == text


@given(ANY_TEXT)
def test_what_is_kept_can_be_stored_and_hides_nothing(raw: str) -> None:
    text = cleaned(raw) or ""

    text.encode()
    assert unicodedata.is_normalized("NFC", text)
    assert all(sign in "\t\n" or unicodedata.category(sign) != "Cc" for sign in text)
    assert not set(text) & {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


@given(ANY_TEXT)
def test_a_line_that_is_kept_is_kept_again_and_all_of_it_is_seen(raw: str) -> None:
    try:
        line = clean_line(raw)
    except UnfitText:
        return

    assert clean_line(line) == line
    assert all(unicodedata.category(sign) != "Cf" for sign in line)


@given(ANY_TEXT)
def test_a_line_has_no_line_end(raw: str) -> None:
    try:
        line = clean_line(raw)
    except UnfitText:
        return

    assert len(line.splitlines()) <= 1
    assert "\t" not in line


@pytest.mark.parametrize("end", ["\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_every_line_end_becomes_one(end: str) -> None:
    assert clean_text(f"朝{end}昼") == "朝\n昼"


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b", "\x7f", "\x9f", "\ud800"])
def test_what_no_keyboard_makes_is_refused(sign: str) -> None:
    with pytest.raises(UnfitText) as refusal:
        clean_text(f"朝{sign}昼")

    assert refusal.value.reason is TextReason.UNFIT


def test_a_text_is_as_long_as_it_is_kept() -> None:
    clean_text("か\u3099" * 10_000 + "\u202e" + "\n" * 5)

    with pytest.raises(UnfitText) as refusal:
        clean_text("が" * 10_001)
    assert refusal.value.reason is TextReason.LONG


@pytest.mark.parametrize("sign", ["\u200b", "\u200d", "\u200e", "\u2060", "\ufeff", "\u00ad"])
def test_two_names_that_look_the_same_are_the_same(sign: str) -> None:
    assert clean_line(f"佐伯{sign} 千{sign}代") == "佐伯 千代"


def test_a_direction_cannot_be_turned() -> None:
    assert clean_line("請求書\u202egpj.exe") == "請求書gpj.exe"


@pytest.mark.parametrize(
    "raw", ["\u202e", "\u200b\u200d", "\ufeff \u2060", "\u3164\u3000", "\u2800"]
)
def test_what_shows_nothing_is_nothing(raw: str) -> None:
    assert clean_text(raw) == clean_line(raw) == ""


def test_signs_that_join_others_stay_between_them() -> None:
    assert clean_text("👩\u200d⚕️") == "👩\u200d⚕️"
