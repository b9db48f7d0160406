"""What processes cost: the CPU of a piece with all its children, out of /proc."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from config.running import running_pieces

TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")
# In /proc/PID/stat after the name: time of one's own (user, system) and of ended children.
TIMES: Final = slice(11, 15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """CPU seconds by piece; `web` is all web processes together."""

    web: float
    postgres: float
    live: float
    downloads: float
    worker: float
    caddy: float
    watch: float

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(**{name: getattr(self, name) - getattr(other, name) for name in NAMES})

    def milliseconds(self, count: int) -> dict[str, float]:
        """Return the milliseconds of each piece for one of so many actions."""
        return {f"{name}_ms": getattr(self, name) / count * 1e3 for name in NAMES}


NAMES: Final = ("web", "postgres", "live", "downloads", "worker", "caddy", "watch")


def spent(data: Path) -> Spent:
    """Return what the pieces of a running CareStation have spent since they began."""
    sums = dict.fromkeys(NAMES, 0.0)
    for piece in running_pieces(data / "run"):
        sums[piece.name.partition("-")[0]] += _seconds(piece.pid)
    return Spent(**sums)


def spent_on(data: Path, work: Callable[[], int]) -> tuple[Spent, int]:
    """Return what some work cost the pieces, and how many actions it says it was."""
    before = spent(data)
    count = work()
    return spent(data) - before, count


def _seconds(pid: int) -> float:
    process = psutil.Process(pid)
    tree = [pid, *(child.pid for child in process.children(recursive=True))]
    return sum(_ticks(one) for one in tree) / TICKS_A_SECOND


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return sum(int(field) for field in fields[TIMES])
