"""Who works in a facility, and who is invited to.

Controls: ISO/IEC 27017 5.18; white paper 「利用者アクセスの管理」.
"""

from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models

from carestation.facilities.choices import EndCause, Profession, Right, StaffRole
from carestation.facilities.models.facilities import Facility
from carestation.facilities.models.policies import CustomRole, Grant
from carestation.kernel.ids import uuid7


class StaffQuerySet(models.QuerySet["Staff"]):
    """Filters."""

    def active(self) -> Self:
        """Those who have not ended."""
        return self.filter(ended_at=None)

    def kept(self) -> Self:
        """Those that are neither ended nor paused, in a frozen facility too."""
        return self.filter(ended_at=None, paused_at=None)

    def standing(self) -> Self:
        """Those that give what they are for: kept, and in a facility that is not frozen."""
        return self.kept().filter(facility__frozen_at=None)

    def managers(self) -> Self:
        """Those of managers."""
        return self.filter(role=StaffRole.MANAGER)

    def with_right(self, *rights: Right) -> Self:
        """Those whose role has one of these rights, whatever the facility's rules are."""
        granted = Grant.objects.filter(right__in=rights).values("role_id")
        return self.filter(models.Q(role=StaffRole.MANAGER) | models.Q(custom_role_id__in=granted))

    def of_facility(self, facility_id: UUID) -> Self:
        """The places of one facility."""
        return self.filter(facility_id=facility_id)

    def of_person(self, user_id: UUID) -> Self:
        """The places of one person."""
        return self.filter(user_id=user_id)


class Staff(models.Model):
    """A person's place in a facility; it ends with a time and is never deleted.

    While it is paused, it gives no seat and no desk. Who has a custom role is a member by `role`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    profession = models.CharField(max_length=40, choices=Profession)
    role = models.CharField(max_length=20, choices=StaffRole)
    custom_role = models.ForeignKey(
        CustomRole, null=True, on_delete=models.PROTECT, related_name="+"
    )
    began_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_cause = models.CharField(
        max_length=20, choices=EndCause, blank=True, default="", db_default=""
    )

    objects = StaffQuerySet.as_manager()

    class Meta:
        """One active place per person and facility; a manager has every right, and no other."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(custom_role=None) | models.Q(role=StaffRole.MEMBER),
                name="facilities_manager_has_no_custom_role",
            ),
            models.UniqueConstraint(
                fields=["facility", "user"],
                condition=models.Q(ended_at=None),
                name="facilities_person_works_once",
            ),
        ]

    def __str__(self) -> str:
        """Return the profession."""
        return self.profession


class StaffInvitationQuerySet(models.QuerySet["StaffInvitation"]):
    """Filters."""

    def waiting(self) -> Self:
        """Those that were neither accepted nor taken back; past their term too."""
        return self.filter(accepted_at=None, cancelled_at=None)

    def one(self, invitation_id: UUID | None) -> Self:
        """What a registration is about, if it is about any."""
        return self.filter(pk=invitation_id) if invitation_id else self.none()

    def of_facility(self, facility_id: UUID) -> Self:
        """Those of one facility."""
        return self.filter(facility_id=facility_id)


class StaffInvitation(models.Model):
    """An address that is invited to a place in a facility; its link is a registration's.

    Address and name are sealed under the facility's scope; the index tells two of them alike.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    inviter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    email_index = models.BinaryField(max_length=32)
    email_sealed = models.BinaryField()
    name_sealed = models.BinaryField()
    profession = models.CharField(max_length=40, choices=Profession)
    role = models.CharField(max_length=20, choices=StaffRole)
    custom_role = models.ForeignKey(
        CustomRole, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    objects = StaffInvitationQuerySet.as_manager()

    class Meta:
        """One waiting per address and facility; accepted means a place, and is not taken back."""

        constraints = [
            models.UniqueConstraint(
                fields=["facility", "email_index"],
                condition=models.Q(accepted_at=None, cancelled_at=None),
                name="facilities_address_is_invited_once",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None, staff=None)
                | models.Q(accepted_at__isnull=False, staff__isnull=False, cancelled_at=None),
                name="facilities_accepted_has_place",
            ),
            models.CheckConstraint(
                condition=models.Q(custom_role=None) | models.Q(role=StaffRole.MEMBER),
                name="facilities_invited_manager_has_no_custom_role",
            ),
        ]

    def __str__(self) -> str:
        """Return the id: name and address are sealed."""
        return str(self.pk)


class StaffReview(models.Model):
    """A manager's signature under the list of staff: so many people, and each is right."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    people = models.PositiveIntegerField()
    reviewed_at = models.DateTimeField()

    class Meta:
        """Looked for by facility, the newest first."""

        indexes = [
            models.Index(fields=["facility", "-reviewed_at"], name="facilities_review_by_time")
        ]

    def __str__(self) -> str:
        """Return the day."""
        return self.reviewed_at.date().isoformat()
