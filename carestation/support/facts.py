"""What happened to what watches, and to how much runs."""

from dataclasses import dataclass
from uuid import UUID

from carestation.factlog.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityChanged(Fact, kind="support.CapacityChanged", of="capacity_id"):
    """So many processes shall run on each machine from now on: the row says how many."""

    actor_id: UUID
    capacity_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeBegan(Fact, kind="support.ProbeBegan", of="person_id"):
    """A program user signs in, posts and reads back from now on, as a check from outside."""

    actor_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeEnded(Fact, kind="support.ProbeEnded", of="person_id"):
    """The check from outside is made no more."""

    actor_id: UUID
    person_id: UUID
