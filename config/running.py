"""Which pieces run here: read from the notes that each start leaves."""

import fcntl
import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from config.private_files import write_private

START_FIELD: Final = 19
# Of each there is one; a second worker is not named.
SINGLES: Final = ("postgres", "caddy", "live", "downloads", "worker", "watch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """One piece that runs: its name, its process, and since when (seconds of the epoch)."""

    name: str
    pid: int
    began_at: float


def running_pieces(run: Path) -> list[Running]:
    """Return the pieces whose process lives."""
    found = [_read(note) for note in sorted(run.glob("*.json")) if note.name != "state.json"]
    return [piece for piece in found if piece is not None]


def pids(run: Path) -> dict[str, int | list[int] | None]:
    """Return the processes that serve, as the contract names them."""
    by_name = {piece.name: piece.pid for piece in running_pieces(run)}
    serving = [_serving(pid) for name, pid in by_name.items() if name.startswith("web-")]
    web = [pid for pid in serving if pid is not None]
    singles = {name: by_name.get(name) for name in SINGLES}
    return singles | {"web": web}


def start_ticks(pid: int) -> int:
    """Return when a process began, in the kernel's own ticks: no clock can be set under it.

    Raises:
        OSError: there is no such process.
    """
    behind_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
    return int(behind_name.split()[START_FIELD])


def note_piece(run: Path, name: str, pid: int) -> None:
    """Leave a note of a piece that begins."""
    # Where the folder is gone or the disk full it runs all the same, and nobody can look it up.
    with suppress(OSError):
        note = {"pid": pid, "began_at": time.time(), "ticks": start_ticks(pid)}
        write_private(run / f"{name}.json", json.dumps(note))


def begin_piece(run: Path, name: str) -> None:
    """Note this process as a piece that nobody of ours keeps; the first of all begins anew."""
    with (run / "pieces.lock").open("w") as one_by_one:
        fcntl.flock(one_by_one, fcntl.LOCK_EX)
        if not running_pieces(run):
            forget_pieces(run)
        note_piece(run, name, os.getpid())


def forget_pieces(run: Path) -> None:
    """Drop the notes, the sockets and the counts of an earlier start."""
    for pattern in ("*.json", "*.sock", "metrics/*.db"):
        for path in run.glob(pattern):
            path.unlink(missing_ok=True)


def _serving(pid: int) -> int | None:
    """Return the process that serves; none where it went between one look and the next."""
    # The server of the web process keeps its one child, and it is the child that serves.
    try:
        children = psutil.Process(pid).children()
    except psutil.NoSuchProcess:
        return None
    return children[0].pid if children else pid


def _read(note: Path) -> Running | None:
    try:
        said = json.loads(note.read_text())
        alive = psutil.Process(said["pid"]).status() != psutil.STATUS_ZOMBIE
        same = start_ticks(said["pid"]) == said["ticks"]
    except (OSError, ValueError, KeyError, psutil.Error):
        return None
    if not alive or not same:
        return None
    return Running(name=note.stem, pid=said["pid"], began_at=said["began_at"])
