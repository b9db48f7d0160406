"""What happened to what watches, to how much runs, and what was told of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from carestation.factlog.facts import Fact
from carestation.support.choices import Command


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandTyped(Fact, kind="support.CommandTyped", of="typed_id"):
    """A command was typed at the machine and is about to act; the row says who says to type.

    `typed_at`: when, where it acted while nothing ran, and this was written at the next start.
    """

    actor_id: UUID
    typed_id: UUID
    command: Command
    typed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorsReviewed(Fact, kind="support.OperatorsReviewed", of="review_id"):
    """An operator signed that the list of so many operators is right."""

    actor_id: UUID
    review_id: UUID
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageOpened(Fact, kind="support.OutageOpened", of="outage_id"):
    """The operator told everyone that something does not work."""

    actor_id: UUID
    outage_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageChanged(Fact, kind="support.OutageChanged", of="outage_id"):
    """The operator put the title or the times of an outage right, or told more of it."""

    actor_id: UUID
    outage_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageEnded(Fact, kind="support.OutageEnded", of="outage_id"):
    """The operator told everyone that it works again."""

    actor_id: UUID
    outage_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockDoubted(Fact, kind="support.ClockDoubted", of="doubt_id"):
    """No machine vouches any more for the time that the database writes into the log."""

    doubt_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTrusted(Fact, kind="support.ClockTrusted", of="doubt_id"):
    """A machine whose clock is kept and right says again that the database's is as well."""

    doubt_id: UUID
