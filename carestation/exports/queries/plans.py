"""How often a facility takes a copy of its data, and whether one is due.

Controls: ISO/IEC 27017 8.13, CLD.8.1.5; white paper 「バックアップ」.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from carestation.accounts.queries.people import read_person
from carestation.exports.choices import Rhythm
from carestation.exports.models import Export, ExportPlan
from carestation.exports.rules import is_due
from carestation.facilities.choices import Todo
from carestation.facilities.models.facilities import Facility
from carestation.facilities.queries.todos import Waiting, waits
from carestation.facilities.rules import Desk
from carestation.vault.sealing import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanShown:
    """A facility's plan, ready to show. `planner`: nobody, where it is the one that all have."""

    rhythm: Rhythm
    is_automatic: bool
    planner: str
    last_fetched_at: datetime | None
    is_due: bool


def plan_at(desk: Desk) -> PlanShown:
    """Return the plan of the desk's facility; where nothing was decided, it is monthly."""
    plan = ExportPlan.objects.filter(facility_id=desk.facility_id).select_related("planner").first()
    last = last_fetched(desk.facility_id)
    return PlanShown(
        rhythm=Rhythm(plan.rhythm) if plan else Rhythm.MONTHLY,
        is_automatic=plan is not None and plan.pass_phrase_sealed is not None,
        planner=read_person(plan.planner, desk.actor).name if plan and plan.planner else "",
        last_fetched_at=last,
        is_due=copy_is_due(desk.facility_id),
    )


def last_fetched(facility_id: UUID) -> datetime | None:
    """Return when a copy of all of a facility's data was last received."""
    whole = Export.objects.of_facility(facility_id).whole().exclude(fetched_at=None)
    return whole.order_by("-fetched_at").values_list("fetched_at", flat=True).first()


def copy_is_due(facility_id: UUID) -> bool:
    """Whether a facility has had no copy in its hands for longer than its period."""
    plan = ExportPlan.objects.filter(facility_id=facility_id).first()
    rhythm = Rhythm(plan.rhythm) if plan else Rhythm.MONTHLY
    since = last_fetched(facility_id) or Facility.objects.get(pk=facility_id).approved_at
    return since is not None and is_due(since, rhythm, timezone.now())


@waits
def copies_waiting(desk: Desk) -> list[Waiting]:
    """Return whether a copy of the facility's data is due."""
    return [Waiting(what=Todo.EXPORT, count=int(copy_is_due(desk.facility_id)))]


def phrase_place(plan_id: UUID) -> Place:
    """Return where the pass phrase is sealed with which copies are made by themselves."""
    return Place("exports_exportplan", "pass_phrase", plan_id)
