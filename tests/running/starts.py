"""Starting a CareStation for real, in a folder of its own, and ending it."""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

COMMAND: Final = [sys.executable, "-P", "-m", "config.cli"]
PROJECT: Final = Path(__file__).resolve().parents[2]
# What the tests themselves run with is not what a start shall find.
OURS: Final = ("CARESTATION_", "DATABASE_", "KEY_", "BUS_", "BLOB_", "SITE_URL", "DJANGO_", "PG")
START_SECONDS: Final = 180


@dataclass
class Started:
    """One that runs: what it said once ready."""

    process: subprocess.Popen[str]
    data: Path
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return str(self.said["url"])

    @property
    def pids(self) -> list[int]:
        pids: dict[str, Any] = dict(self.said["pids"])
        return [*pids.pop("web"), *(pid for pid in pids.values() if pid is not None)]

    def end(self, number: signal.Signals = signal.SIGTERM) -> float:
        """End it and return how many seconds that took."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=20)
        return time.monotonic() - began


def surroundings(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return kept | more


@contextmanager
def started(
    data: Path,
    *options: str,
    command: list[str] | None = None,
    code: str = str(PROJECT),
    **more: str,
) -> Iterator[Started]:
    """Start one and wait until it is ready; it has ended when the block is left."""
    python = command or [sys.executable]
    command = [*python, *COMMAND[1:], "up", f"--data={data}", "--port=0", "--json", *options]
    process = subprocess.Popen(  # noqa: S603 - ours
        command, env=surroundings(**more), cwd=code, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Started(process=process, data=data, said=json.loads(_first_line(process)))
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=20)
        if process.stdout is not None:
            process.stdout.close()


def refused(*arguments: str, **more: str) -> str:
    """Run a command that must fail, and return its one sentence."""
    ended = subprocess.run(  # noqa: S603 - ours
        [*COMMAND, *arguments],
        env=surroundings(**more),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def status_of(data: Path, **more: str) -> tuple[int, dict[str, Any]]:
    """Return with what `carestation status` ends, and what it tells machines."""
    told = subprocess.run(  # noqa: S603 - ours
        [*COMMAND, "status", f"--data={data}", "--json"],
        env=surroundings(**more),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.returncode, json.loads(told.stdout)


def lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def _first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        assert selector.select(timeout=START_SECONDS), "it is not ready in time"
    return process.stdout.readline()
