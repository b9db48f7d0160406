"""The page of the watch, as an operator sees it; and the same limits as Prometheus has them."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carestation.accounts.choices import Proof
from carestation.facilities.queries.storage import SHORT_FROM
from carestation.support.choices import Measured
from carestation.support.commands.readings import keep_readings
from carestation.support.rules import CONCERNS, LIMITS, UNITS
from config.watching.alerts import alerts
from tests.accounts.operating import an_operator
from tests.accounts.signing_in import sign_in_client
from tests.support.test_watch import NODE, measured_before
from tests.world import World

PAGE: Final = "/console/watch/"
FILE: Final = Path(__file__).parents[2] / "deploy" / "prometheus" / "alerts.yml"
RIGHT: Final = dict.fromkeys(Measured, 0.0) | {
    Measured.WEB: 2.0,
    Measured.WORKERS: 2.0,
    Measured.DISK_DAYS: 400.0,
    Measured.CERTIFICATE: 0.9,
}


@pytest.fixture
def oka(world: World) -> Client:
    client = Client()
    sign_in_client(client, an_operator(), proof=Proof.PASSKEY)
    return client


def row_of(page: str, measured: Measured) -> str:
    found = re.search(rf'<tr role="row" id="{measured}-1">.*?</tr>', page, re.DOTALL)
    assert found, measured
    return found[0]


@pytest.mark.control("8.6")
def test_a_facility_whose_files_take_four_fifths_is_told_of_without_its_name(
    oka: Client, world: World
) -> None:
    seen = []
    for share in (0.79, 0.81, 0.96):
        keep_readings(NODE, RIGHT | {Measured.STORAGE: share})
        page = oka.get(PAGE).text
        seen.append(row_of(page, Measured.STORAGE))
        assert world.facility.name not in page

    assert LIMITS[Measured.STORAGE].caution == SHORT_FROM
    assert "正常" in seen[0]
    assert "注意" in seen[1]
    assert "異常" in seen[2]
    assert "新しい写真と書類を断ります" in seen[1]


@pytest.mark.control("CLD.12.4.5")
def test_everything_that_is_measured_stands_there_once_with_its_state(oka: Client) -> None:
    keep_readings(NODE, RIGHT)

    page = oka.get(PAGE).text

    assert sorted(one for names in CONCERNS.values() for one in names) == sorted(Measured)
    assert all("正常" in row_of(page, one) for one in Measured)
    assert "影響：" not in page
    assert UNITS.keys() == set(Measured)


@pytest.mark.control("8.17")
def test_what_a_clock_that_was_ahead_left_behind_is_not_taken_for_now(oka: Client) -> None:
    ahead = timedelta(hours=-2)
    measured_before(Measured.DATABASE_CLOCK, 7200.0, every=timedelta(0), until=ahead)
    keep_readings(NODE, RIGHT)

    row = row_of(oka.get(PAGE).text, Measured.DATABASE_CLOCK)

    assert "正常" in row
    assert "7,200" not in row
    assert "7200" not in row


@pytest.mark.control("CLD.12.4.5")
def test_what_is_wrong_says_what_people_notice_and_what_to_do(oka: Client) -> None:
    keep_readings(NODE, RIGHT | {Measured.WORKERS: 0.0, Measured.DISK: 0.8})

    page = oka.get(PAGE).text

    assert "異常" in row_of(page, Measured.WORKERS)
    assert "メール、検索、書き出しが止まっています" in row_of(page, Measured.WORKERS)
    assert "worker を確かめ" in row_of(page, Measured.WORKERS)
    assert "注意" in row_of(page, Measured.DISK)
    assert "80％" in row_of(page, Measured.DISK)


@pytest.mark.control("CLD.12.4.5")
def test_what_is_wrong_is_named_before_all_that_is_measured_and_leads_there(oka: Client) -> None:
    for node in ("node-a", "node-b"):
        keep_readings(node, RIGHT | {Measured.WORKERS: 0.0, Measured.DISK: 0.8})

    page = oka.get(PAGE).text

    assert re.findall('href="#([^"]+-[0-9])"', page) == ["workers-1", "workers-2"]
    assert [page.count(f'id="workers-{place}"') for place in (1, 2)] == [1, 1]
    assert page.index('href="#workers-1"') < page.index("<table")


@pytest.mark.control("CLD.12.4.5")
def test_what_was_measured_minutes_ago_is_no_state_of_now(oka: Client) -> None:
    measured_before(Measured.LAG, 0.0, every=timedelta(minutes=1), until=timedelta(minutes=4))

    silent = oka.get(PAGE).text
    keep_readings(NODE, {one: value for one, value in RIGHT.items() if one != Measured.LAG})
    partly = oka.get(PAGE).text

    assert "正常</span>" not in silent
    assert "測れていません" in row_of(silent, Measured.LAG)
    assert "注意" in row_of(partly, Measured.LAG)
    assert "正常" in row_of(partly, Measured.WORKERS)


def test_where_nothing_was_ever_measured_the_page_says_what_to_do(oka: Client) -> None:
    assert "まだ何も測っていません" in oka.get(PAGE).text


@pytest.mark.control("8.6")
def test_the_line_of_a_day_has_gaps_where_nothing_was_measured(oka: Client) -> None:
    quarter = timedelta(minutes=15)
    measured_before(Measured.CPU, 0.1, 0.2, 0.3, every=quarter, until=timedelta(hours=6))
    measured_before(Measured.CPU, 0.4, 0.5, every=quarter, until=timedelta(minutes=1))

    day, month = (oka.get(f"{PAGE}{query}").text for query in ("", "?span=month"))
    line = re.search(r'class="trend__line" d="([^"]+)"', row_of(day, Measured.CPU))

    assert line
    assert line[1].count("M") == 2
    assert line[1].count("L") == 3
    assert "10％〜50％" in row_of(day, Measured.CPU)
    assert "30日：" in row_of(month, Measured.CPU)


def test_every_machine_has_its_own_part_and_asks_no_more_of_the_database(oka: Client) -> None:
    keep_readings("node-a", RIGHT)
    with CaptureQueriesContext(connection) as one:
        oka.get(PAGE)
    keep_readings("node-b", RIGHT | {Measured.WORKERS: 0.0})

    with CaptureQueriesContext(connection) as two:
        page = oka.get(PAGE).text

    assert page.index("node-b") < page.index("node-a")
    assert len(two) == len(one)


@pytest.mark.control("CLD.12.4.5")
def test_prometheus_judges_by_the_same_limits() -> None:
    text = FILE.read_text(encoding="utf-8")
    told = set(re.findall(r'expr: "carestation_(\w+) ([<>]) ([\d.]+)"', text))
    known = {
        (one.value, "<" if limit.is_floor else ">", str(bound))
        for one, limit in LIMITS.items()
        for bound in (limit.caution, limit.alarm)
        if bound is not None
    }

    assert told == known
    assert text == alerts(), "python -m config.watching.alerts > deploy/prometheus/alerts.yml"
