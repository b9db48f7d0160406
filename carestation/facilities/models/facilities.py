"""Facilities: what they are, how they came, and what the operator ruled.

Controls: ISO/IEC 27017 5.18; white paper 「利用者アクセスの管理」.
"""

from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models

from carestation.facilities.choices import FacilityKind, FacilityState, Ruling
from carestation.kernel.ids import uuid7


class Facility(models.Model):
    """A clinic, a station, an office. Its name, reading and telephone are public, in the clear.

    Until the operator has approved it, it invites nobody, and no seat begins through it. While it
    is frozen, no place in it gives anything.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    name = models.CharField(max_length=200)
    kana = models.CharField(max_length=200, blank=True, default="", db_default="")
    phone = models.CharField(max_length=20, blank=True, default="", db_default="")
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
    kana_sealed = models.BinaryField(null=True)
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
