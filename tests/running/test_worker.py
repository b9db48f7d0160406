"""The worker: one follower's trouble is its own."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

import pytest
from django.db import connection, transaction
from psutil import STATUS_STOPPED, Process

from carestation.factlog.commands import announce, follower
from carestation.factlog.models import Cursor
from carestation.groups.choices import Side
from carestation.kernel.ids import uuid7
from carestation.timeline.facts import PostPublished
from config import worker
from config.ending import Mark
from config.worker import follow_all
from tests.live import process
from tests.running.starts import PROJECT

HANDS = "SELECT id FROM procrastinate_workers WHERE id <> ALL (%s) ORDER BY id"
NOW = "SELECT clock_timestamp()"
# What was opened to this database since then: other tests of this process have theirs.
END_SINCE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND backend_start > %s AND backend_type = 'client backend'
"""
# Looks at its timetable each second: most of it is due once a minute at most.
TICKING = """
import django
from config import worker
from config.environment import choose_settings
choose_settings()
django.setup()
from procrastinate.contrib.django import app

@app.periodic(cron="* * * * * *")
@app.task
async def tick(timestamp):
    pass

worker.main()
"""
# Stops itself in the middle of a batch, as a machine that is put to sleep does.
STOPPING = """
import os, signal, django
from config import worker
from config.environment import choose_settings
worker.STILL_SECONDS = 2
choose_settings()
django.setup()
from carestation.factlog.commands import follower
from carestation.timeline.facts import PostPublished

@follower(PostPublished)
def stop(_):
    os.kill(os.getpid(), signal.SIGSTOP)

worker.main()
"""


def a_post() -> None:
    announce(
        PostPublished(
            actor_id=uuid7(),
            group_id=uuid7(),
            request_id=uuid7(),
            side=Side.ALL,
            post_id=uuid7(),
        )
    )


def stands_still(process: Process, seconds: float = 30.0) -> bool:
    until = time.monotonic() + seconds
    while process.status() != STATUS_STOPPED and time.monotonic() < until:
        threading.Event().wait(0.05)
    return process.status() == STATUS_STOPPED


def hands_that_stay(*, but: Sequence[int] = (), seconds: float = 3.0) -> list[int]:
    """Wait for both hands of a worker, others than these, that are the same for some seconds."""
    until, since, found = time.monotonic() + 40, 0.0, list[int]()
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(HANDS, [list(but)])
            seen = [number for (number,) in cursor.fetchall()]
        if seen != found:
            since, found = time.monotonic(), seen
        elif len(found) == 2 and time.monotonic() > since + seconds:
            return found
        threading.Event().wait(0.02)
    return []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("alone")
def test_a_follower_that_fails_stops_no_other_and_loses_nothing() -> None:
    ending = Mark()
    read: list[PostPublished] = []

    @follower(PostPublished)
    def break_down(_: Sequence[PostPublished]) -> None:
        raise ZeroDivisionError

    @follower(PostPublished)
    def read_on(facts: Sequence[PostPublished]) -> None:
        read.extend(facts)
        ending.set()

    a_post()
    threading.Timer(20, ending.set).start()
    follow_all(ending)

    assert len(read) == 1
    moved = Cursor.objects.exclude(fact_id=0)
    assert [cursor.follower.rsplit(".", 1)[-1] for cursor in moved] == ["read_on"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("alone")
@pytest.mark.control("8.14")
def test_a_database_that_went_away_finds_the_timetable_at_work_again() -> None:
    told = {"DATABASE_URL": process.test_database_url()}
    command = [sys.executable, "-P", "-c", TICKING]
    with connection.cursor() as cursor:
        cursor.execute(NOW)
        (began,) = cursor.fetchone()
    with subprocess.Popen(command, env=os.environ | told, cwd=PROJECT) as worker:  # noqa: S603 - ours
        try:
            before = hands_that_stay()
            with connection.cursor() as cursor:
                cursor.execute(END_SINCE, [began])
            after = hands_that_stay(but=before)
        finally:
            worker.terminate()

    assert before
    assert after


def test_a_timetable_that_fails_is_taken_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ending, tried = Mark(), list[str]()

    async def work(*_: object) -> None:
        tried.append("once more")
        if len(tried) == 1:
            raise ZeroDivisionError
        ending.set()

    monkeypatch.setattr(worker, "_work", work)
    monkeypatch.setattr(worker, "REST_SECONDS", 0.01)
    worker._keep_timetable(ending, lambda: None)

    assert len(tried) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("alone")
@pytest.mark.control("8.14")
def test_a_worker_that_stands_still_in_a_batch_lets_others_go_on() -> None:
    place = Cursor.objects.create(follower="__main__.stop")
    a_post()
    told = {"DATABASE_URL": process.test_database_url()}
    command = [sys.executable, "-P", "-c", STOPPING]
    with subprocess.Popen(command, env=os.environ | told, cwd=PROJECT) as worker:  # noqa: S603 - ours
        try:
            assert stands_still(Process(worker.pid))
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '10s'")
                free = Cursor.objects.select_for_update().get(pk=place.pk)
        finally:
            worker.kill()

    assert free.fact_id == 0
