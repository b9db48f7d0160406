"""What the processes of this machine counted, together, and what became of it since last time."""

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil
from prometheus_client import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from carestation.kernel.metrics import SECONDS
from carestation.support.choices import Measured

QUICK_SHARE: Final = 0.95
FAILED: Final = "5xx"
_ONE_READER: Final = threading.Lock()
Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Totals since the start; `up_to`: answers by the class of time in which they came."""

    streams: float | None = None
    posts: float = 0.0
    refused: float = 0.0
    untold: float = 0.0
    answers: float = 0.0
    failed: float = 0.0
    up_to: dict[float, float] = field(default_factory=dict)


def metrics_of(folder: Path) -> list[Metric]:
    """Return what all processes counted, those that ended too; of gauges, what lives alone.

    A process that begins makes its file empty and lays it out a moment later: until then it
    has counted nothing.
    """
    with _ONE_READER:
        _forget_the_dead(folder)
        laid_out = [str(file) for file in folder.glob("*.db") if file.stat().st_size]
        return list(MultiProcessCollector.merge(laid_out))  # type: ignore[no-untyped-call]  # half typed


def counted(metrics: list[Metric], *, own_posts: int = 0) -> Counted:
    """Return the totals that a minute is measured by; `own_posts` of the watch are left out."""
    found = {metric.name: metric for metric in metrics}
    answers, up_to = _total(found, "request_seconds", "_count"), dict[float, float]()
    for labels, value in _samples(found, "request_seconds", "_bucket"):
        bound = float(labels["le"])
        up_to[bound] = up_to.get(bound, 0.0) + value
    return Counted(
        streams=_total(found, "streams", "") if "carestation_streams" in found else None,
        posts=_total(found, "posts", "_total") - own_posts,
        refused=_total(found, "refused_sign_ins", "_total"),
        untold=_total(found, "pushes", "_total", taken="no"),
        answers=answers,
        failed=_total(found, "request_seconds", "_count", answer=FAILED),
        up_to=up_to,
    )


def since(before: Counted, now: Counted, *, minutes: float) -> dict[Measured, float]:
    """Return what happened between two looks."""
    answers = now.answers - before.answers
    found = {
        Measured.POSTS: (now.posts - before.posts) / minutes,
        Measured.REFUSED: (now.refused - before.refused) / minutes,
        Measured.UNTOLD: now.untold - before.untold,
    }
    if now.streams is not None:
        found[Measured.STREAMS] = now.streams
    if answers > 0:
        found[Measured.ERRORS] = (now.failed - before.failed) / answers
        found[Measured.LATENCY] = _quick(before, now, answers)
    return found


def _quick(before: Counted, now: Counted, answers: float) -> float:
    """Return within how many seconds most were answered: between two bounds, as if evenly."""
    below, last = 0.0, 0.0
    for bound in SECONDS:
        reached = now.up_to.get(bound, 0.0) - before.up_to.get(bound, 0.0)
        if reached >= QUICK_SHARE * answers:
            return last + (bound - last) * (QUICK_SHARE * answers - below) / (reached - below)
        below, last = reached, bound
    return math.nextafter(last, math.inf)


def _total(found: dict[str, Metric], name: str, end: str, **wanted: str) -> float:
    samples = _samples(found, name, end)
    return sum(value for labels, value in samples if wanted.items() <= labels.items())


def _samples(
    found: dict[str, Metric], name: str, end: str
) -> Iterator[tuple[dict[str, str], float]]:
    metric = found.get(f"carestation_{name}")
    for sample in metric.samples if metric else ():
        if sample.name == f"carestation_{name}{end}":
            yield sample.labels, sample.value


def _forget_the_dead(folder: Path) -> None:
    for file in folder.glob("gauge_live*.db"):
        pid = int(file.stem.rpartition("_")[2])
        if not psutil.pid_exists(pid):
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]  # as above
