"""Whether the time that the database writes into the log is vouched for, and where it was not.

Controls: ISO/IEC 27017 8.17; white paper 「ログ」.
"""

from bisect import bisect_left
from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone

from carestation.support.models import ClockDoubt, Reading
from carestation.support.rules import CLOCKS, FRESH, vouches_for_time


@dataclass(frozen=True, slots=True)
class Doubted:
    """The facts whose time is in doubt: behind each of `after`, up to the same of `last`."""

    after: list[int]
    last: list[int | None]

    def __contains__(self, fact_id: int) -> bool:
        place = bisect_left(self.after, fact_id) - 1
        if place < 0:
            return False
        last = self.last[place]
        return last is None or fact_id <= last


def doubted_facts() -> Doubted:
    """Return the facts whose time nobody vouched for when they were written."""
    rows = ClockDoubt.objects.order_by("after_fact", F("last_fact").asc(nulls_last=True))
    stretches = list(rows.values_list("after_fact", "last_fact"))
    return Doubted(after=[after for after, _ in stretches], last=[last for _, last in stretches])


def is_time_vouched_for() -> bool:
    """Whether a machine that measured lately says that the database's time is right.

    What seems to come from the future was measured before the clock was set back: it says nothing.
    """
    now = timezone.now()
    rows = Reading.objects.filter(name__in=CLOCKS, at__range=(now - FRESH, now)).order_by("at")
    nodes: dict[str, dict[str, float]] = {}
    for node, name, value in rows.values_list("node", "name", "mean"):
        nodes.setdefault(node, {})[name] = value
    return any(vouches_for_time(measured) for measured in nodes.values())
