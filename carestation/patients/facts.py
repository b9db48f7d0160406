"""What happened to patients."""

from dataclasses import dataclass
from uuid import UUID

from carestation.factlog.facts import Fact
from carestation.groups.choices import Relation
from carestation.patients.choices import ConsentForm, ConsentScope, CustodyEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRegistered(Fact, kind="patients.PatientRegistered", of="patient_id"):
    """A patient's group was opened."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    patient_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeShown(Fact, kind="patients.AlikeShown", of="group_id"):
    """Who registers a patient was shown that the patient of this group could be the same."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceSheetChanged(Fact, kind="patients.FaceSheetChanged", of="patient_id"):
    """A member put a patient's face sheet right."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    patient_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceSheetViewed(Fact, kind="patients.FaceSheetViewed", of="group_id"):
    """A member looked at a patient's face sheet."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LikenessFilled(Fact, kind="patients.LikenessFilled", of="patient_id"):
    """What tells a patient alike was filled in from their face sheet, which is older than it."""

    actor_id: UUID
    facility_id: UUID
    group_id: UUID
    patient_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientsListed(Fact, kind="patients.PatientsListed", of="actor_id"):
    """A person looked at the list of the patients whose groups they sit in."""

    actor_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecorded(Fact, kind="patients.ConsentRecorded", of="consent_id"):
    """A member put down that the patient, or who speaks for them, agreed to share."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    patient_id: UUID
    consent_id: UUID
    scope: ConsentScope
    form: ConsentForm
    given_by: Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn(Fact, kind="patients.ConsentWithdrawn", of="consent_id"):
    """A member put down that a consent was withdrawn."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    patient_id: UUID
    consent_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentsViewed(Fact, kind="patients.ConsentsViewed", of="group_id"):
    """A member looked at what a patient agreed to."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencySought(Fact, kind="patients.EmergencySought", of="attempt_id"):
    """A professional looked for a patient of their facility in an emergency, by reading and day."""

    actor_id: UUID
    facility_id: UUID
    attempt_id: UUID
    was_found: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyBegan(Fact, kind="patients.EmergencyBegan", of="access_id"):
    """A professional took a seat in an emergency; it ends by itself."""

    actor_id: UUID
    facility_id: UUID
    group_id: UUID
    access_id: UUID
    membership_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyReviewed(Fact, kind="patients.EmergencyReviewed", of="access_id"):
    """A manager looked into a seat that was taken in an emergency; `ended`: and ended it."""

    actor_id: UUID
    facility_id: UUID
    group_id: UUID
    access_id: UUID
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergenciesListed(Fact, kind="patients.EmergenciesListed", of="facility_id"):
    """A manager read why people of the facility took seats in an emergency."""

    actor_id: UUID
    facility_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyProposed(Fact, kind="patients.CustodyProposed", of="transfer_id"):
    """It was proposed that another facility manages a patient's group.

    Of this and the next two, both facilities have one each: `facility_id` is whose it is.
    """

    actor_id: UUID
    facility_id: UUID
    group_id: UUID
    patient_id: UUID
    transfer_id: UUID
    giver_id: UUID
    taker_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyTransferred(Fact, kind="patients.CustodyTransferred", of="transfer_id"):
    """A patient's group is managed by another facility from now on, and lies under its keys."""

    actor_id: UUID
    facility_id: UUID
    group_id: UUID
    patient_id: UUID
    transfer_id: UUID
    giver_id: UUID
    taker_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyRetained(Fact, kind="patients.CustodyRetained", of="transfer_id"):
    """A proposal came to nothing: declined, withdrawn, or past its term."""

    actor_id: UUID
    facility_id: UUID
    group_id: UUID
    patient_id: UUID
    transfer_id: UUID
    giver_id: UUID
    taker_id: UUID
    outcome: CustodyEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyViewed(Fact, kind="patients.CustodyViewed", of="facility_id"):
    """Who sits at a desk looked at what the facility manages and is asked to; or at one group."""

    actor_id: UUID
    facility_id: UUID
    group_id: UUID | None = None
