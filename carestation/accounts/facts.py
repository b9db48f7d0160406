"""What happened to people's accounts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from carestation.accounts.choices import (
    EndReason,
    Proof,
    RefusalReason,
    RegistrationPurpose,
    SessionKind,
)
from carestation.factlog.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRegistered(Fact, kind="accounts.PersonRegistered", of="person_id"):
    """A person has an account."""

    actor_id: UUID | None = None
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonEnded(Fact, kind="accounts.PersonEnded", of="person_id"):
    """A person's account ended."""

    actor_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorBegan(Fact, kind="accounts.OperatorBegan", of="person_id"):
    """A person took up a place with the provider."""

    actor_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorEnded(Fact, kind="accounts.OperatorEnded", of="person_id"):
    """A person's place with the provider ended."""

    actor_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordAccepted(Fact, kind="accounts.PasswordAccepted", of="session_id"):
    """The password was right; the second step is due."""

    actor_id: UUID
    session_id: UUID
    session_kind: SessionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn(Fact, kind="accounts.SignedIn", of="session_id"):
    """A session can be used."""

    actor_id: UUID
    session_id: UUID
    session_kind: SessionKind
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRefused(Fact, kind="accounts.SignInRefused", of="attempt_id"):
    """Someone was refused; `person_id` where the account is known."""

    attempt_id: UUID
    person_id: UUID | None = None
    reason: RefusalReason


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReopened(Fact, kind="accounts.SessionReopened", of="session_id"):
    """The holder of a session showed again who they are."""

    actor_id: UUID
    session_id: UUID
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut(Fact, kind="accounts.SignedOut", of="session_id"):
    """A session was ended by its holder, from itself."""

    actor_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded(Fact, kind="accounts.SessionEnded", of="session_id"):
    """A session was ended from elsewhere."""

    actor_id: UUID
    session_id: UUID
    person_id: UUID
    reason: EndReason


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRemembered(Fact, kind="accounts.DeviceRemembered", of="session_id"):
    """A device need not show the second factor for a time."""

    actor_id: UUID
    session_id: UUID
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRecognised(Fact, kind="accounts.DeviceRecognised", of="session_id"):
    """A remembered device let its person in without the second factor."""

    actor_id: UUID
    session_id: UUID
    former_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicesForgotten(Fact, kind="accounts.DevicesForgotten", of="person_id"):
    """Devices of a person show the second factor again."""

    actor_id: UUID
    person_id: UUID
    devices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorEnrolled(Fact, kind="accounts.SecondFactorEnrolled", of="person_id"):
    """A person has an authenticator app or a passkey more."""

    actor_id: UUID
    person_id: UUID
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorRemoved(Fact, kind="accounts.SecondFactorRemoved", of="person_id"):
    """A person has an authenticator app or a passkey less."""

    actor_id: UUID
    person_id: UUID
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodesMade(Fact, kind="accounts.RecoveryCodesMade", of="person_id"):
    """A person has new recovery codes; the earlier ones are void."""

    actor_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodeUsed(Fact, kind="accounts.RecoveryCodeUsed", of="person_id"):
    """A recovery code was spent."""

    actor_id: UUID
    person_id: UUID
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(Fact, kind="accounts.PasswordChanged", of="person_id"):
    """A person has a new password."""

    actor_id: UUID
    person_id: UUID
    by_link: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordResetAsked(Fact, kind="accounts.PasswordResetAsked", of="attempt_id"):
    """Someone asked for a link; whether the address is known is not said here."""

    attempt_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordResetSent(Fact, kind="accounts.PasswordResetSent", of="reset_id"):
    """A person was sent a link to set a new password."""

    reset_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationBegan(Fact, kind="accounts.RegistrationBegan", of="registration_id"):
    """Someone asked for a registration, for themselves (no actor) or by inviting another."""

    actor_id: UUID | None = None
    registration_id: UUID
    purpose: RegistrationPurpose


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationSent(Fact, kind="accounts.RegistrationSent", of="registration_id"):
    """The mail with the link of a registration was made."""

    registration_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationEnded(Fact, kind="accounts.RegistrationEnded", of="registration_id"):
    """A registration was cancelled before it was used."""

    actor_id: UUID
    registration_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationCompleted(Fact, kind="accounts.RegistrationCompleted", of="registration_id"):
    """A registration was completed by a person, new or known."""

    actor_id: UUID
    registration_id: UUID
    purpose: RegistrationPurpose
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonBound(Fact, kind="accounts.PersonBound", of="person_id"):
    """The rules of their facilities ask something else of a person."""

    actor_id: UUID
    person_id: UUID
    second_factor: bool
    idle_minutes: int
    absolute_hours: int
    shortest_password: int
    trusted_devices: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorResetStarted(Fact, kind="accounts.FactorResetStarted", of="person_id"):
    """A manager started that a person sets up the second factor anew; only they can finish it."""

    actor_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorResetSent(Fact, kind="accounts.FactorResetSent", of="reset_id"):
    """A person was sent a link to set up the second factor anew."""

    reset_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorsReset(Fact, kind="accounts.FactorsReset", of="person_id"):
    """A person gave up every second factor, by a link and their password."""

    actor_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressChangeAsked(Fact, kind="accounts.AddressChangeAsked", of="change_id"):
    """A person asked for another mail address; the one in use holds until the new one is proven."""

    actor_id: UUID
    change_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressChanged(Fact, kind="accounts.AddressChanged", of="change_id"):
    """A person proved another mail address, which is theirs from then on."""

    actor_id: UUID
    change_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChanged(Fact, kind="accounts.ProfileChanged", of="person_id"):
    """A person goes by another name, or reads it otherwise."""

    actor_id: UUID
    person_id: UUID
