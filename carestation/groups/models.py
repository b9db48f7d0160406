"""Groups, their timelines, memberships, what they have read, and who is invited.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models

from carestation.facilities.models.facilities import Facility
from carestation.facilities.models.staff import Staff
from carestation.groups.choices import InvitationEnd, Kind, Relation, Role, Side
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


class PairQuerySet(models.QuerySet["Pair"]):
    """Filters."""

    def of(self, lower_id: UUID, higher_id: UUID) -> Self:
        """That of two people, their ids in order."""
        return self.filter(lower_id=lower_id, higher_id=higher_id)


class Pair(models.Model):
    """The two people of a talk, for good: whoever of them has left comes back to the same one."""

    group = models.OneToOneField(
        Group, primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    lower = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    higher = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

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


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Filters."""

    def waiting(self) -> Self:
        """Those that neither led to a membership nor came to nothing; past their term too."""
        return self.filter(joined_at=None, ended_at=None)

    def of_group(self, group_id: UUID) -> Self:
        """Those into one group."""
        return self.filter(group_id=group_id)

    def one(self, invitation_id: UUID | None) -> Self:
        """What a registration is about, if it is about any."""
        return self.filter(pk=invitation_id) if invitation_id else self.none()

    def open(self, now: datetime) -> Self:
        """Those by which one can join now: sent, in time, by someone who has a seat."""
        return self.waiting().filter(
            sent_at__isnull=False,
            expires_at__gt=now,
            inviter__in=Membership.objects.seated(now),
            group__archived_at=None,
        )


class Invitation(models.Model):
    """Someone who is to sit in a group, asked by a member: by mail, or by a code that they hold.

    Name and address are sealed under the group's scope; the index tells two addresses alike, and
    a code is kept as its SHA-256. `consent_id`: what the patient agreed to, in a patient's group.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    inviter = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    relation = models.CharField(max_length=20, choices=Relation, blank=True)
    name_sealed = models.BinaryField()
    email_index = models.BinaryField(max_length=32, null=True)
    email_sealed = models.BinaryField(null=True)
    code_key = models.BinaryField(max_length=32, null=True, unique=True)
    consent_id = models.UUIDField(null=True)
    needs_manager = models.BooleanField()
    needs_patient = models.BooleanField()
    created_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    agreed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True)
    membership = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    end_cause = models.CharField(max_length=20, choices=InvitationEnd, blank=True, default="")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        """One waiting per address and group; sent when approved; joined means a membership."""

        constraints = [
            models.UniqueConstraint(
                fields=["group", "email_index"],
                condition=models.Q(joined_at=None, ended_at=None),
                name="groups_address_is_invited_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    code_key=None, email_index__isnull=False, email_sealed__isnull=False
                )
                | models.Q(code_key__isnull=False, email_index=None, email_sealed=None),
                name="groups_invited_by_mail_or_code",
            ),
            models.CheckConstraint(
                condition=models.Q(sent_at=None, joined_at=None)
                | (
                    models.Q(sent_at__isnull=False)
                    & (models.Q(needs_manager=False) | models.Q(approved_at__isnull=False))
                    & (models.Q(needs_patient=False) | models.Q(agreed_at__isnull=False))
                ),
                name="groups_sent_is_approved",
            ),
            models.CheckConstraint(
                condition=models.Q(joined_at=None, membership=None)
                | models.Q(joined_at__isnull=False, membership__isnull=False, ended_at=None),
                name="groups_joined_has_membership",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, end_cause="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(end_cause="")),
                name="groups_invitation_end_has_cause",
            ),
            models.CheckConstraint(
                condition=(models.Q(role=Role.FAMILY) & ~models.Q(relation=""))
                | models.Q(role=Role.PROFESSIONAL, relation=""),
                name="groups_invited_as_someone",
            ),
        ]
        indexes = [models.Index(fields=["email_index"], name="groups_invitation_to")]

    def __str__(self) -> str:
        """Return the id: name and address are sealed."""
        return str(self.pk)

    @property
    def is_approved(self) -> bool:
        """Whether everyone approved who has to: it can be sent."""
        manager = self.approved_at is not None or not self.needs_manager
        return manager and (self.agreed_at is not None or not self.needs_patient)
