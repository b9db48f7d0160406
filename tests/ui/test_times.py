import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carestation.ui.times import (
    TOKYO,
    calendar_date,
    clock,
    day_of,
    local_date,
    moment,
    short_moment,
)

NOW = datetime(2026, 6, 10, 0, 45, tzinfo=UTC)
times = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive by contract


def words(html: str) -> str:
    return re.sub("<[^>]*>", "", html)


@pytest.mark.parametrize(
    ("at", "said", "short", "day"),
    [
        (datetime(2026, 6, 10, 0, 18, tzinfo=UTC), "今日 9:18", "9:18", "今日　6月10日（水）"),
        (datetime(2026, 6, 9, 15, 0, tzinfo=UTC), "今日 0:00", "0:00", "今日　6月10日（水）"),
        (datetime(2026, 6, 9, 14, 59, tzinfo=UTC), "昨日 23:59", "昨日", "昨日　6月9日（火）"),
        (
            datetime(2026, 6, 8, 6, 20, tzinfo=UTC),
            "6月8日 15:20",
            "6月8日",
            "おととい　6月8日（月）",
        ),
        (datetime(2026, 6, 7, 0, 0, tzinfo=UTC), "6月7日 9:00", "6月7日", "6月7日（日）"),
        (
            datetime(2025, 12, 31, 14, 59, tzinfo=UTC),
            "2025年12月31日 23:59",
            "2025年12月31日",
            "2025年12月31日（水）",
        ),
    ],
)
def test_a_time_is_said_as_on_the_ward(at: datetime, said: str, short: str, day: str) -> None:
    assert words(moment(at, now=NOW)) == said
    assert words(short_moment(at, now=NOW)) == short
    assert day_of(at, now=NOW) == day


def test_new_year_keeps_yesterday_before_the_year() -> None:
    at = datetime(2025, 12, 31, 14, 0, tzinfo=UTC)

    assert words(moment(at, now=datetime(2025, 12, 31, 16, 0, tzinfo=UTC))) == "昨日 23:00"


@settings(deadline=None)
@given(at=times, now=times)
def test_every_time_is_exact_for_machines_and_relative_for_people(
    at: datetime, now: datetime
) -> None:
    html = moment(at, now=now)
    local, today = at.astimezone(TOKYO), now.astimezone(TOKYO).date()

    exact = re.search(r'datetime="([^"]+)"', html)
    assert exact
    assert datetime.fromisoformat(exact[1]) == at.replace(microsecond=0)
    assert words(html).endswith(clock(at))
    assert ("今日" in words(html)) == (local.date() == today)
    assert ("昨日" in words(html)) == (local.date() == today - timedelta(days=1))
    if local.year != today.year and today - local.date() > timedelta(days=1):
        assert f"{local.year}年" in words(html)
    assert f"{local.year}年{local.month}月{local.day}日" in html


@settings(deadline=None)
@given(at=times)
def test_a_day_begins_in_japan(at: datetime) -> None:
    assert local_date(at) == (at + timedelta(hours=9)).date()


def test_a_date_of_birth_belongs_to_no_clock() -> None:
    assert calendar_date(NOW.date()) == "2026年6月10日"
