"""The public page that says whether it works."""

from datetime import timedelta
from typing import Final

import pytest
from django.test import Client
from django.utils import timezone

from carestation.support.choices import Measured
from carestation.support.commands.readings import keep_readings
from tests.support.test_watch import measured_before

pytestmark = pytest.mark.django_db
PAGE: Final = "/status/"


@pytest.mark.control("CLD.12.4.5")
def test_everyone_is_told_that_it_works_while_the_check_goes_through() -> None:
    keep_readings("node-a", {Measured.AVAILABLE: 1.0})

    page = Client().get(PAGE)

    assert page.status_code == 200
    assert "正常に使えます" in page.text
    assert "100.00％" in page.text


@pytest.mark.control("8.17")
def test_what_a_clock_that_was_ahead_left_behind_is_no_news() -> None:
    measured_before(Measured.AVAILABLE, 0.0, every=timedelta(0), until=timedelta(hours=-2))
    keep_readings("node-a", {Measured.AVAILABLE: 1.0})

    assert "正常に使えます" in Client().get(PAGE).text


@pytest.mark.control("CLD.12.4.5")
def test_what_fails_on_one_machine_is_said_and_on_all_of_them_more_so() -> None:
    keep_readings("node-a", {Measured.AVAILABLE: 0.0})
    every = Client().get(PAGE).text
    keep_readings("node-b", {Measured.AVAILABLE: 1.0})

    assert "いま使えません" in every
    assert "一部で使えないことがあります" in Client().get(PAGE).text


@pytest.mark.control("CLD.12.4.5")
def test_where_nobody_checks_it_is_not_said_to_work() -> None:
    never = Client().get(PAGE).text
    measured_before(Measured.AVAILABLE, 1.0, every=timedelta(minutes=1), until=timedelta(hours=1))

    stopped = Client().get(PAGE).text

    assert "いまの状態は分かりません" in never
    assert "記録はまだありません" in never
    assert "三角の印" not in never
    assert "いまの状態は分かりません" in stopped
    assert "正常に使えます" not in stopped


def test_a_day_with_a_minute_that_failed_is_marked_and_its_minutes_are_counted() -> None:
    # Three minutes of one day, whatever time it is now.
    since_noon = timezone.now() - timezone.localtime().replace(hour=12)
    measured_before(
        Measured.AVAILABLE,
        *(1.0, 0.0, 0.0),
        every=timedelta(minutes=1),
        until=since_noon + timedelta(days=3),
    )
    measured_before(Measured.AVAILABLE, 1.0, every=timedelta(minutes=1), until=timedelta(days=9))

    page = Client().get(PAGE).text

    assert "合計 2分です" in page
    assert page.count("：使えませんでした") == 1
    assert page.count('class="st-part"') == 1
    assert page.count('class="st-ok"') == 1
    assert "50.00％" in page


def test_nothing_of_a_machine_stands_there() -> None:
    keep_readings("secret-node-7", {Measured.AVAILABLE: 1.0, Measured.DISK: 0.5})

    assert "secret-node-7" not in Client().get(PAGE).text


def test_who_cannot_sign_in_finds_the_way_here() -> None:
    assert f'href="{PAGE}"' in Client().get("/sign-in/").text
