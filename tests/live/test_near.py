"""The bus of one machine: a socket at which the live process hears."""

import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from carestation.kernel import after_commit
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
    ear: Path, committed_world: World
) -> None:
    with live_process() as live:
        sato = live.opens(bearer(a_token(committed_world.people["sato"])))
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stranger:
            for words in (b"", b"{}", b"\x00" * 60_000):
                stranger.sendto(words, str(ear))

        seq = posted(committed_world)

        assert sato.hears_post(seq)
        assert stat.S_IMODE(ear.stat().st_mode) == 0o600


def test_whoever_posts_while_live_is_away_is_not_held_up_and_the_next_process_hears(
    ear: Path, committed_world: World
) -> None:
    with live_process() as first:
        first.process.kill()
        first.process.wait()
        written = posted(committed_world)
    with live_process() as second:
        sato = second.opens(bearer(a_token(committed_world.people["sato"])))
        seq = posted(committed_world)

        assert sato.hears_post(seq)
        assert sato.posts() == [seq] != [written]
