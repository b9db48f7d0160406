"""What happened to facilities."""

from dataclasses import dataclass
from uuid import UUID

from carestation.facilities.choices import (
    Allowed,
    EndCause,
    Letters,
    Profession,
    Right,
    StaffRole,
    TermsVersion,
)
from carestation.factlog.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityOpened(Fact, kind="facilities.FacilityOpened", of="facility_id"):
    """A facility takes part."""

    actor_id: UUID
    facility_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityApplied(Fact, kind="facilities.FacilityApplied", of="application_id"):
    """Someone asked for a facility to take part; their address is not proven yet."""

    application_id: UUID
    terms_version: TermsVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityApproved(Fact, kind="facilities.FacilityApproved", of="facility_id"):
    """The operator lets a facility that registered itself take part."""

    actor_id: UUID
    facility_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityRefused(Fact, kind="facilities.FacilityRefused", of="facility_id"):
    """The operator does not let a facility that registered itself take part."""

    actor_id: UUID
    facility_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityReadingChanged(Fact, kind="facilities.FacilityReadingChanged", of="facility_id"):
    """The desk said how the facility's name is read."""

    actor_id: UUID
    facility_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityPhoneChanged(Fact, kind="facilities.FacilityPhoneChanged", of="facility_id"):
    """The desk said by which number the facility is called, or that it is not."""

    actor_id: UUID
    facility_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityFrozen(Fact, kind="facilities.FacilityFrozen", of="facility_id"):
    """The operator stopped a facility: no place in it gives anything until it is unfrozen."""

    actor_id: UUID
    facility_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityUnfrozen(Fact, kind="facilities.FacilityUnfrozen", of="facility_id"):
    """The operator lets a frozen facility take part again."""

    actor_id: UUID
    facility_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsAccepted(Fact, kind="facilities.TermsAccepted", of="facility_id"):
    """A version of the terms was accepted for a facility."""

    actor_id: UUID
    facility_id: UUID
    version: TermsVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffBegan(Fact, kind="facilities.StaffBegan", of="staff_id"):
    """A person took up a place in a facility."""

    actor_id: UUID
    facility_id: UUID
    staff_id: UUID
    person_id: UUID | None = None
    role: StaffRole | None = None
    custom_role_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffEnded(Fact, kind="facilities.StaffEnded", of="staff_id"):
    """A person's place in a facility ended."""

    actor_id: UUID
    facility_id: UUID
    staff_id: UUID
    person_id: UUID | None = None
    cause: EndCause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffPaused(Fact, kind="facilities.StaffPaused", of="staff_id"):
    """A person's place in a facility gives nothing until it is resumed."""

    actor_id: UUID
    facility_id: UUID
    staff_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffResumed(Fact, kind="facilities.StaffResumed", of="staff_id"):
    """A paused place stands again."""

    actor_id: UUID
    facility_id: UUID
    staff_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffChanged(Fact, kind="facilities.StaffChanged", of="staff_id"):
    """A person has another profession or role in a facility."""

    actor_id: UUID
    facility_id: UUID
    staff_id: UUID
    person_id: UUID
    profession: Profession
    role: StaffRole
    custom_role_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffReviewed(Fact, kind="facilities.StaffReviewed", of="review_id"):
    """A manager looked through who works in the facility, and signed."""

    actor_id: UUID
    facility_id: UUID
    review_id: UUID
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffInvited(Fact, kind="facilities.StaffInvited", of="invitation_id"):
    """An address was invited to a place in a facility."""

    actor_id: UUID
    facility_id: UUID
    invitation_id: UUID
    profession: Profession
    role: StaffRole
    custom_role_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffInvitationResent(Fact, kind="facilities.StaffInvitationResent", of="invitation_id"):
    """An invitation was sent again, and lasts anew."""

    actor_id: UUID
    facility_id: UUID
    invitation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffInvitationCancelled(
    Fact, kind="facilities.StaffInvitationCancelled", of="invitation_id"
):
    """An invitation was taken back."""

    actor_id: UUID
    facility_id: UUID
    invitation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffInvitationAccepted(Fact, kind="facilities.StaffInvitationAccepted", of="invitation_id"):
    """Someone agreed to an invitation, and has the place."""

    actor_id: UUID
    facility_id: UUID
    invitation_id: UUID
    staff_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChanged(Fact, kind="facilities.PolicyChanged", of="policy_id"):
    """A facility has other rules: its 安全の決まり in a new version."""

    actor_id: UUID
    facility_id: UUID
    policy_id: UUID
    version: int
    second_factor: bool
    idle_minutes: int
    absolute_hours: int
    shortest_password: int
    trusted_devices: bool
    may_invite: Allowed
    may_export: Allowed
    family_invitations: bool
    retention_years: int
    checkpoint_letters: Letters | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChanged(Fact, kind="facilities.RoleChanged", of="role_id"):
    """A facility made a role of its own (version 1), or gave it another name or other rights."""

    actor_id: UUID
    facility_id: UUID
    role_id: UUID
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RightGiven(Fact, kind="facilities.RightGiven", of="role_id"):
    """A role of a facility's own has a right more."""

    actor_id: UUID
    facility_id: UUID
    role_id: UUID
    right: Right


@dataclass(frozen=True, slots=True, kw_only=True)
class RightTaken(Fact, kind="facilities.RightTaken", of="role_id"):
    """A role of a facility's own has a right less."""

    actor_id: UUID
    facility_id: UUID
    role_id: UUID
    right: Right


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleEnded(Fact, kind="facilities.RoleEnded", of="role_id"):
    """A role of a facility's own is no more; who had it is a member."""

    actor_id: UUID
    facility_id: UUID
    role_id: UUID
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageLimitChanged(Fact, kind="facilities.StorageLimitChanged", of="facility_id"):
    """The operator lets the files of a facility take so much; 0: as much as there is."""

    actor_id: UUID
    facility_id: UUID
    limit_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageRanShort(Fact, kind="facilities.StorageRanShort", of="facility_id"):
    """The files of a facility take most of what they may; told anew after they took less."""

    facility_id: UUID
