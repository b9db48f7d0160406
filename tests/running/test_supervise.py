"""What keeps the pieces together: whatever comes, all end soon when asked to."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil
import pytest

from tests.running.starts import PROJECT, lives, surroundings

# Whoever supervises in the tests has pieces that cost nothing, and less patience.
# What whoever runs the tests does not hear of (nohup, a shell's background), these do.
SUPERVISE: Final = """
import pathlib, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from config import keeping, supervise
from config.logfiles import LogFiles
folder, first, other, between, seconds, restarts = sys.argv[1:]
keeping.FORCE_SECONDS, supervise.KEEPERS_SECONDS, supervise.LAST_SECONDS = map(
    float, seconds.split(","))
run, logs = pathlib.Path(folder, "run"), pathlib.Path(folder, "logs")
supervisor = supervise.Supervisor(LogFiles(logs), run, restarts=restarts == "yes")
def piece(name, script):
    command = ["/usr/bin/setpriv", "--pdeathsig=TERM", "--", "/bin/sh", "-c", script]
    return keeping.Piece(name=name, command=command, surroundings={"PATH": "/usr/bin:/bin"})
def say_when_heard(*names):
    while not all((logs / f"{name}.log").exists() for name in names):
        time.sleep(0.01)
    print("ready", flush=True)
def prepare():
    if between == "stuck":
        say_when_heard("first")
        time.sleep(600)
def after():
    say_when_heard("first", "other")
    while not supervisor.ending.wait(0.01):
        supervisor.ending.is_set()
code = supervisor.supervise(piece("first", first), [piece("other", other)],
    between=prepare, after=after)
print(supervisor.trouble, flush=True)
sys.exit(code)
"""
WAITS: Final = "echo here; exec sleep 600"
IGNORES: Final = "trap '' TERM INT; echo here; while :; do sleep 600; done"
PATIENT: Final = "30,31,32.5"
IMPATIENT: Final = "0.3,1,2"


@contextmanager
def supervised(
    folder: Path,
    first: str = "trap 'exit 0' INT; echo here; while :; do sleep 0.02; done",
    other: str = WAITS,
    *,
    between: str = "",
    seconds: str = PATIENT,
    restarts: str = "no",
) -> Iterator[subprocess.Popen[str]]:
    for name in ("run", "logs"):
        (folder / name).mkdir()
    options = [str(folder), first, other, between, seconds, restarts]
    with subprocess.Popen(  # noqa: S603 - ours
        [sys.executable, "-c", SUPERVISE, *options],
        env=surroundings(),
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def test_told_to_end_again_and_again_it_ends_as_soon(tmp_path: Path) -> None:
    with supervised(tmp_path) as process:
        for _ in range(300):
            process.send_signal(signal.SIGTERM)
            process.send_signal(signal.SIGINT)

        assert process.wait(timeout=20) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_each_way_of_asking_ends_all_and_is_no_failure(
    tmp_path: Path, number: signal.Signals
) -> None:
    with supervised(tmp_path) as process:
        kept = _below(process)
        process.send_signal(number)

        assert process.wait(timeout=20) == 0
        assert len(kept) >= 4
        assert not [pid for pid in kept if lives(pid)]


def test_who_does_not_want_to_end_is_ended(tmp_path: Path) -> None:
    with supervised(tmp_path, IGNORES, IGNORES, seconds="0.3,4,5") as process:
        kept = _below(process)
        process.terminate()

        assert process.wait(timeout=20) == 0
        assert not [pid for pid in kept if lives(pid)]


def test_it_ends_while_what_comes_between_is_stuck(tmp_path: Path) -> None:
    with supervised(tmp_path, between="stuck", seconds=IMPATIENT) as process:
        kept = _below(process)
        process.terminate()

        assert process.wait(timeout=20) == 0
        assert not [pid for pid in kept if lives(pid)]


def test_who_holds_the_output_of_a_piece_open_holds_nothing_up(tmp_path: Path) -> None:
    script = "setsid sleep 3 & echo here; exec sleep 600"
    with supervised(tmp_path, other=script, seconds=IMPATIENT) as process:
        process.terminate()
        began = time.monotonic()

        assert process.wait(timeout=20) == 0
        assert time.monotonic() - began < 2.5


def test_where_its_folders_are_gone_it_still_ends(tmp_path: Path) -> None:
    script = "trap 'echo going; exit 0' TERM; echo here; while :; do sleep 0.02; done"
    with supervised(tmp_path, other=script, restarts="yes") as process:
        for name in ("run", "logs"):
            for left in (tmp_path / name).iterdir():
                left.unlink()
            (tmp_path / name).rmdir()
        process.terminate()

        assert process.wait(timeout=20) == 0


def test_a_keeper_that_is_killed_ends_the_whole_with_its_reason(tmp_path: Path) -> None:
    with supervised(tmp_path) as process:
        keepers = psutil.Process(process.pid).children()
        kept = psutil.Process(process.pid).children(recursive=True)
        os.kill(keepers[-1].pid, signal.SIGKILL)

        assert process.wait(timeout=20) == 1
        assert process.stdout is not None
        assert "other was ended by SIGKILL" in process.stdout.read()
        assert psutil.wait_procs(kept, timeout=20)[1] == []


def test_a_piece_that_cannot_be_begun_ends_the_whole(tmp_path: Path) -> None:
    with supervised(tmp_path, other="echo here; exec /nothing/there") as process:
        assert process.wait(timeout=20) == 1
        assert process.stdout is not None
        assert "other ended with code 127" in process.stdout.read()


def test_what_a_piece_says_is_kept_in_whole_lines_to_its_last_word(tmp_path: Path) -> None:
    halves = "echo here; printf 'one '; sleep 0.3; echo half; seq 1 20000; printf 'the last'"
    with supervised(tmp_path, other=f"{halves}; exit 3") as process:
        assert process.wait(timeout=20) == 1
        assert process.stdout is not None
        assert "its last words: the last" in process.stdout.read()

    lines = (tmp_path / "logs" / "other.log").read_text().splitlines()
    assert lines == ["here", "one half", *map(str, range(1, 20_001)), "the last"]


def _below(process: "subprocess.Popen[str]") -> list[int]:
    return [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
