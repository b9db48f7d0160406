import time
from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone
from markupsafe import Markup

from carestation.ui import keeping
from carestation.ui.keeping import forget_kept, kept


class Speaker:
    """A macro that counts how often it speaks."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, *words: object) -> Markup:
        self.times += 1
        return Markup("<p>{}</p>").format(" ".join(map(str, words)))


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    forget_kept()
    yield
    forget_kept()


def test_what_was_said_is_not_said_again() -> None:
    speaker = Speaker()

    said = [kept(speaker, "朝", 1), kept(speaker, "朝", 1)]

    assert (said, speaker.times) == ([Markup("<p>朝 1</p>")] * 2, 1)


@pytest.mark.parametrize("other", [("朝", 2), ("昼", 1), ("朝",), ("朝", 1, None)])
def test_what_is_made_of_anything_else_is_said_for_itself(other: tuple[object, ...]) -> None:
    speaker = Speaker()
    kept(speaker, "朝", 1)

    assert kept(speaker, *other) == speaker(*other)


def test_two_macros_are_not_taken_for_one_another() -> None:
    one, other = Speaker(), Speaker()
    kept(one, "朝")

    kept(other, "朝")

    assert (one.times, other.times) == (1, 1)


def test_tomorrow_today_is_said_anew() -> None:
    speaker = Speaker()
    kept(speaker, "朝")

    with patch.object(timezone, "now", return_value=timezone.now() + timedelta(days=1)):
        kept(speaker, "朝")

    assert speaker.times == 2


def test_after_five_minutes_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    speaker = Speaker()
    kept(speaker, "朝")
    later = time.monotonic() + 301
    monkeypatch.setattr(time, "monotonic", lambda: later)

    kept(speaker, "昼")

    assert list(keeping._kept.values()) == [Markup("<p>昼</p>")]


def test_no_more_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    speaker = Speaker()
    monkeypatch.setattr(keeping, "KEPT_CHARACTERS", 3 * len("<p>1</p>"))
    for number in (1, 2, 3, 4):
        kept(speaker, number)

    left = [kept(speaker, number) for number in (2, 3, 4)]

    assert (len(left), speaker.times) == (3, 4), "the oldest has gone"
