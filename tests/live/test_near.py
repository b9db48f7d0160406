"""The bus of one machine: a socket at which the live process hears."""

import socket
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from carestation.kernel import after_commit
from carestation.kernel.near_telling import WAIT_SECONDS, NearTeller
from tests.accounts.signing_in import a_token
from tests.live.process import bearer, live_process
from tests.live.test_process import posted
from tests.world import World

pytestmark = pytest.mark.xdist_group("live")


@pytest.fixture
def ear(
    tmp_path_factory: pytest.TempPathFactory, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Tell over a socket, and let live processes that are started hear there."""
    path = tmp_path_factory.mktemp("near") / "bus.sock"
    settings.BUS_URL = f"unix://{path}"
    monkeypatch.setenv("BUS_URL", settings.BUS_URL)
    yield path
    after_commit._teller_at.cache_clear()


@pytest.mark.control("8.24")
def test_what_is_written_is_heard_and_what_a_stranger_sends_is_nothing(
    ear: Path, fresh_world: World
) -> None:
    with live_process() as live:
        sato = live.opens(bearer(a_token(fresh_world.people["sato"])))
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stranger:
            for words in (b"", b"{}", b"\x00" * 60_000):
                stranger.sendto(words, str(ear))

        seq = posted(fresh_world)

        assert sato.hears_post(seq)
        assert stat.S_IMODE(ear.stat().st_mode) == 0o600


def test_whoever_posts_while_live_is_away_is_not_held_up_and_the_next_process_hears(
    ear: Path, fresh_world: World
) -> None:
    with live_process() as first:
        first.process.kill()
        first.process.wait()
        written = posted(fresh_world)
    with live_process() as second:
        sato = second.opens(bearer(a_token(fresh_world.people["sato"])))
        seq = posted(fresh_world)

        assert sato.hears_post(seq)
        assert sato.posts() == [seq] != [written]


@pytest.fixture
def deaf(tmp_path: Path) -> Iterator[socket.socket]:
    """Live that hears nothing for the moment, and behind which no message has room."""
    path = tmp_path / "bus.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear, ExitStack() as others:
        ear.bind(str(path))
        # Each sender has room of its own, whatever length of queue the machine is set to.
        while told_until_full(others.enter_context(a_mouth()), path):
            pass
        yield ear


def a_mouth() -> socket.socket:
    mouth = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    mouth.setblocking(False)
    return mouth


def told_until_full(mouth: socket.socket, path: Path) -> int:
    for told in count():
        try:
            mouth.sendto(b"before", str(path))
        except BlockingIOError:
            return told
    raise AssertionError


def test_who_is_behind_for_a_moment_loses_nothing(deaf: socket.socket) -> None:
    told = threading.Thread(target=NearTeller(f"unix://{deaf.getsockname()}").tell, args=[b"now"])
    told.start()
    told.join(WAIT_SECONDS / 5)
    assert told.is_alive()

    heard = b""
    while heard != b"now":
        heard = deaf.recv(100)

    told.join()


def test_who_does_not_come_back_is_waited_for_once(deaf: socket.socket) -> None:
    teller, began = NearTeller(f"unix://{deaf.getsockname()}"), time.monotonic()
    for _ in range(100):
        teller.tell(b"now")
    assert time.monotonic() - began < 5 * WAIT_SECONDS

    deaf.recv(100)
    teller.tell(b"again")

    deaf.setblocking(False)
    heard = [b"before"]
    while heard[-1] == b"before":
        heard.append(deaf.recv(100))
    assert heard[-1] == b"again"


def test_who_tells_alone_waits_once_for_live_that_hears_nothing(tmp_path: Path) -> None:
    path = tmp_path / "bus.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(path))
        teller, began = NearTeller(f"unix://{path}"), time.monotonic()
        for _ in range(400):
            teller.tell(b"now")

    assert time.monotonic() - began < 5 * WAIT_SECONDS
