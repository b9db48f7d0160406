"""What happened to patients."""

from dataclasses import dataclass
from uuid import UUID

from carestation.factlog.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRegistered(Fact, kind="patients.PatientRegistered", of="patient_id"):
    """A patient's group was opened."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    patient_id: UUID


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
class PatientsListed(Fact, kind="patients.PatientsListed", of="actor_id"):
    """A person looked at the list of the patients whose groups they sit in."""

    actor_id: UUID
