"""Groups, their timelines, memberships and what they have read.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models

from carestation.facilities.models.facilities import Facility
from carestation.facilities.models.staff import Staff
from carestation.groups.choices import Kind, Relation, Role, Side
from carestation.kernel.ids import uuid7


class Group(models.Model):
    """People around one patient, around anything else, or just two of them."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = models.CharField(max_length=20, choices=Kind)
    facility = models.ForeignKey(Facility, null=True, on_delete=models.PROTECT, related_name="+")
    name_sealed = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Return the id: a group's name is sealed."""
        return str(self.pk)


class TimelineQuerySet(models.QuerySet["Timeline"]):
    """Filters."""

    def of_group(self, group_id: UUID) -> Self:
        """Those of one group, in the order in which they are locked."""
        return self.filter(group_id=group_id).order_by("side")


class Timeline(models.Model):
    """One side of a group: `seq` counts what its readers can see change, `posts` the posts."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=20, choices=Side)
    seq = models.BigIntegerField(default=0)
    posts = models.BigIntegerField(default=0)

    objects = TimelineQuerySet.as_manager()

    class Meta:
        """One timeline per side."""

        constraints = [
            models.UniqueConstraint(fields=["group", "side"], name="groups_side_has_one_timeline")
        ]

    def __str__(self) -> str:
        """Return the side."""
        return self.side


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Filters."""

    def active(self) -> Self:
        """Those who have not left."""
        return self.filter(left_at=None)

    def of_group(self, group_id: UUID) -> Self:
        """Those of one group."""
        return self.filter(group_id=group_id)

    def of_person(self, user_id: UUID) -> Self:
        """Those of one person."""
        return self.filter(user_id=user_id)

    def expired(self, now: datetime) -> Self:
        """Those whose time is over, and that were not ended yet."""
        return self.active().filter(expires_at__lte=now)

    def seeing(self, side: Side) -> Self:
        """Those to whom this side is open."""
        return self.exclude(role=Role.FAMILY) if side is Side.PROFESSIONAL else self


class Membership(models.Model):
    """A person in a group: a professional through a place in a facility, or the family.

    Past `expires_at` it gives no seat, whether or not it was ended since.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    relation = models.CharField(max_length=20, choices=Relation, blank=True)
    began_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        """One active membership per person and group; the family has no staff, others have.

        What expires manages nothing, and is looked for among the few that do.
        """

        constraints = [
            models.UniqueConstraint(
                fields=["group", "user"],
                condition=models.Q(left_at=None),
                name="groups_member_sits_once",
            ),
            models.CheckConstraint(
                condition=models.Q(role=Role.FAMILY, staff=None)
                | (~models.Q(role=Role.FAMILY) & models.Q(staff__isnull=False)),
                name="groups_family_has_no_staff",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at=None) | models.Q(role=Role.PROFESSIONAL),
                name="groups_what_expires_is_a_professionals",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=models.Q(expires_at__isnull=False, left_at=None),
                name="groups_membership_expiring",
            )
        ]

    def __str__(self) -> str:
        """Return the role."""
        return self.role


class ReadMarkQuerySet(models.QuerySet["ReadMark"]):
    """Filters."""

    def active(self) -> Self:
        """Those of people who have not left."""
        return self.filter(membership__left_at=None)

    def at(self, group_id: UUID, side: Side) -> Self:
        """Those at one side of a group."""
        return self.filter(group_id=group_id, timeline__side=side)

    def past(self, number: int) -> Self:
        """Those that have reached a post."""
        return self.filter(number__gte=number)


class ReadMark(models.Model):
    """A membership at one timeline: the number of the post up to which that person has read."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    timeline = models.ForeignKey(Timeline, on_delete=models.PROTECT, related_name="+")
    number = models.BigIntegerField()

    objects = ReadMarkQuerySet.as_manager()

    class Meta:
        """One mark per membership and side."""

        constraints = [
            models.UniqueConstraint(
                fields=["membership", "timeline"], name="groups_member_has_one_mark_per_side"
            )
        ]

    def __str__(self) -> str:
        """Return the number."""
        return str(self.number)
