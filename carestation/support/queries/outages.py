"""What did not work: by the record of the check from outside, and as the operator told it.

Controls: ISO/IEC 27017 CLD.12.4.5; white paper 「クラウドサービスの監視」.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from carestation.accounts.rules import Console
from carestation.kernel.errors import NotVisible
from carestation.kernel.sql import Row, rows_of
from carestation.support.choices import Measured, SpellKind
from carestation.support.models import Outage, OutageNote
from carestation.support.rules import FRESH

SHOWN: Final = timedelta(days=90)
LONGEST_LIST: Final = 100
MOST_SPELLS: Final = 30
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
# Every machine checks for itself: where one of them went through, some people could.
CHECKS: Final = """
SELECT date_trunc(CASE WHEN folded = 0 THEN 'minute' ELSE 'hour' END, at) AS began,
  folded > 0 AS folded,
  max(mean) AS best, min(mean) AS worst, max(greatest(folded, 1) * (1 - mean))::float8 AS lost
FROM support_reading WHERE name = %(name)s AND at > %(after)s GROUP BY 1, 2 ORDER BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A time in which the check failed, or was not made.

    `minutes`: how many of it failed; None where it was not made. `by_the_hour`: what is older than
    a day is kept by the hour, so the times are those of the hours.
    """

    kind: SpellKind
    began_at: datetime
    ended_at: datetime
    minutes: int | None
    by_the_hour: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What was told, and when."""

    words: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One outage, as the operator told it; the newest words first."""

    id: UUID
    title: str
    began_at: datetime
    ended_at: datetime | None
    notes: tuple[Note, ...]


def outages() -> tuple[Told, ...]:
    """Return what the operator told in the last ninety days, the newest first."""
    return _told(Outage.objects.since(timezone.now() - SHOWN)[:LONGEST_LIST])


def outage_for(_: Console, outage_id: UUID) -> Told:
    """Return one outage.

    Raises:
        NotVisible: there is none with this id.
    """
    found = _told(Outage.objects.filter(pk=outage_id))
    if not found:
        raise NotVisible
    return found[0]


def spells() -> tuple[Spell, ...]:
    """Return when the check failed or was not made in the last ninety days, the newest first."""
    now = timezone.now()
    parameters = {"name": Measured.AVAILABLE.value, "after": now - SHOWN}
    checks = rows_of(CHECKS, parameters)
    found = [*_failed(checks), *_unchecked(checks, now)]
    return tuple(sorted(found, key=lambda one: one.began_at, reverse=True)[:MOST_SPELLS])


def _failed(checks: Sequence[Row]) -> Iterator[Spell]:
    """Join what follows on each other and is of one kind."""
    current: Spell | None = None
    for check in checks:
        kind = _kind(check)
        step = HOUR if check["folded"] else MINUTE
        if current is not None and not _goes_on(current, check, kind):
            yield current
            current = None
        if kind is None:
            continue
        lost = round(check["lost"]) or 1
        current = Spell(
            kind=kind,
            began_at=current.began_at if current else check["began"],
            ended_at=check["began"] + step,
            minutes=(current.minutes or 0) + lost if current else lost,
            by_the_hour=check["folded"],
        )
    if current is not None:
        yield current


def _goes_on(current: Spell, check: Row, kind: SpellKind | None) -> bool:
    follows = check["began"] - current.ended_at <= FRESH
    return follows and kind is current.kind and check["folded"] == current.by_the_hour


def _kind(check: Row) -> SpellKind | None:
    if check["worst"] >= 1:
        return None
    return SpellKind.PARTLY if check["best"] >= 1 else SpellKind.DOWN


def _unchecked(checks: Sequence[Row], now: datetime) -> Iterator[Spell]:
    """Say where nobody checked: that is no good news. An hour that is kept was checked."""
    ends = [check["began"] + (HOUR if check["folded"] else MINUTE) for check in checks]
    nexts = [*(check["began"] for check in checks), now][1:]
    for end, begins in zip(ends, nexts, strict=True):
        if begins - end > FRESH:
            yield Spell(
                kind=SpellKind.UNKNOWN,
                began_at=end,
                ended_at=begins,
                minutes=None,
                by_the_hour=False,
            )


def _told(rows: Iterable[Outage]) -> tuple[Told, ...]:
    chosen, notes = list(rows), defaultdict[UUID, list[Note]](list)
    written = OutageNote.objects.filter(outage__in=chosen).order_by("-written_at", "-id")
    for note in written:
        notes[note.outage_id].append(Note(words=note.words, at=note.written_at))
    return tuple(
        Told(
            id=row.pk,
            title=row.title,
            began_at=row.began_at,
            ended_at=row.ended_at,
            notes=tuple(notes[row.pk]),
        )
        for row in chosen
    )
