"""Pieces that units start are found and counted, as those are that `carestation up` keeps."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from carestation.support.choices import Measured
from config.places import Places
from config.watching.counters import counted, metrics_of
from config.watching.machine import machine
from tests.deploy.pieces import Node, node
from tests.live import process
from tests.running.starts import status_of
from tests.running.test_watching import counted_by

pytestmark = pytest.mark.xdist_group("running")


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Node]:
    with node(tmp_path / "data") as one:
        yield one


def web_of(one: Node) -> float:
    return machine(one.data)[Measured.WEB]


@pytest.mark.control("CLD.12.4.5")
@pytest.mark.usefixtures("committed_world")
def test_the_watch_counts_web_that_a_unit_started(one: Node) -> None:
    Places(data=one.data).make()
    before = web_of(one)

    one.start("web-1")
    one.start("web-2")
    both = web_of(one)
    one.end("web-1")

    assert (before, both, web_of(one)) == (0, 2, 1)


@pytest.mark.control("CLD.12.4.5")
@pytest.mark.usefixtures("committed_world")
def test_a_machine_without_live_has_no_number_of_open_streams(one: Node) -> None:
    one.start("web-1")

    found = counted(metrics_of(Places(data=one.data).counters))

    assert found.streams is None


@pytest.mark.usefixtures("committed_world")
def test_status_names_what_runs_and_what_does_not_but_nothing_that_is_elsewhere(one: Node) -> None:
    one.start("web-1")

    code, status = status_of(
        one.data, DATABASE_URL=process.test_database_url(), SITE_URL="https://care.example.jp"
    )

    assert code == 1
    assert [*status["pieces"]] == ["web-1"]
    assert status["missing"] == ["live", "downloads", "worker", "watch"]
    assert status["url"] == "https://care.example.jp"
    assert status["worker_lag_facts"] is not None


@pytest.mark.usefixtures("committed_world")
def test_counts_of_before_are_forgotten_by_the_first_piece_alone(one: Node) -> None:
    places = Places(data=one.data)
    places.make()
    counted_by(places.counters, ending="SIGKILL")

    one.start("downloads")
    first = counted(metrics_of(places.counters)).untold
    counted_by(places.counters, ending="SIGKILL")
    one.start("web-1")

    assert (first, counted(metrics_of(places.counters)).untold) == (0, 1)
