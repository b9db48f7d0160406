import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carestation.ui.times import (
    TOKYO,
    calendar_date,
    clock,
    date_of_birth,
    day_of,
    exact_moment,
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


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(1940, 2, 3), "1940年（昭和15年）2月3日"),
        (date(1926, 12, 24), "1926年（大正15年）12月24日"),
        (date(1926, 12, 25), "1926年（昭和元年）12月25日"),
        (date(1989, 1, 7), "1989年（昭和64年）1月7日"),
        (date(1989, 1, 8), "1989年（平成元年）1月8日"),
        (date(2019, 4, 30), "2019年（平成31年）4月30日"),
        (date(2026, 5, 1), "2026年（令和8年）5月1日"),
        (date(1912, 7, 29), "1912年（明治45年）7月29日"),
        (date(1800, 1, 1), "1800年1月1日"),
    ],
)
def test_a_day_of_birth_is_said_by_both_reckonings(day: date, said: str) -> None:
    assert date_of_birth(day) == said


@settings(deadline=None)
@given(at=times, now=times)
def test_what_is_evidence_has_its_date_and_its_seconds(at: datetime, now: datetime) -> None:
    local = at.astimezone(TOKYO)

    html = exact_moment(at, now=now)

    assert words(html).endswith(f"{local.month}月{local.day}日 {clock(at)}:{local.second:02}")
    assert words(html).startswith(f"{local.year}年") == (local.year != local_date(now).year)
    assert f'datetime="{local.isoformat("T", "seconds")}"' in html
    assert "cs-moment" not in html
