"""What happened in search: that someone looked, and what they were shown; never for which words."""

from dataclasses import dataclass
from uuid import UUID

from carestation.factlog.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchMade(Fact, kind="search.SearchMade", of="search_id"):
    """A person looked for something: in one group, or in all of theirs."""

    actor_id: UUID
    group_id: UUID | None = None
    search_id: UUID
    hits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HitsShown(Fact, kind="search.HitsShown", of="search_id"):
    """A person was shown so many posts and files of a group, each with some of its words."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    search_id: UUID
    hits: int
