"""A facility's plan: copies that are made by themselves, and reminders when none was fetched.

Controls: ISO/IEC 27017 8.13, CLD.8.1.5; white paper 「バックアップ」.
"""

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.exports.choices import Extent, Rhythm
from carestation.exports.commands.exports import Wish, ask_export
from carestation.exports.facts import ExportDue, ExportPlanEnded, ExportPlanned
from carestation.exports.models import Export, ExportPlan
from carestation.exports.queries.plans import copy_is_due, phrase_place
from carestation.exports.rules import PERIOD, REMINDED_EVERY, is_strong
from carestation.facilities.choices import Right
from carestation.facilities.commands.scopes import bundle_of_facility
from carestation.facilities.commands.staff import lock_desk
from carestation.facilities.models.facilities import Facility
from carestation.facilities.queries.desks import take_desk
from carestation.facilities.rules import Desk
from carestation.factlog.commands import announce
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, DomainError, NotVisible, Refused
from carestation.kernel.ids import uuid7
from carestation.vault.scopes import open_scope

BY_ITSELF: Final = "定期の控え"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlan:
    """How often; an empty pass phrase: nothing is made by itself."""

    rhythm: Rhythm
    pass_phrase: str = field(repr=False)


@transaction.atomic
def plan_exports(desk: Desk, new: NewPlan) -> None:
    """Decide how often the facility's data are written out, and whether by themselves.

    Raises:
        Refused: the actor may not, or may no more.
        DomainError: the pass phrase is too weak (`weak_phrase`).
    """
    lock_desk(desk, Right.EXPORT)
    if new.pass_phrase and not is_strong(new.pass_phrase):
        raise DomainError("weak_phrase")
    plan = ExportPlan.objects.get_or_create(facility_id=desk.facility_id)[0]
    bundle, place = bundle_of_facility(desk.facility_id, desk.actor), phrase_place(plan.pk)
    plan.pass_phrase_sealed = bundle.seal(new.pass_phrase, place) if new.pass_phrase else None
    plan.rhythm, plan.planner_id, plan.planned_at = new.rhythm, desk.actor.user_id, timezone.now()
    plan.save()
    is_automatic = bool(new.pass_phrase)
    announce(ExportPlanned(**desk.marks(), rhythm=new.rhythm, is_automatic=is_automatic))


def follow_plans() -> None:
    """Ask for the copies whose time has come, and remind the facilities that have none."""
    for plan in ExportPlan.objects.exclude(pass_phrase_sealed=None).order_by("pk"):
        _follow(plan)
    taking_part = Facility.objects.filter(approved_at__isnull=False, frozen_at=None)
    for facility_id in taking_part.order_by("pk").values_list("pk", flat=True).iterator(500):
        if copy_is_due(facility_id):
            _remind(facility_id)


def _follow(plan: ExportPlan) -> None:
    since = timezone.now() - PERIOD[Rhythm(plan.rhythm)]
    made = Export.objects.of_facility(plan.facility_id).whole().filter(failed_at=None)
    if plan.planner_id is None or made.filter(asked_at__gt=since).exists():
        return
    actor = Actor(user_id=plan.planner_id, request_id=uuid7())
    try:
        desk = take_desk(actor, plan.facility_id, Right.EXPORT)
        bundle = open_scope(plan.facility_id, actor)
        phrase = bundle.unseal(plan.pass_phrase_sealed or b"", phrase_place(plan.pk))
        wish = Wish(extent=Extent.FACILITY, reason=BY_ITSELF, pass_phrase=phrase)
        ask_export(desk, wish)
    except (NotVisible, Refused) as error:
        if error.reason != "frozen":
            _end(plan.facility_id)
    except Conflict:
        # One that they asked for is being made: at the next round it counts.
        return


@transaction.atomic
def _end(facility_id: UUID) -> None:
    held = ExportPlan.objects.filter(facility_id=facility_id).exclude(pass_phrase_sealed=None)
    if held.update(pass_phrase_sealed=None):
        announce(ExportPlanEnded(facility_id=facility_id, request_id=uuid7()))


@transaction.atomic
def _remind(facility_id: UUID) -> None:
    Facility.objects.select_for_update(no_key=True).get(pk=facility_id)
    plan, now = ExportPlan.objects.get_or_create(facility_id=facility_id)[0], timezone.now()
    if plan.reminded_at is None or now - plan.reminded_at >= REMINDED_EVERY:
        plan.reminded_at = now
        plan.save(update_fields=["reminded_at"])
        announce(ExportDue(facility_id=facility_id, request_id=uuid7()))
