"""How many processes shall run, and how many do.

Controls: ISO/IEC 27017 8.6; white paper 「容量・能力の管理」.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from carestation.accounts.rules import Console
from carestation.kernel.sql import row_of
from carestation.support.choices import Measured
from carestation.support.models import Capacity, Reading
from carestation.support.rules import CONNECTIONS_FOR_GOOD, FRESH, Wanted

SHOWN: Final = 20
# What is not kept for administrators; the second kind of those came with PostgreSQL 16.
MOST: Final = """
SELECT current_setting('max_connections')::int
  - current_setting('superuser_reserved_connections')::int
  - coalesce(current_setting('reserved_connections', true), '0')::int AS most
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """How many web processes run on one machine, and when that was counted."""

    node: str
    web: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What was decided, and when."""

    wanted: Wanted
    at: datetime


def capacity(_: Console) -> Wanted | None:
    """Return what is decided now; None: each machine runs what it was started with."""
    row = Capacity.objects.order_by("-id").first()
    return _wanted(row) if row else None


def changes_of(_: Console) -> tuple[Change, ...]:
    """Return what was decided, the newest first."""
    rows = Capacity.objects.order_by("-id")[:SHOWN]
    return tuple(Change(wanted=_wanted(row), at=row.changed_at) for row in rows)


def running_now(_: Console) -> tuple[Running, ...]:
    """Return how many web processes run on each machine, as the watch counted last."""
    rows = Reading.objects.lately(timezone.now(), FRESH).filter(name=Measured.WEB)
    newest = {row.node: row for row in rows.order_by("at")}
    return tuple(
        Running(node=node, web=int(row.mean), at=row.at) for node, row in sorted(newest.items())
    )


def connections_of_each(console: Console) -> int:
    """Return how many connections to the database each machine may take for good."""
    row = row_of(MOST, {})
    assert row is not None  # noqa: S101 - one row always
    return int(row["most"] * CONNECTIONS_FOR_GOOD) // max(1, len(running_now(console)))


def _wanted(row: Capacity) -> Wanted:
    return Wanted(web=row.web, threads=row.threads, workers=row.workers)
