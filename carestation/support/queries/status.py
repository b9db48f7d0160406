"""What everyone may know: whether people can sign in, post and read, now and for ninety days.

Controls: ISO/IEC 27017 CLD.12.4.5; white paper 「クラウドサービスの監視」.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.utils import timezone

from carestation.kernel.sql import Row, rows_of
from carestation.support.choices import Measured, State
from carestation.support.models import Reading
from carestation.support.rules import FRESH
from carestation.ui.times import TOKYO

SHOWN: Final = 90
# A day is Japan's. Of a minute that nobody checked nothing is known: it counts for neither.
DAYS: Final = """
SELECT (at AT TIME ZONE 'Asia/Tokyo')::date AS day, sum(greatest(folded, 1))::float8 AS minutes,
  sum(mean * greatest(folded, 1))::float8 AS good
FROM support_reading WHERE name = %(name)s AND at > %(after)s GROUP BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day: its place among those that are shown; None: nobody checked."""

    place: int
    day: date
    went_well: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it stands now, and how it stood.

    `state`: None while nobody checks. `share`: of the minutes that were checked; `lost_minutes`:
    the others of these.
    """

    state: State | None
    at: datetime | None
    days: tuple[Day, ...]
    share: float | None
    lost_minutes: int


def standing() -> Standing:
    """Return how it stands for those who use it."""
    now = timezone.now()
    rows = rows_of(DAYS, {"name": Measured.AVAILABLE.value, "after": now - timedelta(days=SHOWN)})
    minutes, good = (sum(row[name] for row in rows) for name in ("minutes", "good"))
    state, at = _now(now)
    return Standing(
        state=state,
        at=at,
        days=_days({row["day"]: row for row in rows}, timezone.localdate(now, TOKYO)),
        share=good / minutes if minutes else None,
        lost_minutes=round(minutes - good),
    )


def _now(now: datetime) -> tuple[State | None, datetime | None]:
    """Return how it stands by the last check of each machine: one that fails is some people's."""
    checks = Reading.objects.lately(now, FRESH).filter(name=Measured.AVAILABLE).order_by("at")
    newest = {check.node: check for check in checks}
    if not newest:
        return None, None
    failing = [check for check in newest.values() if check.mean < 1]
    at = max(check.at for check in newest.values())
    if not failing:
        return State.OK, at
    return State.ALARM if len(failing) == len(newest) else State.CAUTION, at


def _days(rows: Mapping[date, Row], today: date) -> tuple[Day, ...]:
    first = today - timedelta(days=SHOWN - 1)
    days = [first + timedelta(days=place) for place in range(SHOWN)]
    return tuple(
        Day(place=place, day=day, went_well=_went_well(rows.get(day)))
        for place, day in enumerate(days)
    )


def _went_well(row: Row | None) -> bool | None:
    return None if row is None else bool(row["good"] >= row["minutes"])
