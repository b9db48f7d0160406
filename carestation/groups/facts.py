"""What happened in groups."""

from dataclasses import dataclass
from uuid import UUID

from carestation.factlog.facts import Fact
from carestation.groups.choices import InvitationEnd, Kind, OfferEnd, Role


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
class RoleChanged(Fact, kind="groups.RoleChanged", of="membership_id"):
    """A member became a manager of a group, or is none any more."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    membership_id: UUID
    person_id: UUID
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupReopened(Fact, kind="groups.GroupReopened", of="group_id"):
    """A group that was closed can be written again."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID


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


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberInvited(Fact, kind="groups.MemberInvited", of="invitation_id"):
    """Someone was invited into a group, by mail or by a code."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    invitation_id: UUID
    role: Role
    by_code: bool
    needs_manager: bool
    needs_patient: bool
    consent_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationApproved(Fact, kind="groups.InvitationApproved", of="invitation_id"):
    """A manager approved of an invitation."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    invitation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationAgreed(Fact, kind="groups.InvitationAgreed", of="invitation_id"):
    """The patient approved of an invitation."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    invitation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationResent(Fact, kind="groups.InvitationResent", of="invitation_id"):
    """An invitation was sent again, and lasts anew."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    invitation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationEnded(Fact, kind="groups.InvitationEnded", of="invitation_id"):
    """An invitation came to nothing."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    invitation_id: UUID
    cause: InvitationEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationAccepted(Fact, kind="groups.InvitationAccepted", of="invitation_id"):
    """Someone agreed to an invitation, and sits in the group."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    invitation_id: UUID
    membership_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionOffered(Fact, kind="groups.ConnectionOffered", of="offer_id"):
    """Someone offered to be connected: with a person, or with whoever has an address."""

    actor_id: UUID
    offer_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionOfferEnded(Fact, kind="groups.ConnectionOfferEnded", of="offer_id"):
    """An offer to be connected was answered, taken back, or had its time."""

    actor_id: UUID
    offer_id: UUID
    outcome: OfferEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionBegan(Fact, kind="groups.ConnectionBegan", of="connection_id"):
    """Two people are connected; `person_id`: who had offered it."""

    actor_id: UUID
    connection_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionEnded(Fact, kind="groups.ConnectionEnded", of="connection_id"):
    """One of two ended their connection; `person_id`: the other."""

    actor_id: UUID
    connection_id: UUID
    person_id: UUID
