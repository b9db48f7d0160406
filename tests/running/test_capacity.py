"""Who follows what was decided goes on, whatever the machine has not got at the moment."""

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from carestation.support.models import Capacity as Decided
from config import capacity
from config.capacity import Capacity
from config.keeping import Piece
from config.logfiles import LogFiles
from config.places import Places
from config.processes import Plan
from config.running import running_pieces
from config.supervise import Supervisor
from tests.live import process

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.control("8.6")]


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Two of web that fall down at once wherever they are begun: nobody told them of a database."""
    for name in ("LOOK_SECONDS", "REST_SECONDS", "DRAIN_SECONDS"):
        monkeypatch.setattr(capacity, name, 0.05)
    places = Places(data=tmp_path)
    for folder in (places.run, places.logs):
        folder.mkdir()
    return Plan(places=places, surroundings={}, hosts=[], port=0, tls_names=[], web=2)


@pytest.fixture
def supervisor(plan: Plan) -> Iterator[Supervisor]:
    one = Supervisor(LogFiles(plan.places.logs), plan.places.run, restarts=True)
    for number in (1, 2):
        waits = ["/bin/sleep", "600"]
        one.begin(Piece(name=f"web-{number}", command=waits, surroundings={}))
    within(lambda: len(running_pieces(plan.places.run)) == len(kept()) == 2)
    yield one
    one.terminate()
    within(lambda: not kept())


def decide(*, web: int, workers: int) -> None:
    Decided.objects.create(web=web, threads=4, workers=workers, changed_at=timezone.now())


def follow(supervisor: Supervisor, plan: Plan) -> None:
    following = Capacity(supervisor, plan, process.test_database_url())
    threading.Thread(target=following.follow, daemon=True).start()


def kept() -> list[str]:
    """Return the name of each piece that somebody keeps, as often as it is kept."""
    return sorted(one.name for one in multiprocessing.active_children())


def within(is_so: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while not is_so() and time.monotonic() < until:
        threading.Event().wait(0.02)
    return is_so()


def said(plan: Plan) -> str:
    log = plan.places.logs / "capacity.log"
    return log.read_text() if log.exists() else ""


def test_what_cannot_begin_now_begins_later_and_nothing_twice(
    plan: Plan, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, forks, is_full = os.fork, iter(range(100)), threading.Event()
    is_full.set()

    def fork() -> int:
        if next(forks) and is_full.is_set():
            raise BlockingIOError(11, "Resource temporarily unavailable")
        return real()

    monkeypatch.setattr(os, "fork", fork)
    decide(web=2, workers=3)

    follow(supervisor, plan)
    assert within(lambda: "Resource temporarily unavailable" in said(plan))
    assert kept() == ["web-1", "web-2", "worker-2"]
    while supervisor._hear():
        pass
    # Who never began is not taken for one that fell, which would end the whole.
    assert not supervisor.ending.is_set()
    is_full.clear()

    assert within(lambda: "3 of worker run now" in said(plan))
    assert kept() == ["web-1", "web-2", "worker-2", "worker-3"]


def test_who_cannot_be_told_to_leave_yet_leaves_later(plan: Plan, supervisor: Supervisor) -> None:
    mark = plan.places.leaving("web-2")
    # As on a full disk: nothing can be made there.
    mark.symlink_to(plan.places.data / "nowhere" / "mark")
    decide(web=1, workers=1)

    follow(supervisor, plan)
    assert within(lambda: "No such file or directory" in said(plan))
    assert kept() == ["web-1", "web-2"]
    mark.unlink()

    assert within(lambda: kept() == ["web-1"])
    assert within(lambda: "1 of web, 1 of worker run now" in said(plan))
    decide(web=1, workers=2)
    assert within(lambda: "1 of web, 2 of worker run now" in said(plan))
