"""What a facility decided for itself: its rules, and roles of its own.

Controls: ISO/IEC 27017 5.18; white paper 「利用者アクセスの管理」.
"""

from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models

from carestation.facilities.choices import Allowed, Letters, Right
from carestation.facilities.models.facilities import Facility
from carestation.kernel.ids import uuid7


class Policy(models.Model):
    """A facility's 安全の決まり in one version; the newest holds (`rules.Rules`)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    second_factor = models.BooleanField()
    idle_minutes = models.PositiveSmallIntegerField()
    absolute_hours = models.PositiveSmallIntegerField()
    shortest_password = models.PositiveSmallIntegerField()
    trusted_devices = models.BooleanField()
    may_invite = models.CharField(max_length=10, choices=Allowed)
    may_export = models.CharField(max_length=10, choices=Allowed)
    family_invitations = models.BooleanField()
    retention_years = models.PositiveSmallIntegerField()
    checkpoint_letters = models.CharField(
        max_length=10, choices=Letters, default=Letters.WEEKLY, db_default=Letters.WEEKLY
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        """Each version once; within what can be asked of anyone, whatever wrote it."""

        constraints = [
            models.UniqueConstraint(
                fields=["facility", "version"], name="facilities_policy_version_is_one"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    idle_minutes__range=(5, 60),
                    absolute_hours__range=(1, 24),
                    shortest_password__range=(8, 64),
                    retention_years__range=(5, 30),
                ),
                name="facilities_policy_is_sound",
            ),
        ]

    def __str__(self) -> str:
        """Return the version."""
        return str(self.version)


class CustomRoleQuerySet(models.QuerySet["CustomRole"]):
    """Filters."""

    def standing(self) -> Self:
        """Those that have not ended."""
        return self.filter(ended_at=None)

    def of_facility(self, facility_id: UUID) -> Self:
        """Those of one facility."""
        return self.filter(facility_id=facility_id)


class CustomRole(models.Model):
    """A 権限の組 that a facility made for itself: a name, and rights (`Grant`).

    The name is sealed under the facility's scope. `version` counts the changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    name_sealed = models.BinaryField()
    version = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = CustomRoleQuerySet.as_manager()

    def __str__(self) -> str:
        """Return the id: the name is sealed."""
        return str(self.pk)


class Grant(models.Model):
    """One right of a 権限の組; when it was given and taken away, is in the log."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    role = models.ForeignKey(CustomRole, on_delete=models.PROTECT, related_name="+")
    right = models.CharField(max_length=30, choices=Right)

    class Meta:
        """Each right once a role."""

        constraints = [
            models.UniqueConstraint(fields=["role", "right"], name="facilities_right_is_given_once")
        ]

    def __str__(self) -> str:
        """Return the right."""
        return self.right
