"""What happened to people's accounts."""

from dataclasses import dataclass
from uuid import UUID

from carestation.factlog.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRegistered(Fact, kind="accounts.PersonRegistered", of="person_id"):
    """A person has an account."""

    actor_id: UUID | None = None
    person_id: UUID
