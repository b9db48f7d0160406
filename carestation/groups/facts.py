"""What happened in groups."""

from dataclasses import dataclass
from uuid import UUID

from carestation.factlog.facts import Fact
from carestation.groups.choices import Kind, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupOpened(Fact, kind="groups.GroupOpened", of="group_id"):
    """A group was opened."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    group_kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipBegan(Fact, kind="groups.MembershipBegan", of="membership_id"):
    """A person took a place in a group."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    membership_id: UUID
    person_id: UUID
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipEnded(Fact, kind="groups.MembershipEnded", of="membership_id"):
    """A person's place in a group ended."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    membership_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupArchived(Fact, kind="groups.GroupArchived", of="group_id"):
    """A group can be read and no longer written."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersViewed(Fact, kind="groups.MembersViewed", of="group_id"):
    """A member looked at who sits in a group."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
