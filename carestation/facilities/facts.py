"""What happened to facilities."""

from dataclasses import dataclass
from uuid import UUID

from carestation.factlog.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityOpened(Fact, kind="facilities.FacilityOpened", of="facility_id"):
    """A facility takes part."""

    actor_id: UUID
    facility_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffBegan(Fact, kind="facilities.StaffBegan", of="staff_id"):
    """A person took up a place in a facility."""

    actor_id: UUID
    facility_id: UUID
    staff_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffEnded(Fact, kind="facilities.StaffEnded", of="staff_id"):
    """A person's place in a facility ended."""

    actor_id: UUID
    facility_id: UUID
    staff_id: UUID
