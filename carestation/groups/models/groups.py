"""Groups, their timelines, and the pairs who talk.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import PROTECT

from carestation.facilities.models.facilities import Facility
from carestation.groups.choices import Kind, Side
from carestation.kernel.ids import uuid7


class Group(models.Model):
    """People around one patient, around anything else, or just two of them."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = models.CharField(max_length=20, choices=Kind)
    facility = models.ForeignKey(Facility, null=True, on_delete=PROTECT, related_name="+")
    name_sealed = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Return the id: a group's name is sealed."""
        return str(self.pk)


class PairQuerySet(models.QuerySet["Pair"]):
    """Filters."""

    def of(self, lower_id: UUID, higher_id: UUID) -> Self:
        """That of two people, their ids in order."""
        return self.filter(lower_id=lower_id, higher_id=higher_id)


class Pair(models.Model):
    """The two people of a talk, for good: whoever of them has left comes back to the same one."""

    group = models.OneToOneField(Group, primary_key=True, on_delete=PROTECT, related_name="+")
    lower = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=PROTECT, related_name="+")
    higher = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=PROTECT, related_name="+")

    objects = PairQuerySet.as_manager()

    class Meta:
        """Each two people once, in the order of their ids."""

        constraints = [
            models.UniqueConstraint(fields=["lower", "higher"], name="groups_two_have_one_talk"),
            models.CheckConstraint(
                condition=models.Q(lower__lt=models.F("higher")), name="groups_pair_is_ordered"
            ),
        ]

    def __str__(self) -> str:
        """Return the group's id."""
        return str(self.pk)


class TimelineQuerySet(models.QuerySet["Timeline"]):
    """Filters."""

    def of_group(self, group_id: UUID) -> Self:
        """Those of one group, in the order in which they are locked."""
        return self.filter(group_id=group_id).order_by("side")


class Timeline(models.Model):
    """One side of a group: `seq` counts what its readers can see change, `posts` the posts."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group = models.ForeignKey(Group, on_delete=PROTECT, related_name="+")
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
