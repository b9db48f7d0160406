"""People, their sessions, and what brakes those who guess.

What allauth keeps (`mfa_authenticator`) is sealed by our adapter: `gate.adapter`.

Controls: ISO/IEC 27017 5.16, 5.17; white paper 「利用者アクセスの管理」, 「認証情報の管理」.
"""

from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import F, Q

from carestation.accounts.choices import Device, EndReason, SessionKind
from carestation.kernel.ids import uuid7


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


class Session(models.Model):
    """One device's way in. The token is with the device; here is its SHA-256 alone.

    `last_used_at` is written at most once a minute; after `idle_seconds` without use the session
    asks for a proof again, after `expires_at` it is over. `confirmed_at`: the last such proof.
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
    expires_at = models.DateTimeField()
    second_factor_at = models.DateTimeField(null=True)
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


class PasswordReset(models.Model):
    """A link by which a person sets a new password: once, for an hour, and only the newest.

    The token is in the mail; here is its SHA-256 alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    key = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        """The newest link is the only one that is open."""

        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(used_at=None, replaced_at=None),
                name="accounts_reset_has_one_open_link",
            )
        ]

    def __str__(self) -> str:
        """Return the id."""
        return str(self.pk)


class Brake(models.Model):
    """How often something was tried of late; the key is a keyed hash of what and by whom."""

    key = models.BinaryField(primary_key=True, max_length=32)
    count = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        """Return the count."""
        return str(self.count)
