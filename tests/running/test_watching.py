"""What the watch measures, source by source."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from django.db import connection
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from carestation.facilities.choices import FacilityKind
from carestation.facilities.commands.places import open_facility
from carestation.facilities.commands.storage import change_limit, keep_counted
from carestation.support.choices import Measured
from carestation.support.models import ClockDoubt
from config.environment import environment
from config.places import Places
from config.running import note_piece
from config.watching.clock import clock, told_by_chrony
from config.watching.counters import Counted, counted, metrics_of, since
from config.watching.database import database
from config.watching.exposition import Shown, serve
from config.watching.machine import machine, running
from config.watching.rounds import Rounds
from tests.accounts.operating import a_console
from tests.world import World

COUNTS = """
import os, signal
from carestation.kernel.metrics import UNTAKEN, note_answer, streams
for status, seconds in ((200, 0.02), (200, 0.02), (500, 0.3)):
    note_answer("groups/<uuid:group>/", status, seconds)
UNTAKEN.inc()
streams().set(3)
os.kill(os.getpid(), signal.{signal})
"""
OPEN_METRICS = "application/openmetrics-text; version=1.0.0"


def counted_by(folder: Path, *, ending: str) -> None:
    """Let a process count, and end by a signal."""
    known = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(folder)}
    command = [sys.executable, "-c", COUNTS.format(signal=ending)]
    ended = subprocess.run(command, env=known, check=False)  # noqa: S603 - ours
    assert ended.returncode != 0


@pytest.mark.control("CLD.12.4.5")
def test_what_several_processes_counted_is_one_sum_even_of_one_that_was_killed(
    tmp_path: Path,
) -> None:
    for _ in range(3):
        counted_by(tmp_path, ending="SIGKILL")

    found = counted(metrics_of(tmp_path))

    assert (found.answers, found.failed, found.untold) == (9, 3, 3)
    assert (found.up_to[0.025], found.up_to[0.25], found.up_to[0.5]) == (6, 6, 9)


def test_streams_of_a_process_that_is_gone_are_open_no_more(tmp_path: Path) -> None:
    counted_by(tmp_path, ending="SIGKILL")

    assert counted(metrics_of(tmp_path)).streams is None


def test_a_process_that_has_only_begun_to_count_counts_nothing(tmp_path: Path) -> None:
    counted_by(tmp_path, ending="SIGKILL")
    (tmp_path / "counter_1.db").touch()

    assert counted(metrics_of(tmp_path)).answers == 3


def test_two_who_ask_at_once_both_hear_of_the_living_alone(tmp_path: Path) -> None:
    for _ in range(20):
        (tmp_path / "gauge_livesum_999999999.db").touch()
        with ThreadPoolExecutor(8) as callers:
            assert list(callers.map(metrics_of, [tmp_path] * 8)) == [[]] * 8


def test_a_minute_is_what_came_between_two_looks() -> None:
    before = Counted(answers=10, failed=5, up_to={0.005: 10, 0.01: 10}, posts=4, streams=2)
    now = Counted(answers=30, failed=6, up_to={0.005: 10, 0.01: 30}, posts=8, streams=7)

    found = since(before, now, minutes=2)

    assert found[Measured.POSTS] == 2
    assert found[Measured.ERRORS] == 1 / 20
    assert found[Measured.STREAMS] == 7
    assert found[Measured.LATENCY] == pytest.approx(0.00975)


def test_where_nobody_asked_nothing_is_said_of_answers() -> None:
    found = since(Counted(), Counted(), minutes=1)

    assert not {Measured.ERRORS, Measured.LATENCY, Measured.STREAMS} & found.keys()


def test_answers_slower_than_every_class_are_not_made_quicker() -> None:
    now = Counted(answers=10, up_to={5.0: 1})

    assert since(Counted(), now, minutes=1)[Measured.LATENCY] > 5


@pytest.mark.control("8.15")
def test_chrony_tells_how_far_the_clock_is_off_and_whether_it_is_kept() -> None:
    kept = (
        "A29FC87B,162.159.200.123,4,1749519686.1,-0.0004,0.1,0.2,-8.9,0.0,0.0,0.0,0.0,64.5,Normal"
    )
    free = ",,0,0.0,0.000000000,0.0,0.0,0.0,0.0,0.0,1.0,1.0,0.0,Not synchronised"

    assert told_by_chrony(kept) == {Measured.CLOCK: 0.0004, Measured.UNSYNCHRONISED: 0}
    assert told_by_chrony(free)[Measured.UNSYNCHRONISED] == 1
    assert told_by_chrony("506 Cannot talk to daemon\n") == {}


@pytest.mark.control("8.15")
def test_the_state_of_the_clock_is_read_without_rights() -> None:
    assert set(clock()) == {Measured.CLOCK, Measured.UNSYNCHRONISED}


def test_the_machine_tells_what_of_it_is_used(tmp_path: Path) -> None:
    found = machine(tmp_path)

    assert 0 < found[Measured.DISK] < 1
    assert 0 < found[Measured.MEMORY] < 1


@pytest.mark.django_db
def test_the_database_tells_of_who_works_behind_it() -> None:
    found = database(own_workers=1)

    assert found[Measured.WORKERS] == 0
    assert 0 < found[Measured.CONNECTIONS] < 1
    assert found[Measured.DATABASE_CLOCK] < 0.5
    assert found[Measured.STORAGE] == 0


@pytest.mark.django_db
def test_a_machine_misses_its_own_worker_while_another_machines_lives(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    places = Places(data=tmp_path)
    places.make()
    before = database(own_workers=running(tmp_path, "worker"))
    note_piece(places.run, "worker", os.getpid())

    after = database(own_workers=running(tmp_path, "worker"))

    assert (before[Measured.WORKERS], after[Measured.WORKERS]) == (0, 1)


@pytest.mark.control("8.6")
def test_the_database_tells_how_near_the_nearest_facility_is_to_its_limit(world: World) -> None:
    console = a_console()
    kinds = (FacilityKind.PHARMACY, FacilityKind.CLINIC)
    near, free = (open_facility(world.actor("kato"), name="丘の上", kind=one) for one in kinds)
    change_limit(console, world.facility.pk, 1000)
    change_limit(console, near.pk, 2000)
    keep_counted({world.facility.pk: 700, near.pk: 1700, free.pk: 10**12})

    assert database(own_workers=1)[Measured.STORAGE] == 0.85


@pytest.mark.control("CLD.12.4.5")
def test_what_is_measured_is_told_in_open_metrics(tmp_path: Path) -> None:
    shown = Shown(tmp_path)
    counted_by(tmp_path, ending="SIGKILL")
    shown.measured = {Measured.DISK: 0.25}

    port = serve(shown, "http://127.0.0.1:0")
    request = Request(f"http://127.0.0.1:{port}/metrics", headers={"Accept": OPEN_METRICS})
    with urlopen(request) as answer:  # noqa: S310 - our own address
        text, kind = answer.read().decode(), answer.headers["Content-Type"]

    assert kind.startswith("application/openmetrics-text")
    read = text_string_to_metric_families(text)  # type: ignore[no-untyped-call]  # the library's
    told = {family.name: family for family in read}
    assert told["carestation_disk_used_share"].samples[0].value == 0.25
    assert {one.labels["taken"]: one.value for one in told["carestation_pushes"].samples} == {
        "yes": 0,
        "no": 1,
    }


def let_chrony_tell(folder: Path, *, off: float) -> None:
    """Put a `chronyc` there which says that a kept clock is off by so many seconds."""
    told = f"A29FC87B,10.0.0.1,3,1795900000.1,{off},0.0,0.0,-8.1,0.0,0.05,0.03,0.001,64.0,Normal"
    program = folder / "chronyc"
    program.write_text(f"#!/bin/sh\necho {told}\n")
    program.chmod(0o755)


@pytest.mark.django_db
@pytest.mark.control("8.17")
def test_a_round_minds_whether_the_time_is_vouched_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = Rounds(replace(environment(), data=tmp_path, counters=tmp_path), port=0)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    let_chrony_tell(tmp_path, off=2.0)

    rounds.measure()

    assert ClockDoubt.objects.get().last_fact is None
    let_chrony_tell(tmp_path, off=0.001)
    rounds.measure()
    assert ClockDoubt.objects.get().last_fact is not None
