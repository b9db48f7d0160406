"""How the parts stand now, and how they stood: what the page of the watch shows.

Controls: ISO/IEC 27017 CLD.12.4.5, 8.6; white paper 「クラウドサービスの監視」,
    「容量・能力の管理」.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.utils import timezone
from django_stubs_ext import StrOrPromise

from carestation.accounts.rules import Console
from carestation.kernel.sql import Row, rows_of
from carestation.support.choices import HURTS, REMEDIES, Concern, Measured, State, Unit
from carestation.support.models import Reading
from carestation.support.rules import CONCERNS, FRESH, LIMITS, UNITS, Limit, state_of, worst_of

JUDGED: Final = timedelta(minutes=15)
WIDTH, HEIGHT = 240, 40
# Of each stretch of time the mean is drawn; what it reached stands beside it in words.
TREND: Final = """
SELECT node, name, floor(extract(epoch FROM at - %(after)s::timestamptz) / %(each)s)::int AS place,
  avg(mean)::float8 AS mean, min(low)::float8 AS low, max(high)::float8 AS high
FROM support_reading WHERE at > %(after)s AND at <= %(now)s GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


class Span(StrEnum):
    """How far back the lines go."""

    DAY = "day"
    MONTH = "month"

    @property
    def lasts(self) -> timedelta:
        """The whole of it."""
        return timedelta(days=1 if self is Span.DAY else 30)

    @property
    def steps(self) -> int:
        """In how many stretches it is drawn."""
        return 96 if self is Span.DAY else 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A line: its path in a box of 240 by 40, the height of the nearer limit, and what it reached.

    Where nothing was measured the line has a gap.
    """

    path: str
    limit_at: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing on one machine, ready to show.

    `hurts`: what people notice of it, `remedy`: what to do, where it is not in order.
    """

    measured: Measured
    unit: Unit
    state: State
    value: float | None
    limit: Limit
    trend: Trend | None
    hurts: StrOrPromise
    remedy: StrOrPromise


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What belongs together, and the worst of it."""

    concern: Concern
    state: State
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One machine with its parts; `at`: when it was measured last."""

    node: str
    at: datetime
    state: State
    parts: tuple[Part, ...]

    @property
    def alarms(self) -> list[Line]:
        """What is beyond its limits here: what an operator looks at first."""
        lines = [line for part in self.parts for line in part.lines]
        return [line for line in lines if line.state is State.ALARM]


def machines_of(_: Console, span: Span) -> tuple[Machine, ...]:
    """Return every machine of which something is known, the worst first."""
    now = timezone.now()
    newest, trends = _newest(now), _trends(now, span)
    found = [_machine(node, now, newest[node], trends) for node in sorted(newest)]
    order = (State.ALARM, State.CAUTION, State.OK)
    return tuple(sorted(found, key=lambda one: order.index(one.state)))


def _newest(now: datetime) -> dict[str, list[Reading]]:
    found: dict[str, list[Reading]] = defaultdict(list)
    for reading in Reading.objects.lately(now, JUDGED).order_by("-at"):
        found[reading.node].append(reading)
    for node, at in Reading.objects.last_of_nodes(now, Span.DAY.lasts):
        if node not in found:
            found[node] = [Reading(node=node, name="", at=at)]
    return found


def _machine(
    node: str, now: datetime, readings: list[Reading], trends: dict[tuple[str, str], Trend]
) -> Machine:
    fresh: dict[str, list[float]] = defaultdict(list)
    for one in readings:
        # A thing that was measured, but not of late, is not known now.
        if fresh[one.name] or one.at > now - FRESH:
            fresh[one.name].append(one.mean)
    parts = tuple(
        _part(concern, [_line(name, fresh[name], trends.get((node, name))) for name in names])
        for concern, names in CONCERNS.items()
    )
    at = max(one.at for one in readings)
    return Machine(node=node, at=at, state=worst_of(one.state for one in parts), parts=parts)


def _part(concern: Concern, lines: list[Line]) -> Part:
    state = worst_of(one.state for one in lines)
    return Part(concern=concern, state=state, lines=tuple(lines))


def _line(name: Measured, values: list[float], trend: Trend | None) -> Line:
    return Line(
        measured=name,
        unit=UNITS[name],
        state=state_of(name, values),
        value=values[0] if values else None,
        limit=LIMITS.get(name, Limit()),
        trend=trend,
        hurts=HURTS[name],
        remedy=REMEDIES[name],
    )


def _trends(now: datetime, span: Span) -> dict[tuple[str, str], Trend]:
    each = span.lasts.total_seconds() / span.steps
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows_of(TREND, {"after": now - span.lasts, "now": now, "each": each}):
        rows[row["node"], row["name"]].append(row)
    known = {key: found for key, found in rows.items() if key[1] in Measured.values}
    return {key: _trend(Measured(key[1]), found, span.steps) for key, found in known.items()}


def _trend(name: Measured, rows: list[Row], steps: int) -> Trend:
    limit = LIMITS.get(name, Limit())
    nearer = limit.alarm if limit.caution is None else limit.caution
    high = max(row["high"] for row in rows)
    top = max(high, nearer or 0.0, 1e-9)
    return Trend(
        path=_path(rows, steps, top),
        limit_at=None if nearer is None else _height(nearer, top),
        low=min(row["low"] for row in rows),
        high=high,
    )


def _path(rows: Iterable[Row], steps: int, top: float) -> str:
    drawn, before = [], -2
    for row in rows:
        verb = "L" if row["place"] == before + 1 else "M"
        drawn.append(f"{verb}{row['place'] * WIDTH / steps:.1f} {_height(row['mean'], top)}")
        before = row["place"]
    return "".join(drawn)


def _height(value: float, top: float) -> float:
    return round(HEIGHT - 1 - (HEIGHT - 2) * value / top, 1)
