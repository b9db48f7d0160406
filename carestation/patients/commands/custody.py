"""Which facility manages a patient's group changes, when both have agreed.

The present one proposes it to one whose people sit there; someone at its desk agrees, or not. All
that hangs on the facility changes in one transaction: the group, the patient, the likeness under
the facility's own key, and whose key the group's keys lie under.
Locked in this order: facilities by id, the patient, the group's timelines.

Controls: ISO/IEC 27017 5.18, 8.3, 8.24; white paper 「利用者アクセスの管理」, 「暗号化」.
"""

from typing import Final, TypedDict
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.facilities.choices import FacilityState, Right
from carestation.facilities.commands.scopes import bundle_of_facility
from carestation.facilities.commands.staff import lock_desk
from carestation.facilities.models.facilities import Facility
from carestation.facilities.rules import Desk
from carestation.factlog.commands import announce
from carestation.groups.commands.custody import take_over_group
from carestation.groups.models.memberships import Membership
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, NotVisible, require
from carestation.kernel.ids import uuid7
from carestation.patients.choices import CustodyEnd
from carestation.patients.facts import (
    CustodyProposed,
    CustodyRetained,
    CustodyTransferred,
    CustodyViewed,
)
from carestation.patients.models import CustodyTransfer, CustodyTransferQuerySet, Patient
from carestation.patients.queries.alike import likeness_of
from carestation.patients.queries.custody import find_transfer, takers_of
from carestation.patients.queries.face_sheets import read_face_sheet
from carestation.patients.rules import CUSTODY_WAITS
from carestation.vault.models import OPERATOR

MOST_AT_ONCE: Final = 200


class CustodyMarks(TypedDict):
    """Who, for which facility, in which request, about which proposal."""

    actor_id: UUID
    facility_id: UUID
    request_id: UUID
    group_id: UUID
    patient_id: UUID
    transfer_id: UUID
    giver_id: UUID
    taker_id: UUID


@transaction.atomic
@acting_as(Work.CUSTODY)
def propose_custody(desk: Desk, group_id: UUID, taker_id: UUID) -> CustodyTransfer:
    """Propose that another facility manages a patient's group from now on.

    Raises:
        Refused: the actor may not.
        NotVisible: the desk's facility manages no such group.
        Conflict: it is proposed already (reason `proposed_already`); or nobody of the other
            facility sits there for good and can act (`nobody_there`).
    """
    lock_desk(desk, Right.TRANSFER_CUSTODY)
    own = Patient.objects.select_for_update().filter(managing_facility_id=desk.facility_id)
    patient = own.filter(group_id=group_id).first()
    if patient is None:
        raise NotVisible
    before, now = CustodyTransfer.objects.waiting().of_patient(patient.pk), timezone.now()
    for old in before.expired(now).select_for_update():
        _retain(desk.actor, old, CustodyEnd.EXPIRED)
    if before.exists():
        raise Conflict("proposed_already")
    if taker_id not in {one.id for one in takers_of(desk, group_id)}:
        raise Conflict("nobody_there")
    transfer = CustodyTransfer.objects.create(
        patient=patient,
        giver_id=desk.facility_id,
        taker_id=taker_id,
        proposer_id=desk.actor.user_id,
        proposed_at=now,
        expires_at=now + CUSTODY_WAITS,
    )
    _announce(CustodyProposed, desk.actor, transfer)
    return transfer


@transaction.atomic
@acting_as(Work.CUSTODY)
def accept_custody(
    desk: Desk, transfer_id: UUID, *, manager_id: UUID | None = None
) -> list[Membership]:
    """Agree, for the desk's facility, to manage a patient's group; return whose seats changed.

    `manager_id`: the membership that is to manage it, where nobody of the facility does.

    Raises:
        Refused: the actor may not.
        NotVisible: nothing of that kind was proposed to the facility.
        Conflict: it was decided, withdrawn, or is past its term (reason `custody_over`); one of the
            facilities takes no part now (`stopped`); or nobody of the facility sits there for
            good and can act (`nobody_there`).
        DomainError: nobody of the facility would manage the group (reason `manager_missing`).
    """
    transfer = _locked(desk, CustodyTransfer.objects.to_facility(desk.facility_id), transfer_id)
    for one in Facility.objects.filter(pk__in=(transfer.giver_id, transfer.taker_id)):
        if one.state is not FacilityState.APPROVED:
            raise Conflict("stopped")
    patient = transfer.patient
    changed = take_over_group(desk, patient.group_id, manager_id)
    sealed = bytes(patient.face_sheet_sealed)
    sheet = read_face_sheet(None, patient.group_id, patient.pk, sealed)
    patient.managing_facility_id = desk.facility_id
    patient.likeness = likeness_of(bundle_of_facility(desk.facility_id, desk.actor), sheet)
    patient.save(update_fields=["managing_facility", "likeness"])
    _end(transfer, CustodyEnd.ACCEPTED, desk.actor.user_id)
    _announce(CustodyTransferred, desk.actor, transfer)
    return changed


@transaction.atomic
@acting_as(Work.CUSTODY)
def decline_custody(desk: Desk, transfer_id: UUID) -> None:
    """Say no, for the desk's facility: the present one keeps the group.

    Raises:
        Refused: the actor may not.
        NotVisible: nothing of that kind was proposed to the facility.
        Conflict: it was decided, withdrawn, or is past its term (reason `custody_over`).
    """
    transfer = _locked(desk, CustodyTransfer.objects.to_facility(desk.facility_id), transfer_id)
    _retain(desk.actor, transfer, CustodyEnd.DECLINED, desk.actor.user_id)


@transaction.atomic
@acting_as(Work.CUSTODY)
def withdraw_custody(desk: Desk, transfer_id: UUID) -> None:
    """Take back what the desk's facility proposed, whoever of it did.

    Raises:
        Refused: the actor may not.
        NotVisible: the facility proposed nothing of that kind.
        Conflict: it was decided, withdrawn, or is past its term (reason `custody_over`).
    """
    transfer = _locked(desk, CustodyTransfer.objects.from_facility(desk.facility_id), transfer_id)
    _retain(desk.actor, transfer, CustodyEnd.WITHDRAWN)


@transaction.atomic
@acting_as(Work.CUSTODY)
def end_expired_transfers() -> int:
    """Put down what has expired, and return how much."""
    clock = Actor(user_id=OPERATOR, request_id=uuid7())
    expired = CustodyTransfer.objects.expired(timezone.now()).select_related("patient")
    unlocked = expired.select_for_update(of=("self",), skip_locked=True)
    found = list(unlocked.order_by("id")[:MOST_AT_ONCE])
    for transfer in found:
        _retain(clock, transfer, CustodyEnd.EXPIRED)
    return len(found)


def note_custody_viewed(desk: Desk, group_id: UUID | None = None) -> None:
    """Put down that someone looked at what the facility manages and is asked to, or at one of it.

    Of patients in whose groups they sit, they read the names there.
    """
    announce(CustodyViewed(**desk.marks(), group_id=group_id))


def _locked(desk: Desk, own: CustodyTransferQuerySet, transfer_id: UUID) -> CustodyTransfer:
    """Lock what one is about, and read it and the right again under the lock."""
    require(allowed=Right.TRANSFER_CUSTODY in desk.rights)
    found = find_transfer(own, transfer_id)
    both = Facility.objects.filter(pk__in=(found.giver_id, found.taker_id)).order_by("pk")
    list(both.select_for_update(no_key=True))
    lock_desk(desk, Right.TRANSFER_CUSTODY)
    patient = Patient.objects.select_for_update().get(pk=found.patient_id)
    transfer = own.open(timezone.now()).filter(pk=transfer_id).first()
    if transfer is None:
        raise Conflict("custody_over")
    transfer.patient = patient
    return transfer


def _retain(
    actor: Actor, transfer: CustodyTransfer, outcome: CustodyEnd, decider_id: UUID | None = None
) -> None:
    _end(transfer, outcome, decider_id)
    for facility_id in (transfer.giver_id, transfer.taker_id):
        announce(CustodyRetained(**_marks(actor, transfer, facility_id), outcome=outcome))


def _end(transfer: CustodyTransfer, outcome: CustodyEnd, decider_id: UUID | None) -> None:
    transfer.ended_at, transfer.outcome = timezone.now(), outcome
    transfer.decider_id = decider_id
    transfer.save(update_fields=["ended_at", "outcome", "decider"])


def _announce(
    kind: type[CustodyProposed | CustodyTransferred], actor: Actor, transfer: CustodyTransfer
) -> None:
    for facility_id in (transfer.giver_id, transfer.taker_id):
        announce(kind(**_marks(actor, transfer, facility_id)))


def _marks(actor: Actor, transfer: CustodyTransfer, facility_id: UUID) -> CustodyMarks:
    return CustodyMarks(
        actor_id=actor.user_id,
        facility_id=facility_id,
        request_id=actor.request_id,
        group_id=transfer.patient.group_id,
        patient_id=transfer.patient_id,
        transfer_id=transfer.pk,
        giver_id=transfer.giver_id,
        taker_id=transfer.taker_id,
    )
