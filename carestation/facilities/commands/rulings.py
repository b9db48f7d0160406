"""What the operator decides about facilities: to let them take part or not, to stop them, to go on.

Nothing of a frozen facility is deleted or ended: its places give nothing meanwhile, and stand
again as they were.

Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.accounts.choices import EndReason
from carestation.accounts.commands.sessions import end_sessions_of
from carestation.accounts.rules import Console
from carestation.facilities.choices import Ruling
from carestation.facilities.commands.bindings import bind_by_rules
from carestation.facilities.facts import (
    FacilityApproved,
    FacilityFrozen,
    FacilityRefused,
    FacilityUnfrozen,
)
from carestation.facilities.models.facilities import Facility, FacilityRuling
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.rulings import reason_place
from carestation.facilities.rules import may_rule
from carestation.factlog.commands import announce
from carestation.kernel.errors import Conflict, NotVisible
from carestation.kernel.ids import uuid7
from carestation.vault.scopes import operator_bundle


@transaction.atomic
def approve_facility(console: Console, facility_id: UUID, reason: str = "") -> None:
    """Let a facility that registered itself take part; one that was refused, too.

    Raises:
        NotVisible: no such facility.
        Conflict: it takes part already (reason `ruled`).
    """
    facility = _ruled(console, facility_id, Ruling.APPROVE, reason)
    facility.approved_at, facility.refused_at = timezone.now(), None
    facility.save(update_fields=["approved_at", "refused_at"])
    announce(FacilityApproved(**console.marks(), facility_id=facility_id))


@transaction.atomic
def refuse_facility(console: Console, facility_id: UUID, reason: str) -> None:
    """Do not let a facility that registered itself take part.

    Raises:
        NotVisible: no such facility.
        Conflict: it does not wait (reason `ruled`).
    """
    facility = _ruled(console, facility_id, Ruling.REFUSE, reason)
    facility.refused_at = timezone.now()
    facility.save(update_fields=["refused_at"])
    announce(FacilityRefused(**console.marks(), facility_id=facility_id))


@transaction.atomic
def freeze_facility(console: Console, facility_id: UUID, reason: str) -> None:
    """Stop a facility; whoever has a standing place nowhere else is signed out everywhere.

    Its seats stand no more from then on; `groups.commands.freezing` tells open pages, too.

    Raises:
        NotVisible: no such facility.
        Conflict: it does not take part, or is frozen already (reason `ruled`).
    """
    facility = _ruled(console, facility_id, Ruling.FREEZE, reason)
    facility.frozen_at = timezone.now()
    facility.save(update_fields=["frozen_at"])
    for user_id in _people_of(facility_id):
        if not Staff.objects.standing().of_person(user_id).exists():
            end_sessions_of(console.actor, user_id, EndReason.FACILITY_FROZEN)
    announce(FacilityFrozen(**console.marks(), facility_id=facility_id))


@transaction.atomic
def unfreeze_facility(console: Console, facility_id: UUID, reason: str) -> None:
    """Let a frozen facility take part again, with the places that it had; its rules bind again.

    Raises:
        NotVisible: no such facility.
        Conflict: it is not frozen (reason `ruled`).
    """
    facility = _ruled(console, facility_id, Ruling.UNFREEZE, reason)
    facility.frozen_at = None
    facility.save(update_fields=["frozen_at"])
    for user_id in _people_of(facility_id):
        bind_by_rules(console.actor, user_id)
    announce(FacilityUnfrozen(**console.marks(), facility_id=facility_id))


def _ruled(console: Console, facility_id: UUID, ruling: Ruling, reason: str) -> Facility:
    # The facility is locked: of two operators the later one finds how it stands now.
    locked = Facility.objects.select_for_update(no_key=True)
    facility = locked.filter(pk=facility_id).first()
    if facility is None:
        raise NotVisible
    if not may_rule(facility.state, ruling):
        raise Conflict("ruled")
    ruling_id = uuid7()
    FacilityRuling.objects.create(
        id=ruling_id,
        facility=facility,
        operator_id=console.actor.user_id,
        ruling=ruling,
        reason_sealed=operator_bundle().seal(reason, reason_place(ruling_id)),
        ruled_at=timezone.now(),
    )
    return facility


def _people_of(facility_id: UUID) -> list[UUID]:
    kept = Staff.objects.kept().of_facility(facility_id).order_by("user_id")
    return list(kept.values_list("user_id", flat=True))
