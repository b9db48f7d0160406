"""What happened to the record of acts: who looked at it, and who took it away."""

from dataclasses import dataclass
from uuid import UUID

from carestation.factlog.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordViewed(Fact, kind="audit.RecordViewed", of="facility_id"):
    """Someone read the record of a facility's acts; `person_id`, `about_id`: of whom, of what."""

    actor_id: UUID
    facility_id: UUID
    person_id: UUID | None = None
    about_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadersViewed(Fact, kind="audit.ReadersViewed", of="group_id"):
    """Someone at the managing facility's desk asked who has seen a patient."""

    actor_id: UUID
    facility_id: UUID
    group_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ActsViewed(Fact, kind="audit.ActsViewed", of="actor_id"):
    """An operator read what operators did."""

    actor_id: UUID
