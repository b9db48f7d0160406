"""The process that reads strange bytes has no rights, no time to waste, and tells nothing."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from carestation.timeline.media import workshop
from carestation.timeline.media.refusals import FileRefused
from carestation.timeline.media.rewritten import Rewritten
from carestation.timeline.media.workshop import rewrite_file
from tests.timeline.pictures import a_jpeg

RIGHTS = "from carestation.timeline.media.workbench import _give_rights_up as g; g(); "
# Stands in for a decoder: says what it was given, as a picture would be said.
TELLING = (
    "import os, sys; from carestation.timeline.media.rewritten import Rewritten; "
    "sys.stdin.buffer.read(); names = ' '.join(sorted(os.environ)).encode(); "
    "sys.stdout.buffer.write(Rewritten(media_type='image/png', content=names).to_bytes())"
)


def bench(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(workshop, "WORKBENCH", (sys.executable, "-I", "-c", program))


def done_by(program: str) -> str:
    """Run a program of ours; return what it complained of."""
    command = [sys.executable, "-I", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert done.returncode != 0
    return done.stderr


def reason() -> str:
    with pytest.raises(FileRefused) as refused:
        rewrite_file(a_jpeg())
    return refused.value.reason


@pytest.mark.control("8.24")
def test_it_can_write_no_file(tmp_path: Path) -> None:
    path = tmp_path / "plain"

    said = done_by(RIGHTS + f"import pathlib; pathlib.Path({str(path)!r}).write_text('words')")

    assert "File too large" in said
    assert path.read_bytes() == b""


def test_it_cannot_take_all_the_memory() -> None:
    assert "MemoryError" in done_by(RIGHTS + "bytearray(4 * 1024 ** 3)")


def test_it_is_told_no_address_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    bench(monkeypatch, TELLING)

    told = rewrite_file(a_jpeg()).content.decode().split()

    assert [name for name in told if not name.startswith(("LC_", "LANG"))] == []


@pytest.mark.parametrize("program", ["raise SystemExit(1)", "import os; os.kill(os.getpid(), 11)"])
def test_what_goes_wrong_there_is_an_answer_here(
    monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    bench(monkeypatch, program)

    assert reason() == "unreadable"


def test_what_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workshop, "WORK_SECONDS", 0.2)
    bench(monkeypatch, "import time; time.sleep(60)")

    assert reason() == "unreadable"


def test_what_grows_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workshop, "LARGEST_REWRITTEN_BYTES", 100)

    assert reason() == "too_large"


def test_one_thread_is_always_left_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workshop, "WAIT_SECONDS", 0.05)
    start = threading.Barrier(8)

    def hand_in() -> str:
        start.wait()
        try:
            return rewrite_file(a_jpeg()).media_type
        except FileRefused as refused:
            return refused.reason

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: hand_in(), range(8)))

    assert answers.count("image/jpeg") == workshop.AT_ONCE + workshop.WAITING
    assert answers.count("busy") == 5
    assert rewrite_file(a_jpeg()).media_type == "image/jpeg"


def test_a_message_that_is_cut_is_no_file() -> None:
    message = Rewritten(media_type="image/png", content=b"abc", thumbnail=b"de").to_bytes()

    assert Rewritten.from_bytes(message).thumbnail == b"de"
    with pytest.raises(ValueError, match="cut"):
        Rewritten.from_bytes(message[:-1])


def test_what_is_kept_shows_itself_in_no_message() -> None:
    assert "kingfisher" not in repr(Rewritten(media_type="image/png", content=b"kingfisher"))
