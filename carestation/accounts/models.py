"""People, their sessions, and what brakes those who guess.

What allauth keeps (`mfa_authenticator`) is sealed by our adapter: `gate.adapter`.

Controls: ISO/IEC 27017 5.16, 5.17; white paper 「利用者アクセスの管理」, 「認証情報の管理」.
"""

from datetime import datetime
from typing import ClassVar, Self, TypeVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import F, Q

from carestation.accounts.choices import (
    Device,
    EndReason,
    Proof,
    RefusalReason,
    RegistrationPurpose,
    SessionKind,
)
from carestation.kernel.ids import uuid7

L_co = TypeVar("L_co", bound="Link", covariant=True)


class User(AbstractBaseUser):
    """A person. Name and address are sealed under the person's own scope (its id is theirs).

    `email_index` is a keyed hash of the folded address: it finds, and tells nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    email_index = models.BinaryField(max_length=32, unique=True)
    email_sealed = models.BinaryField()
    name_sealed = models.BinaryField()
    kana_sealed = models.BinaryField()
    is_professional = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    # Django's own column: when someone was last here is what the sessions say.
    last_login = None
    USERNAME_FIELD = "email_index"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        """Return the id: a person's name is sealed."""
        return str(self.pk)

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # Django's is an attribute
        """Whether this person may still sign in."""
        return self.ended_at is None


class OperatorQuerySet(models.QuerySet["Operator"]):
    """Filters."""

    def active(self) -> Self:
        """Those who have not ended."""
        return self.filter(ended_at=None)


class Operator(models.Model):
    """A person's place with the provider; it ends with a time and is never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = OperatorQuerySet.as_manager()

    class Meta:
        """One active place per person."""

        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None), name="accounts_operator_is_one_once"
            )
        ]

    def __str__(self) -> str:
        """Return the person's id."""
        return str(self.user_id)


class SessionQuerySet(models.QuerySet["Session"]):
    """Filters."""

    def of_person(self, user_id: UUID) -> Self:
        """The sessions of one person."""
        return self.filter(user_id=user_id)

    def one(self, session_id: UUID | None) -> Self:
        """The session of an actor, if it acts through one."""
        return self.filter(pk=session_id) if session_id else self.none()

    def but(self, session_id: UUID | None) -> Self:
        """All but this one."""
        return self.exclude(pk=session_id) if session_id else self

    def alive(self, now: datetime) -> Self:
        """Neither ended nor past their last hour; idle ones too, which can be opened again."""
        return self.filter(ended_at=None, expires_at__gt=now)

    def remembered(self, now: datetime) -> Self:
        """Those whose device need not show the second factor, whether or not they have ended."""
        return self.filter(trusted_until__gt=now)


class Session(models.Model):
    """One device's way in. The token is with the device; here is its SHA-256 alone.

    `last_used_at` is written at most once a minute; after `idle_seconds` without use the session
    asks for a proof again, after `expires_at` it is over. `confirmed_at`: the last such proof, and
    `proof` by what; nothing stands there of sessions that were older than the column.
    `trust_key`: the SHA-256 of what its device shows instead of the factor, until `trusted_until`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    key = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=SessionKind)
    device = models.CharField(max_length=10, choices=Device)
    is_shared = models.BooleanField(default=False)
    idle_seconds = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    confirmed_at = models.DateTimeField()
    proof = models.CharField(max_length=20, choices=Proof, blank=True, default="", db_default="")
    expires_at = models.DateTimeField()
    second_factor_at = models.DateTimeField(null=True)
    trust_key = models.BinaryField(max_length=32, null=True)
    trusted_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=20, choices=EndReason, blank=True, default="")
    agent_sealed = models.BinaryField()
    address_sealed = models.BinaryField()
    data_sealed = models.BinaryField(null=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        """An end has its reason."""

        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="")
                | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="accounts_session_end_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="accounts_session_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        """Return the id."""
        return str(self.pk)


class LinkQuerySet(models.QuerySet[L_co]):
    """Filters of links."""

    def unused(self) -> Self:
        """Those that were neither used nor ended by a newer one."""
        return self.filter(used_at=None, replaced_at=None)

    def open(self, now: datetime) -> Self:
        """Those that can be used at a time."""
        return self.unused().filter(expires_at__gt=now)


class Link(models.Model):
    """A way in by mail: it works once, for a time, and only the newest.

    The token is in the mail; here is its SHA-256 alone. Where a row is there before its mail, the
    key is that of a token which nobody has.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    key = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        """What is common has no table."""

        abstract = True

    def __str__(self) -> str:
        """Return the id."""
        return str(self.pk)


def _one_open(name: str) -> models.UniqueConstraint:
    unused = Q(used_at=None, replaced_at=None)
    return models.UniqueConstraint(fields=["user"], condition=unused, name=name)


class PasswordReset(Link):
    """A link by which a person sets a new password, for an hour."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = LinkQuerySet["PasswordReset"].as_manager()

    class Meta:
        """The newest link is the only one that is open."""

        constraints = [_one_open("accounts_reset_has_one_open_link")]


class FactorReset(Link):
    """A link by which a person who lost the second factor gives it up, for a day."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = LinkQuerySet["FactorReset"].as_manager()

    class Meta:
        """The newest link is the only one that is open."""

        constraints = [_one_open("accounts_factor_reset_is_one")]


class AddressChange(Link):
    """A link by which a person proves a new address; the former one is kept, to be told of it."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    email_sealed = models.BinaryField()
    former_sealed = models.BinaryField(null=True)

    objects = LinkQuerySet["AddressChange"].as_manager()

    class Meta:
        """The newest link is the only one that is open."""

        constraints = [_one_open("accounts_address_change_is_one")]


class RegistrationQuerySet(LinkQuerySet["Registration"]):
    """Filters."""

    def unused(self) -> Self:
        """Those that were not used, replaced or cancelled."""
        return super().unused().filter(cancelled_at=None)

    def about(self, purpose: RegistrationPurpose, subject_id: UUID | None) -> Self:
        """Those for one thing of an upper context."""
        return self.filter(purpose=purpose, subject_id=subject_id)


class Registration(Link):
    """A 仮登録: an address that shall be proven before a person takes up `subject_id`.

    That is a thing of the context above that asked: an application, an invitation.
    """

    purpose = models.CharField(max_length=20, choices=RegistrationPurpose)
    subject_id = models.UUIDField(null=True)
    email_index = models.BinaryField(max_length=32)
    email_sealed = models.BinaryField()
    cancelled_at = models.DateTimeField(null=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        """The newest is the only one that is open."""

        constraints = [
            models.UniqueConstraint(
                fields=["email_index", "purpose", "subject_id"],
                condition=Q(used_at=None, replaced_at=None, cancelled_at=None),
                nulls_distinct=False,
                name="accounts_registration_is_one",
            )
        ]
        indexes = [
            models.Index(fields=["purpose", "subject_id"], name="accounts_registration_about")
        ]


class PersonBinding(models.Model):
    """What the rules of the facilities that a person works for ask of them (`rules.Binding`)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    second_factor = models.BooleanField()
    idle_minutes = models.PositiveSmallIntegerField()
    absolute_hours = models.PositiveSmallIntegerField()
    shortest_password = models.PositiveSmallIntegerField()
    trusted_devices = models.BooleanField()
    words_sealed = models.BinaryField()

    class Meta:
        """Within what can be asked of anyone (`rules.is_sound`)."""

        constraints = [
            models.CheckConstraint(
                condition=Q(
                    idle_minutes__range=(5, 60),
                    absolute_hours__range=(1, 24),
                    shortest_password__range=(8, 64),
                ),
                name="accounts_binding_is_sound",
            )
        ]

    def __str__(self) -> str:
        """Return the person's id."""
        return str(self.user_id)


class RefusedSignIn(models.Model):
    """A refused sign-in; from where, is with its session, or sealed under the operator's scope."""

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(db_index=True)
    reason = models.CharField(max_length=10, choices=RefusalReason)
    where_sealed = models.BinaryField(null=True)

    def __str__(self) -> str:
        """Return the reason."""
        return self.reason


class Brake(models.Model):
    """How often something was tried of late; the key is a keyed hash of what and by whom."""

    key = models.BinaryField(primary_key=True, max_length=32)
    count = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        """Return the count."""
        return str(self.count)
