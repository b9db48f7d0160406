"""The story by itself: its times, its words, its pictures; no database."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from config.cli import main
from config.demo.files import FILES
from config.demo.groups import GROUPS, UNREAD
from config.demo.people import PEOPLE
from config.demo.story import TOKYO, moment, talks
from config.environment import environment

NOON = datetime(2026, 6, 10, 3, tzinfo=UTC)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments)
def test_today_is_today_and_past_at_any_hour(now: datetime) -> None:
    times = [said.moment(now) for talk in talks() for said in talk.posts if said.days == 0]

    assert times
    assert all(at <= now for at in times)
    assert {at.astimezone(TOKYO).date() for at in times} == {now.astimezone(TOKYO).date()}


@given(moments)
def test_each_talk_goes_forward(now: datetime) -> None:
    for talk in talks():
        times = [said.moment(now) for said in talk.posts]
        assert times == sorted(times)


def test_an_earlier_day_keeps_its_clock() -> None:
    at = moment(21, "13:40", NOON)

    assert at.astimezone(TOKYO).isoformat() == "2026-05-20T13:40:00+09:00"


@given(moments)
def test_meetings_are_on_working_days(now: datetime) -> None:
    (meeting,) = [one for talk in talks() for one in talk.posts if one.key == "meeting"]
    shown = meeting.text(now).split("会議を ")[1]
    month, day = shown.split("日")[0].split("月")
    later = now.astimezone(TOKYO).date() + timedelta(days=8)
    year = later.year + (int(month) < later.month)

    assert date(year, int(month), int(day)).weekday() < 5


def test_everyone_who_writes_or_signs_sits_there() -> None:
    for talk in talks():
        readers = {*talk.group.readers_of(talk.side), *talk.group.leavers}
        for said in talk.posts:
            assert {said.who, *talk.signs_under(said), *said.mentions} <= readers
            assert said.who not in talk.signs_under(said)


def test_answers_come_after_what_they_answer() -> None:
    for talk in talks():
        keys = [said.key for said in talk.posts]
        for place, said in enumerate(talk.posts):
            assert not said.to or said.to in keys[:place]


def test_the_family_writes_at_its_own_side_only() -> None:
    home = {key for key, person in PEOPLE.items() if not person.is_professional}
    for talk in talks():
        if talk.side == "professional":
            assert not {said.who for said in talk.posts} & home
        else:
            assert not any(said.urgent or said.asks for said in talk.posts if talk.group.family)


def test_every_file_is_carried_once() -> None:
    carried = [file for talk in talks() for said in talk.posts for file in said.files]

    assert sorted(carried) == sorted(FILES)


@pytest.mark.parametrize("key", sorted(key for key in FILES if FILES[key].suffix == "jpg"))
def test_a_picture_is_the_same_at_every_start(key: str) -> None:
    drawn = FILES[key].make()

    assert drawn == FILES[key].make()
    assert Image.open(io.BytesIO(drawn)).size == (1280, 960)


def test_no_address_leads_anywhere() -> None:
    assert all(person.email.endswith(".example") for person in PEOPLE.values())
    assert len({person.email for person in PEOPLE.values()}) == len(PEOPLE)
    assert len({person.password for person in PEOPLE.values()}) == len(PEOPLE)


def test_unread_is_told_for_those_who_sit_there() -> None:
    for (key, side), counts in UNREAD.items():
        assert set(counts) <= set(GROUPS[key].readers_of(side))


@pytest.mark.parametrize("command", ["demo --json", "demo"])
def test_production_knows_no_demo(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setenv("CARESTATION_ENV", "production")
    monkeypatch.setenv("CARESTATION_SECRET_KEY", "k" * 60)
    environment.cache_clear()
    try:
        code = main(command.split())
    finally:
        monkeypatch.undo()
        environment.cache_clear()

    assert code == 1
    assert "production" in capsys.readouterr().err
