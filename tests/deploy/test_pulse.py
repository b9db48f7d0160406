"""Pieces show systemd that they go on, and show nothing where they stand still."""

import asyncio
import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app

from carestation.factlog.commands import announce, follower
from carestation.factlog.facts import Fact
from carestation.kernel.ids import uuid7
from carestation.live.hall import Timing
from carestation.timeline.facts import PostPublished
from config.ending import Mark
from config.environment import environment
from config.live import make_application
from config.ports import take_port
from config.pulse import GOES_ON, Pulse
from config.serving import NOW, Answers, Saying
from config.worker import follow_all
from tests.deploy.files import DEPLOY
from tests.factlog.posted import posted
from tests.live import process
from tests.running.starts import PROJECT

BEATING: Final = ("downloads", "live", "watch", "web@", "worker")
# Holds the interpreter's lock, as what hangs in C does, for three seconds.
HANGS_SECONDS: Final = 3
HANGING: Final = """
import ctypes, pathlib, sys, time
from config.pulse import Pulse
from config.serving import Saying
folder, address = sys.argv[1:]
Saying(pathlib.Path(folder), lambda: "", Pulse(address).beat).begin()
sys.stdin.readline()
print(time.monotonic(), flush=True)
ctypes.PyDLL(None).usleep(3_000_000)
sys.stdin.readline()
"""
# The worker, with one job more: it stops the whole timetable, as a bug could.
STANDS_SECONDS: Final = 4.0
STANDING: Final = f"""
import time, django
from config.environment import choose_settings
choose_settings()
django.setup()
from procrastinate.contrib.django import app

@app.task(name="tests.stand_still")
async def stand_still():
    print("stands", flush=True)
    time.sleep({STANDS_SECONDS})

from config.worker import main
main()
"""
# Downloads, with one address more: it stops the whole loop.
HANGING_DOWNLOADS: Final = f"""
import sys, time, uvicorn
from config.downloads import application

async def also(scope, receive, send):
    if scope.get("path") == "/stand-still":
        print("stands", flush=True)
        time.sleep({STANDS_SECONDS})
    await application(scope, receive, send)

uvicorn.run(also, port=int(sys.argv[1]), log_level="warning")
"""


class Listener:
    """What systemd has: a socket at which beats come in, with the time of each."""

    def __init__(self, path: Path) -> None:
        self.address = str(path)
        self.at: list[float] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._news = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()

    def hears(self, count: int = 1) -> bool:
        """Wait for so many more beats; False if they do not come."""
        with self._news:
            until = len(self.at) + count
            return self._news.wait_for(lambda: len(self.at) >= until, timeout=20)

    def heard_in_a_while(self, *, after: float = 0.7, seconds: float = 1.7) -> int:
        """Listen for some time; return how many beats came, but for those at its start."""
        began = time.monotonic()
        threading.Event().wait(seconds)
        return self.heard(began + after, time.monotonic())

    def heard(self, since: float, until: float) -> int:
        with self._news:
            return sum(since < at < until for at in self.at)

    def _listen(self) -> None:
        while True:
            assert self._socket.recv(64) == GOES_ON
            with self._news:
                self.at.append(time.monotonic())
                self._news.notify_all()


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Listener:
    monkeypatch.setattr("config.pulse.EVERY_SECONDS", 0.05)
    return Listener(tmp_path / "notify")


@contextmanager
def a_piece(
    systemd: Listener, *arguments: str, **known: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that is told where systemd listens; it has ended with the block."""
    told = {"DATABASE_URL": process.test_database_url(), "NOTIFY_SOCKET": systemd.address}
    command = [sys.executable, "-P", *arguments]
    with subprocess.Popen(  # noqa: S603 - ours
        command, env=os.environ | told | known, cwd=PROJECT, stdout=subprocess.PIPE
    ) as piece:
        try:
            yield piece
        finally:
            piece.terminate()


def test_live_shows_nothing_while_its_loop_stands_still(systemd: Listener) -> None:
    surroundings = replace(environment(), notify_socket=systemd.address)

    async def run() -> tuple[float, float, bool, bool]:
        said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

        async def take(_: Any) -> None:  # noqa: ANN401 - what a server takes
            return

        application = make_application(surroundings, Timing(tick_seconds=0.05))
        server = asyncio.create_task(application({"type": "lifespan"}, said.get, take))  # type: ignore[typeddict-item]  # no request
        said.put_nowait({"type": "lifespan.startup"})
        goes_on = await asyncio.to_thread(systemd.hears, 3)
        began = time.monotonic()
        time.sleep(1.7)  # noqa: ASYNC251 - this is what is tried
        ended = time.monotonic()
        comes_back = await asyncio.to_thread(systemd.hears, 2)
        said.put_nowait({"type": "lifespan.shutdown"})
        await server
        return began, ended, goes_on, comes_back

    began, ended, goes_on, comes_back = asyncio.run(run())

    assert goes_on
    assert comes_back
    assert systemd.heard(began + 0.7, ended) == 0


def test_web_shows_nothing_while_the_interpreter_hangs(systemd: Listener, tmp_path: Path) -> None:
    command = [sys.executable, "-c", HANGING, str(tmp_path), systemd.address]
    with subprocess.Popen(  # noqa: S603 - ours
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as web:
        assert web.stdin is not None
        assert web.stdout is not None
        assert systemd.hears()
        web.stdin.write("hang\n")
        web.stdin.flush()
        began = float(web.stdout.readline())
        threading.Event().wait(HANGS_SECONDS)
        assert systemd.hears()
        web.communicate("end\n")

    # Up to where it goes on: whoever waited for the lock has it before what held it says so.
    assert systemd.heard(began + 0.7, began + HANGS_SECONDS - 0.1) == 0


def test_web_that_waits_for_its_database_goes_on(systemd: Listener, tmp_path: Path) -> None:
    answers = threading.Event()

    def trouble() -> str:
        answers.wait(60)
        return ""

    Saying(tmp_path, trouble, Pulse(systemd.address).beat).begin()

    assert systemd.hears(3)
    answers.set()


@pytest.fixture
def goes_on() -> Iterator[threading.Event]:
    """What a request of web waits for."""
    until = threading.Event()
    yield until
    until.set()


@pytest.fixture
def web(goes_on: threading.Event, monkeypatch: pytest.MonkeyPatch) -> Answers:
    """An application one of whose addresses hangs, and a minute that is a second."""
    monkeypatch.setattr("config.serving.LONGEST_SECONDS", 1.0)

    def answer(environ: dict[str, str], _: object) -> list[bytes]:
        if environ["PATH_INFO"] == "/hang":
            goes_on.wait(60)
        return []

    return Answers(answer)


def ask(web: Answers, path: str) -> threading.Thread:
    asking = threading.Thread(target=web, args=[{"PATH_INFO": path}, None], daemon=True)
    asking.start()
    return asking


def test_web_whose_answers_do_not_come_shows_nothing_and_gets_nobody(
    systemd: Listener, tmp_path: Path, web: Answers, goes_on: threading.Event
) -> None:
    Saying(tmp_path, lambda: "", Pulse(systemd.address).beat, web.hang).begin()
    ask(web, "/hang")
    began = time.monotonic()
    assert systemd.hears()
    threading.Event().wait(2.5)

    heard, served = systemd.heard(began + 1.7, time.monotonic()), (tmp_path / NOW).exists()
    goes_on.set()

    assert heard == 0
    assert not served
    assert systemd.hears()


def test_web_that_answers_others_is_busy_and_one_that_waits_for_its_database_goes_on_too(
    systemd: Listener,
    tmp_path: Path,
    web: Answers,
    goes_on: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("config.serving.PATIENCE_SECONDS", 0.2)
    (tmp_path / "away").mkdir()

    def never() -> str:
        goes_on.wait(60)
        return ""

    ask(web, "/hang")
    for _ in range(5):
        threading.Event().wait(0.5)
        ask(web, "/").join()
    is_ill = web.hang()
    threading.Event().wait(1.2)

    Saying(tmp_path / "away", never, Pulse(systemd.address).beat, web.hang).begin()
    threading.Event().wait(0.5)

    assert not is_ill
    assert web.hang()
    assert systemd.hears(3)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("alone")
def test_the_worker_shows_nothing_while_a_batch_stands_still(systemd: Listener) -> None:
    ending, stands, goes_on = Mark(), threading.Event(), threading.Event()

    @follower(PostPublished)
    def stand_still(_: Sequence[Fact]) -> None:
        stands.set()
        goes_on.wait(30)

    beat = Pulse(systemd.address).beat
    rounds = threading.Thread(target=follow_all, args=[ending, beat], daemon=True)
    rounds.start()
    assert systemd.hears(2)
    announce(posted())
    assert stands.wait(20)
    heard = systemd.heard_in_a_while()
    goes_on.set()
    comes_back = systemd.hears(2)
    ending.set()
    rounds.join(20)

    assert comes_back
    assert heard == 0


@pytest.mark.usefixtures("committed_world")
def test_the_worker_shows_nothing_while_its_timetable_stands_still(systemd: Listener) -> None:
    with a_piece(systemd, "-c", STANDING) as worker:
        goes_on = systemd.hears(2)
        app.configure_task("tests.stand_still").defer()
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"stands\n"
        heard = systemd.heard_in_a_while(after=1.2, seconds=STANDS_SECONDS - 0.5)
        comes_back = systemd.hears(2)

    assert goes_on
    assert heard == 0
    assert comes_back


@pytest.mark.usefixtures("committed_world")
def test_downloads_show_nothing_while_their_loop_stands_still(systemd: Listener) -> None:
    port = take_port(0)
    with a_piece(systemd, "-c", HANGING_DOWNLOADS, str(port)) as downloads:
        goes_on = systemd.hears(2)
        asker = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        asker.request("GET", "/stand-still")
        assert downloads.stdout is not None
        assert downloads.stdout.readline() == b"stands\n"
        heard = systemd.heard_in_a_while(after=1.2, seconds=STANDS_SECONDS - 0.5)
        comes_back = systemd.hears(2)
        asker.close()

    assert goes_on
    assert heard == 0
    assert comes_back


@pytest.mark.usefixtures("committed_world")
def test_the_watch_shows_nothing_while_a_round_stands_still(
    tmp_path: Path, systemd: Listener
) -> None:
    known = {"CARESTATION_DATA": str(tmp_path), "WATCH_SECONDS": "0.1"}
    with a_piece(systemd, "-m", "config.cli", "piece", "watch", **known):
        goes_on = systemd.hears(2)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE support_reading IN ACCESS EXCLUSIVE MODE")
            heard = systemd.heard_in_a_while(after=1.2, seconds=STANDS_SECONDS)
        comes_back = systemd.hears(2)

    assert goes_on
    assert heard == 0
    assert comes_back


def test_an_address_without_a_file_and_nobody_who_listens(tmp_path: Path) -> None:
    name = f"carestation-{uuid7()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as there:
        there.bind(f"\0{name}")
        there.settimeout(5)
        Pulse(f"@{name}").beat()
        Pulse(str(tmp_path / "gone")).beat()
        Pulse("").beat()

        assert there.recv(64) == GOES_ON


@pytest.mark.parametrize("piece", BEATING)
def test_the_unit_of_what_beats_has_a_watchdog_that_hears_it(piece: str) -> None:
    unit = (DEPLOY / "systemd" / f"carestation-{piece}.service").read_text(encoding="utf-8")

    assert re.search(r"^WatchdogSec=\d+(min|h)$", unit, re.MULTILINE)
    # The server of web runs it in a child.
    assert f"NotifyAccess={'all' if piece == 'web@' else 'main'}\n" in unit
