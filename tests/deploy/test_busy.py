"""A web process all of whose threads are taken is busy, not ill: proxies go on sending people."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection, transaction

from carestation.groups.choices import Side
from carestation.groups.models.groups import Timeline
from carestation.kernel.ids import uuid7
from config.processes import THREADS_PER_WEB
from config.serving import ASKED, NOW, Saying
from tests.accounts.signing_in import a_token
from tests.deploy.pieces import node
from tests.world import World

pytestmark = pytest.mark.xdist_group("running")
POSTS = 6
# Who works is told once a transaction; which locks are waited for, each time.
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def status_of(at: str, path: str, timeout: float = 20) -> int:
    web = http.client.HTTPConnection(at, timeout=timeout)
    web.request("GET", path)
    answer = web.getresponse().status
    web.close()
    return answer


def comes_to(status: int, at: str, seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while status_of(at, ASKED) != status:
        if time.monotonic() > until:
            return False
        threading.Event().wait(0.05)
    return True


@contextmanager
def all_threads_taken(world: World, at: str) -> Iterator[None]:
    """Let people post while somebody else holds the timeline: each waits with a thread of web."""
    path = f"/api/v1/groups/{world.group.pk}/{Side.PROFESSIONAL}/posts"
    headers = {"Authorization": f"Bearer {a_token(world.people['kato'])}"}
    headers["Content-Type"] = "application/json"
    posts = [http.client.HTTPConnection(at, timeout=30) for _ in range(POSTS)]
    with transaction.atomic(), connection.cursor() as cursor:
        assert Timeline.objects.select_for_update().filter(group_id=world.group.pk)
        for post in posts:
            said = {"draft_id": str(uuid7()), "body": "訪問しました。"}
            post.request("POST", path, json.dumps(said).encode(), headers)
        until, waiting = time.monotonic() + 20, (0,)
        while waiting < (THREADS_PER_WEB,) and time.monotonic() < until:
            cursor.execute(WAITING)
            waiting = cursor.fetchone()
        yield
    assert {post.getresponse().status for post in posts} == {http.client.CREATED}


@pytest.mark.control("8.14")
def test_who_is_busy_says_at_once_that_it_serves(
    committed_world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with node(tmp_path_factory.mktemp("node")) as one:
        at = one.start("web-1")
        assert comes_to(200, at)

        with all_threads_taken(committed_world, at):
            with pytest.raises(TimeoutError):
                status_of(at, "/ready", timeout=0.5)
            said = status_of(at, ASKED)
        one.leave("web-1")

        assert said == http.client.OK
        assert comes_to(404, at)


def test_who_hears_nothing_of_its_database_says_yes_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.serving.PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr("config.serving.PERIOD_SECONDS", 0.02)
    asked, answers = threading.Semaphore(0), threading.Semaphore(2)

    def trouble() -> str:
        asked.release()
        answers.acquire()
        return ""

    Saying(tmp_path, trouble).begin()
    for _ in range(3):
        assert asked.acquire(timeout=20)
    before = (tmp_path / NOW).exists()
    until = time.monotonic() + 20
    while (tmp_path / NOW).exists() and time.monotonic() < until:
        threading.Event().wait(0.02)
    after = (tmp_path / NOW).exists()

    assert (before, after) == (True, False)


def test_who_is_not_well_takes_back_what_a_process_before_said(tmp_path: Path) -> None:
    (tmp_path / NOW).touch()
    asked, answers = threading.Semaphore(0), threading.Semaphore(2)

    def trouble() -> str:
        asked.release()
        answers.acquire()
        return "a key is missing"

    Saying(tmp_path, trouble).begin()
    heard = [asked.acquire(timeout=20) for _ in range(3)]

    assert heard == [True] * 3
    assert not (tmp_path / NOW).exists()
