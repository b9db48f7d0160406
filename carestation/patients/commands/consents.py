"""What a patient agreed to is put down, and that it was withdrawn.

Controls: ISO/IEC 27017 8.3, 8.24; white paper 「利用者アクセスの管理」, 「暗号化」.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.factlog.commands import announce
from carestation.groups.choices import InvitationEnd, Relation, Role
from carestation.groups.commands.invitations import end_all_invitations, lock_room
from carestation.groups.rules import Seat
from carestation.kernel.errors import Conflict, DomainError, NotVisible, require
from carestation.kernel.ids import uuid7
from carestation.patients.choices import ConsentForm, ConsentScope
from carestation.patients.facts import ConsentRecorded, ConsentsViewed, ConsentWithdrawn
from carestation.patients.models import Consent, Patient
from carestation.patients.queries.consents import ConsentWords, withdrawal_place, words_place
from carestation.patients.rules import covers, may_record_consent
from carestation.ui.times import local_date
from carestation.vault.scopes import open_scope


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConsent:
    """What is put down of a consent that was given."""

    scope: ConsentScope
    form: ConsentForm
    given_by: Relation
    given_on: date
    words: ConsentWords


@transaction.atomic
def record_consent(seat: Seat, new: NewConsent) -> Consent:
    """Put down what a patient agreed to; it takes the place of what stood before.

    Where it covers the family no more, those of them who are invited are so no more.

    Raises:
        NotVisible: the group has no patient.
        Refused: the family, or an archived group; or the seat is gone meanwhile.
        DomainError: it would have been given in days to come (reason `not_yet`).
    """
    require(allowed=may_record_consent(seat))
    if new.given_on > local_date(timezone.now()):
        raise DomainError("not_yet")
    patient, consent_id = lock_patient(seat), uuid7()
    bundle = open_scope(seat.group_id, seat.actor)
    consent = Consent.objects.create(
        id=consent_id,
        patient=patient,
        scope=new.scope,
        form=new.form,
        given_by=new.given_by,
        given_on=new.given_on,
        words_sealed=bundle.seal(new.words.to_json(), words_place(consent_id)),
        recorder_id=seat.actor.user_id,
        recorded_at=timezone.now(),
    )
    announce(
        ConsentRecorded(
            **seat.marks(),
            patient_id=patient.pk,
            consent_id=consent_id,
            scope=new.scope,
            form=new.form,
            given_by=new.given_by,
        )
    )
    uncovered = [role for role in Role if not covers(new.scope, role)]
    end_all_invitations(seat, InvitationEnd.CONSENT_GONE, roles=uncovered)
    return consent


@transaction.atomic
def withdraw_consent(seat: Seat, consent_id: UUID, *, withdrawn_on: date, note: str) -> Consent:
    """Put down that the consent which stands was withdrawn; nobody is invited any more.

    Raises:
        NotVisible: the group has no patient.
        Refused: the family, or an archived group; or the seat is gone meanwhile.
        Conflict: another stands by now, or none (reason `consent_changed`).
        DomainError: it would be withdrawn before it was given, or in days to come (`not_then`).
    """
    require(allowed=may_record_consent(seat))
    patient = lock_patient(seat)
    consent = standing_consent(patient)
    if consent is None or consent.pk != consent_id:
        raise Conflict("consent_changed")
    if not consent.given_on <= withdrawn_on <= local_date(timezone.now()):
        raise DomainError("not_then")
    bundle = open_scope(seat.group_id, seat.actor)
    consent.withdrawn_on = withdrawn_on
    consent.withdrawal_sealed = bundle.seal(note, withdrawal_place(consent_id))
    consent.withdrawal_recorder_id = seat.actor.user_id
    consent.withdrawal_recorded_at = timezone.now()
    consent.save()
    announce(ConsentWithdrawn(**seat.marks(), patient_id=patient.pk, consent_id=consent_id))
    end_all_invitations(seat, InvitationEnd.CONSENT_GONE)
    return consent


def note_consents_viewed(seat: Seat) -> None:
    """Put down that a member looked at what a patient agreed to."""
    announce(ConsentsViewed(**seat.marks()))


def lock_patient(seat: Seat) -> Patient:
    """Lock the patient of the seat's group, then the group; read the right to sit there again.

    What the patient agreed to holds still meanwhile.

    Raises:
        NotVisible: the group has no patient.
        Refused: the seat is gone, or the group was archived meanwhile.
    """
    patient = Patient.objects.select_for_update().filter(group_id=seat.group_id).first()
    if patient is None:
        raise NotVisible
    lock_room(seat)
    return patient


def standing_consent(patient: Patient) -> Consent | None:
    """Return the consent that stands, if one does; the patient is locked."""
    newest = Consent.objects.of_patient(patient.pk).first()
    return newest if newest and newest.stands else None
