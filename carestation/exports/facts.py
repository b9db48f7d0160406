"""What happened to exports."""

from dataclasses import dataclass
from uuid import UUID

from carestation.exports.choices import Extent, Removal, Rhythm
from carestation.factlog.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportAsked(Fact, kind="exports.ExportAsked", of="export_id"):
    """Someone asked for an export at their desk."""

    actor_id: UUID
    facility_id: UUID
    export_id: UUID
    extent: Extent


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportMade(Fact, kind="exports.ExportMade", of="export_id"):
    """An export lies ready for who asked for it."""

    actor_id: UUID
    facility_id: UUID
    export_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupExported(Fact, kind="exports.GroupExported", of="export_id"):
    """What stands in a group went into an export."""

    actor_id: UUID
    facility_id: UUID
    group_id: UUID
    export_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFailed(Fact, kind="exports.ExportFailed", of="export_id"):
    """An export could not be made, or the right to it ended before it was."""

    actor_id: UUID
    facility_id: UUID
    export_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFetched(Fact, kind="exports.ExportFetched", of="export_id"):
    """Who asked for an export began to receive it."""

    actor_id: UUID
    facility_id: UUID
    export_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportsListed(Fact, kind="exports.ExportsListed", of="facility_id"):
    """Someone read at the desk who wrote out what, and why."""

    actor_id: UUID
    facility_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPlanned(Fact, kind="exports.ExportPlanned", of="facility_id"):
    """Someone decided how often the facility's data are written out, and whether by themselves."""

    actor_id: UUID
    facility_id: UUID
    rhythm: Rhythm
    is_automatic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPlanEnded(Fact, kind="exports.ExportPlanEnded", of="facility_id"):
    """Nothing is written out by itself any more: who had decided it may not now."""

    facility_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportDue(Fact, kind="exports.ExportDue", of="facility_id"):
    """A facility has had no copy of its data in its hands for longer than its period."""

    facility_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportTakenIn(Fact, kind="exports.ExportTakenIn", of="facility_id"):
    """An empty installation was filled with a facility's export, and compared."""

    facility_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRemoved(Fact, kind="exports.ExportRemoved", of="export_id"):
    """An export is kept here no longer; by nobody where its time was over."""

    actor_id: UUID | None = None
    facility_id: UUID
    export_id: UUID
    removal: Removal
