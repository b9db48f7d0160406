"""Who is invited into a group.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import PROTECT

from carestation.groups.choices import InvitationEnd, Relation, Role
from carestation.groups.models.groups import Group
from carestation.groups.models.memberships import Membership
from carestation.kernel.ids import uuid7


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
    a code is kept as its SHA-256. `is_to_contact`: someone was chosen, and their address is told to
    nobody. `consent_id`: what the patient agreed to, in a patient's group.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    group = models.ForeignKey(Group, on_delete=PROTECT, related_name="+")
    inviter = models.ForeignKey(Membership, on_delete=PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    relation = models.CharField(max_length=20, choices=Relation, blank=True)
    name_sealed = models.BinaryField()
    email_index = models.BinaryField(max_length=32, null=True)
    email_sealed = models.BinaryField(null=True)
    code_key = models.BinaryField(max_length=32, null=True, unique=True)
    is_to_contact = models.BooleanField(default=False, db_default=False)
    consent_id = models.UUIDField(null=True)
    needs_manager = models.BooleanField()
    needs_patient = models.BooleanField()
    created_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=PROTECT, related_name="+"
    )
    agreed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True)
    membership = models.ForeignKey(Membership, null=True, on_delete=PROTECT, related_name="+")
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
