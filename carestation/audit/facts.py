"""What happened to the record of acts: who looked at it, and what went when its term was over."""

from dataclasses import dataclass
from datetime import datetime
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
class FactsRemoved(Fact, kind="audit.FactsRemoved", of="part_id"):
    """What a facility's record held from before a time went from the log: its term was over.

    `part_id`: the facility, or the whole log where it was of none; `count`: how many now, `total`:
    how many of this part there are no more.
    """

    part_id: UUID
    facility_id: UUID | None = None
    before: datetime
    count: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActsExtracted(Fact, kind="audit.ActsExtracted", of="actor_id"):
    """An operator took away what operators did, as a file."""

    actor_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ActsViewed(Fact, kind="audit.ActsViewed", of="actor_id"):
    """An operator read what operators did."""

    actor_id: UUID
