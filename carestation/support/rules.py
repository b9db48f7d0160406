"""From where on what is measured is no longer in order.

Pages, the watch and Prometheus judge by this one table (`deploy/prometheus/alerts.yml` is made from
it, and a test compares).

Controls: ISO/IEC 27017 CLD.12.4.5, 8.6; white paper 「クラウドサービスの監視」,
    「容量・能力の管理」.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from carestation.support.choices import Concern, Measured, State, Unit

# How many may be asked for, as the table has it.
WEB, THREADS, WORKERS = range(1, 17), range(1, 17), range(1, 5)
# Of the database's connections those that run for good may take so many; the others are those of
# downloads, one for each file that begins, of commands, and of who looks after it.
CONNECTIONS_FOR_GOOD: Final = 0.8
CONNECTIONS_OF_LIVE, CONNECTIONS_OF_A_WORKER, CONNECTIONS_OF_THE_WATCH = 3, 5, 1
# What is older tells nothing of now: the watch measures once a minute.
FRESH: Final = timedelta(minutes=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How many processes shall run on each machine, and how many threads each web process has."""

    web: int
    threads: int
    workers: int

    @property
    def connections(self) -> int:
        """How many connections to the database one machine takes for good.

        Each thread of web has one, and so has what says that the process serves. While web
        processes are exchanged for others, both are there.
        """
        web = 2 * self.web * (self.threads + 1)
        others = CONNECTIONS_OF_LIVE + CONNECTIONS_OF_THE_WATCH
        return web + self.workers * CONNECTIONS_OF_A_WORKER + others


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """From where on something is to be looked at, and from where on it is wrong.

    `is_floor`: small is bad. `minutes`: so many in a row must be beyond, before it is said.
    """

    caution: float | None = None
    alarm: float | None = None
    is_floor: bool = False
    minutes: int = 1

    def is_beyond(self, value: float, limit: float | None) -> bool:
        """Whether a value is worse than one of the two."""
        if limit is None:
            return False
        return value < limit if self.is_floor else value > limit


LIMITS: Final = {
    Measured.PROBE_FAILURES: Limit(caution=0, alarm=1),
    Measured.PROBE: Limit(caution=3, alarm=10, minutes=2),
    Measured.LATENCY: Limit(caution=0.5, alarm=2, minutes=3),
    Measured.ERRORS: Limit(caution=0.01, alarm=0.05, minutes=2),
    Measured.WEB: Limit(alarm=1, is_floor=True),
    Measured.LAG: Limit(caution=30, alarm=60),
    Measured.WORKERS: Limit(alarm=1, is_floor=True),
    Measured.QUEUE: Limit(caution=120, alarm=600),
    Measured.UNTOLD: Limit(caution=0, alarm=10),
    Measured.REFUSED: Limit(caution=30, alarm=300, minutes=3),
    Measured.DATABASE: Limit(caution=0.5, alarm=2, minutes=2),
    Measured.CONNECTIONS: Limit(caution=0.75, alarm=0.9, minutes=2),
    Measured.DISK: Limit(caution=0.75, alarm=0.85),
    Measured.DISK_DAYS: Limit(caution=30, alarm=7, is_floor=True),
    Measured.STORAGE: Limit(caution=0.8, alarm=0.95),
    Measured.MEMORY: Limit(caution=0.85, alarm=0.95, minutes=5),
    Measured.CPU: Limit(caution=0.9, alarm=2, minutes=10),
    Measured.CLOCK: Limit(caution=0.1, alarm=0.5),
    Measured.UNSYNCHRONISED: Limit(caution=0),
    Measured.DATABASE_CLOCK: Limit(caution=0.1, alarm=0.5),
    Measured.CERTIFICATE: Limit(caution=0.2, alarm=0.07, is_floor=True),
}

SECONDS: Final = (
    Measured.PROBE,
    Measured.LATENCY,
    Measured.LAG,
    Measured.QUEUE,
    Measured.DATABASE,
    Measured.CLOCK,
    Measured.DATABASE_CLOCK,
)
SHARES: Final = (
    Measured.ERRORS,
    Measured.CONNECTIONS,
    Measured.DISK,
    Measured.STORAGE,
    Measured.MEMORY,
    Measured.CPU,
    Measured.CERTIFICATE,
)
UNITS: Final = (
    dict.fromkeys(Measured, Unit.COUNT)
    | dict.fromkeys(SECONDS, Unit.SECONDS)
    | dict.fromkeys(SHARES, Unit.SHARE)
    | dict.fromkeys((Measured.DISK_DAYS, Measured.CERTIFICATE_DAYS), Unit.DAYS)
    | dict.fromkeys((Measured.UNSYNCHRONISED, Measured.AVAILABLE), Unit.YES_NO)
)
CONCERNS: Final = {
    Concern.PEOPLE: (
        Measured.PROBE_FAILURES,
        Measured.AVAILABLE,
        Measured.PROBE,
        Measured.LATENCY,
        Measured.ERRORS,
        Measured.POSTS,
        Measured.STREAMS,
        Measured.REFUSED,
    ),
    Concern.BEHIND: (Measured.LAG, Measured.WORKERS, Measured.QUEUE, Measured.UNTOLD),
    Concern.DATABASE: (Measured.DATABASE, Measured.CONNECTIONS),
    Concern.MACHINE: (
        Measured.WEB,
        Measured.DISK,
        Measured.DISK_DAYS,
        Measured.STORAGE,
        Measured.MEMORY,
        Measured.CPU,
    ),
    Concern.TIME: (
        Measured.CLOCK,
        Measured.UNSYNCHRONISED,
        Measured.DATABASE_CLOCK,
        Measured.CERTIFICATE,
        Measured.CERTIFICATE_DAYS,
    ),
}


def worst_of(states: Iterable[State]) -> State:
    """Return the worst of several; of none, attend."""
    order = (State.OK, State.CAUTION, State.ALARM)
    return max(states, key=order.index, default=State.CAUTION)


def state_of(measured: Measured, newest: Sequence[float]) -> State:
    """Return how something stands, by its newest values, the newest first; without any, attend."""
    if not newest:
        return State.CAUTION
    limit = LIMITS.get(measured, Limit())
    judged = newest[: limit.minutes]
    if len(judged) < limit.minutes:
        return State.OK
    if all(limit.is_beyond(value, limit.alarm) for value in judged):
        return State.ALARM
    if all(limit.is_beyond(value, limit.caution) for value in judged):
        return State.CAUTION
    return State.OK


# What a machine measures of its own clock, and of the database's beside it.
CLOCKS: Final = (Measured.CLOCK, Measured.UNSYNCHRONISED, Measured.DATABASE_CLOCK)


def vouches_for_time(measured: Mapping[str, float]) -> bool:
    """Whether who measured this knows that the database's time is right: by a clock that is kept.

    `measured`: by the names of `CLOCKS`; what is missing vouches for nothing.
    """
    worst = {name: LIMITS[name].alarm or LIMITS[name].caution or 0.0 for name in CLOCKS}
    return all(name in measured and measured[name] <= worst[name] for name in CLOCKS)
