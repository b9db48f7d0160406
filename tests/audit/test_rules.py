"""Every act has words, and looks that repeat are one."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from carestation.audit.choices import Act, Deed
from carestation.audit.rules import FOLDED, Noted, acts_of, deed_of, folded, last_of, words_of
from carestation.factlog.facts import KINDS
from carestation.kernel.ids import uuid7

NOW = datetime(2026, 11, 28, 3, tzinfo=UTC)
LOOK, WRITTEN = Act.TIMELINE_TIMELINE_VIEWED, Act.TIMELINE_POST_PUBLISHED
WHO, WHAT = uuid7(), uuid7()


def noted(number: int, minutes: float, kind: str = LOOK) -> Noted:
    return Noted(
        number=number,
        at=NOW - timedelta(minutes=minutes),
        kind=kind,
        actor_id=WHO,
        object_id=WHAT,
        group_id=None,
    )


def test_every_kind_of_fact_has_words_in_the_record() -> None:
    told = {kind for kind, cls in KINDS.items() if cls.__module__.startswith("carestation.")}

    assert told - {""} == set(Act.values), "a new fact needs its line in audit/choices.py"
    assert all(deed_of(act) in Deed for act in Act)
    assert sum(len(acts_of(deed)) for deed in Deed) == len(Act)


def test_a_kind_that_nobody_knows_is_shown_as_it_stands() -> None:
    assert words_of(LOOK) == "投稿の画面を見た"
    assert words_of("bent.Kind") == "bent.Kind"


def test_who_looks_again_within_five_minutes_looked_once() -> None:
    looks = [noted(9, 0), noted(8, 4.9), noted(7, 5.1), noted(6, 20)]

    folds = folded(looks, most=50)

    assert [[one.number for one in fold.noted] for fold in folds] == [[9, 8], [7], [6]]


def test_what_was_written_is_never_folded() -> None:
    assert len(folded([noted(9, 0, WRITTEN), noted(8, 0, WRITTEN)], most=50)) == 2


@given(st.lists(st.integers(min_value=0, max_value=30), max_size=40), st.integers(1, 10))
def test_pages_of_folds_leave_nothing_out(minutes: list[int], most: int) -> None:
    looks = [noted(100 - place, at) for place, at in enumerate(sorted(minutes))]
    rest, seen = looks, []

    while rest:
        folds = folded(rest, most=most)
        taken = {one.number for fold in folds for one in fold.noted}
        seen += list(taken)
        assert all(fold.noted[0].at - fold.noted[-1].at <= FOLDED for fold in folds)
        rest = [one for one in rest if one.number < last_of(folds)]

    assert sorted(seen) == sorted(one.number for one in looks)
