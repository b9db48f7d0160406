"""Facilities and their staff.

Controls: ISO/IEC 27017 5.18; white paper 「利用者アクセスの管理」.
"""

from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models

from carestation.facilities.choices import (
    Allowed,
    EndCause,
    FacilityKind,
    FacilityState,
    Profession,
    Ruling,
    StaffRole,
)
from carestation.kernel.ids import uuid7


class Facility(models.Model):
    """A clinic, a station, an office. Its name is public and stands in the clear.

    Until the operator has approved it, it invites nobody, and no seat begins through it. While it
    is frozen, no place in it gives anything.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, choices=FacilityKind)
    address_sealed = models.BinaryField(null=True)
    contact_sealed = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        """Approved or refused, and frozen only after it took part."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved_at=None, frozen_at=None)
                | models.Q(approved_at__isnull=False, refused_at=None),
                name="facilities_facility_has_one_state",
            )
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    @property
    def state(self) -> FacilityState:
        """How it stands with the operator."""
        if self.approved_at is None:
            return FacilityState.REFUSED if self.refused_at else FacilityState.WAITING
        return FacilityState.FROZEN if self.frozen_at else FacilityState.APPROVED


class FacilityRuling(models.Model):
    """What an operator decided about a facility; why is sealed under the operator's scope."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ruling = models.CharField(max_length=10, choices=Ruling)
    reason_sealed = models.BinaryField()
    ruled_at = models.DateTimeField()

    class Meta:
        """Looked for by facility, the newest first."""

        indexes = [models.Index(fields=["facility", "-ruled_at"], name="facilities_ruling_by_time")]

    def __str__(self) -> str:
        """Return what was decided."""
        return self.ruling


class FacilityApplicationQuerySet(models.QuerySet["FacilityApplication"]):
    """Filters."""

    def waiting(self) -> Self:
        """Those that were not completed."""
        return self.filter(facility=None)

    def one(self, application_id: UUID | None) -> Self:
        """What a registration is about, if it is about any."""
        return self.filter(pk=application_id) if application_id else self.none()


class FacilityApplication(models.Model):
    """What someone wrote of a facility that shall take part, until its address is proven.

    Sealed under the operator's scope: there is no facility yet.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = models.CharField(max_length=40, choices=FacilityKind)
    name_sealed = models.BinaryField()
    address_sealed = models.BinaryField()
    contact_sealed = models.BinaryField()
    terms_version = models.CharField(max_length=20)
    created_at = models.DateTimeField()
    facility = models.ForeignKey(Facility, null=True, on_delete=models.PROTECT, related_name="+")

    objects = FacilityApplicationQuerySet.as_manager()

    def __str__(self) -> str:
        """Return the kind: what was written is sealed."""
        return self.kind


class TermsAcceptance(models.Model):
    """Who accepted which version of the terms for a facility."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.CharField(max_length=20)
    accepted_at = models.DateTimeField()

    class Meta:
        """Each version once a facility."""

        constraints = [
            models.UniqueConstraint(
                fields=["facility", "version"], name="facilities_terms_are_accepted_once"
            )
        ]

    def __str__(self) -> str:
        """Return the version."""
        return self.version


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

    def of_facility(self, facility_id: UUID) -> Self:
        """The places of one facility."""
        return self.filter(facility_id=facility_id)

    def of_person(self, user_id: UUID) -> Self:
        """The places of one person."""
        return self.filter(user_id=user_id)


class Staff(models.Model):
    """A person's place in a facility; it ends with a time and is never deleted.

    While it is paused, it gives no seat and no desk.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    profession = models.CharField(max_length=40, choices=Profession)
    role = models.CharField(max_length=20, choices=StaffRole)
    began_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_cause = models.CharField(
        max_length=20, choices=EndCause, blank=True, default="", db_default=""
    )

    objects = StaffQuerySet.as_manager()

    class Meta:
        """One active place per person and facility."""

        constraints = [
            models.UniqueConstraint(
                fields=["facility", "user"],
                condition=models.Q(ended_at=None),
                name="facilities_person_works_once",
            )
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
