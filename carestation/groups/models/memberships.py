"""Who sits in a group, and how far each has read.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import PROTECT

from carestation.facilities.models.staff import Staff
from carestation.groups.choices import Relation, Role, Side
from carestation.groups.models.groups import Group, Timeline
from carestation.kernel.ids import uuid7


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

    def seated(self, now: datetime) -> Self:
        """Those that give a seat at a time, as the view `groups_seat` says it."""
        return self.standing().filter(models.Q(expires_at=None) | models.Q(expires_at__gt=now))

    def standing(self) -> Self:
        """Those that give a seat: not through a place that is no more, paused or frozen."""
        own = self.active().filter(staff__ended_at=None, staff__paused_at=None)
        return own.filter(staff__facility__frozen_at=None)

    def lasting(self) -> Self:
        """Those of professionals who did not come for an hour."""
        return self.active().exclude(role=Role.FAMILY).filter(expires_at=None)

    def could_manage(self, facility_id: UUID) -> Self:
        """Those of a facility's people who sit there for good, and can act."""
        return self.standing().lasting().filter(staff__facility_id=facility_id)

    def managing(self) -> Self:
        """Those of managers who can act."""
        return self.standing().filter(role=Role.MANAGER)

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
    group = models.ForeignKey(Group, on_delete=PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=PROTECT, related_name="+")
    staff = models.ForeignKey(Staff, null=True, on_delete=PROTECT, related_name="+")
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
            models.UniqueConstraint(
                fields=["id", "group", "user"], name="groups_membership_is_named_whole"
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
    """A membership at one timeline: the number of the post up to which that person has read.

    `known`: how many of the timeline's posts that person has read or wrote, where that is more.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    group = models.ForeignKey(Group, on_delete=PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=PROTECT, related_name="+")
    timeline = models.ForeignKey(Timeline, on_delete=PROTECT, related_name="+")
    number = models.BigIntegerField()
    known = models.BigIntegerField(db_default=0)

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
