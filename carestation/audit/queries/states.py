"""How the seal stands, as a facility's desk is told.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from carestation.audit.choices import Wrong
from carestation.audit.models import WHOLE, Tree, Verification
from carestation.audit.queries.checkpoints import published_keys
from carestation.facilities.models.facilities import Facility

# The timetable verifies each hour: what was found longer ago says nothing of now.
LATE: Final = timedelta(hours=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongPlace:
    """The first wrong place: a number of the log, a fact, a checkpoint by its size and facility.

    `facts_hold`: of a checkpoint, whether the facts are as they were sealed all the same.
    """

    number: int
    fact_id: int | None
    size: int | None
    facility: str
    facts_hold: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealState:
    """How the seal stands: how many facts of a facility are sealed, what was found last.

    `checked_at` is None before the first time, `is_late` where it is too long ago; `wrong` where
    something was bent, `place` where.
    """

    facts: int
    checked_at: datetime | None
    is_late: bool
    wrong: Wrong | None
    place: WrongPlace | None
    key: str


def seal_state(tree_id: UUID) -> SealState:
    """Return how the seal stands, for a facility or for the whole log."""
    tree = Tree.objects.filter(pk=tree_id).first()
    last = Verification.objects.order_by("at").last()
    keys = published_keys()
    return SealState(
        facts=tree.size if tree else 0,
        checked_at=last.at if last else None,
        is_late=last is not None and timezone.now() - last.at > LATE,
        wrong=Wrong(last.wrong) if last and last.wrong else None,
        place=_place(last) if last and last.wrong else None,
        key=keys[-1] if keys else "",
    )


def _place(found: Verification) -> WrongPlace:
    facility = Facility.objects.filter(pk=found.tree_id or WHOLE).first()
    return WrongPlace(
        number=found.number or 0,
        fact_id=found.fact_id,
        size=found.size,
        facility=facility.name if facility else "",
        facts_hold=found.facts_hold,
    )
