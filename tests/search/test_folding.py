"""What counts as the same words, and the pairs by which they are found."""

import sys
import unicodedata
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carestation.facilities.rules import folded
from carestation.search import rules
from carestation.search.rules import (
    HASH_BITS,
    STEP,
    folded_text,
    has_all,
    marked,
    of_group,
    padding_of,
    pairs_of,
    words_of,
)

# What people write here, and what is hard: both kana, half and full width, marks that join,
# pictures put together of several signs, letters that fold to more than one.
LETTERS = st.one_of(
    st.sampled_from("むくみムクミﾑｸﾐがガｶﾞか゛浮腫佐伯 千代　ＡaＢbß①㍉㌔ｱ゙ヷヴァｳﾞー－-\n\t、。"),
    st.sampled_from(["👩‍⚕️", "👨‍👩‍👧", "🇯🇵", "が", "葛\U000e0100", "ハ゜", "é", "각", "İ"]),
    st.characters(exclude_categories=["Cs", "Cc"]),
)
TEXTS = st.lists(LETTERS, max_size=40).map("".join)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("むくみ", "下腿のﾑｸﾐは両側1+"),
        ("ムクミ", "むくみ"),
        ("ＳｐＯ２", "spo2 97％"),
        ("97%", "９７％"),
        ("佐伯千代", "佐伯　千代 様"),
        ("葛城", "葛\U000e0100城"),
        ("ｶﾞﾝ", unicodedata.normalize("NFD", "がん")),
        ("浮腫", "浮\n腫"),
    ],
)
def test_kana_width_case_and_spaces_do_not_matter(asked: str, text: str) -> None:
    assert has_all(words_of(asked), folded_text(text))


def test_a_letter_with_its_mark_is_another_letter() -> None:
    assert not has_all(words_of("か"), folded_text("がん"))


def test_words_are_parted_by_any_space_and_each_is_looked_for() -> None:
    assert words_of(" むくみ　左足 ムクミ ") == ("むくみ", "左足")
    assert has_all(words_of("むくみ　左足"), folded_text("左足にむくみ"))
    assert not has_all(words_of("むくみ　左足"), folded_text("右足にむくみ"))


# The first texts take their time on a machine with much to do.
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, TEXTS, TEXTS)
def test_what_stands_in_a_text_has_no_pair_that_the_text_has_not(
    before: str, inside: str, after: str
) -> None:
    whole, part = folded_text(before + inside + after), folded_text(inside)

    if part in whole:
        assert pairs_of(part) <= pairs_of(whole)


@given(TEXTS)
def test_signs_fold_together_as_they_do_one_by_one_unless_one_joins_another(text: str) -> None:
    flat, places, edges = rules._flattened(text)
    pieces = [text[begin:end] for begin, end in pairwise(edges)]

    assert folded_text(text) == folded(text.translate(rules._SEEN))
    assert "".join(pieces) == text
    assert flat == "".join(map(folded_text, pieces))
    assert places == [at for at, piece in enumerate(pieces) for _ in folded_text(piece)]


def test_no_sign_of_unicode_joins_the_one_before_unnoticed() -> None:
    made_of = (unicodedata.decomposition(chr(code)).split() for code in range(sys.maxunicode + 1))
    second = {chr(int(one[1], 16)) for one in made_of if len(one) == 2 and one[0][0] != "<"}

    assert len(second) > 50
    assert all(rules._joins(sign) for sign in second)


@given(TEXTS, TEXTS)
def test_what_is_marked_is_what_was_looked_for_in_the_text_as_it_was_typed(
    text: str, asked: str
) -> None:
    words = words_of(asked)
    places = marked(words, text)

    assert all(0 <= begin < end <= len(text) for begin, end in places)
    assert all(one[1] < other[0] for one, other in pairwise(places))
    if len(words) == 1 and words[0] in folded_text(text) and places:
        assert any(words[0] in folded_text(text[begin:end]) for begin, end in places)


@pytest.mark.parametrize(
    ("asked", "text", "shown"),
    [
        ("ムクミ", "足のむくみ、むくみ", ["むくみ", "むくみ"]),
        ("がん", "肺ｶﾞﾝの方", ["ｶﾞﾝ"]),
        ("ミリ", "5㍉と10㍉", ["㍉", "㍉"]),
        ("佐伯千代", "佐伯 千代 様", ["佐伯 千代"]),
        ("血圧 122", "血圧122/66", ["血圧122"]),
    ],
)
def test_marks_stand_around_what_was_typed(asked: str, text: str, shown: list[str]) -> None:
    assert [text[begin:end] for begin, end in marked(words_of(asked), text)] == shown


@given(st.integers(min_value=0, max_value=500))
def test_how_many_pairs_there_are_is_said_in_steps(pairs: int) -> None:
    assert (pairs + padding_of(pairs)) % STEP == 0
    assert 0 <= padding_of(pairs) < STEP


@given(st.uuids(), st.uuids(), st.lists(st.integers(min_value=-(2**63), max_value=2**63 - 1)))
def test_numbers_of_a_group_lie_side_by_side_and_stay_apart(
    group: UUID, other: UUID, numbers: list[int]
) -> None:
    own = of_group(group, numbers)

    assert all(-(2**63) <= one < 2**63 for one in own)
    assert len({one >> HASH_BITS for one in own}) <= 1
    assert [one % 2**HASH_BITS for one in own] == [one % 2**HASH_BITS for one in numbers]
    if numbers and group.int % 2**16 != other.int % 2**16:
        assert set(own).isdisjoint(of_group(other, numbers))
