"""Exports: who asked for what, why, and until when it lies here.

Controls: ISO/IEC 27017 8.13, CLD.8.1.5; white paper 「バックアップ」.
"""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models

from carestation.exports.choices import ExportState, Extent, Removal, Rhythm
from carestation.facilities.models.facilities import Facility
from carestation.kernel.ids import uuid7


class ExportQuerySet(models.QuerySet["Export"]):
    """Filters."""

    def of_facility(self, facility_id: UUID) -> Self:
        """Those of one facility, the newest first."""
        return self.filter(facility_id=facility_id).order_by("-id")

    def of_person(self, user_id: UUID) -> Self:
        """Those that one person asked for."""
        return self.filter(asker_id=user_id)

    def running(self) -> Self:
        """Those that are neither made nor failed."""
        return self.filter(made_at=None, failed_at=None)

    def whole(self) -> Self:
        """Those of all that a facility sees."""
        return self.filter(extent=Extent.FACILITY)

    def kept(self) -> Self:
        """Those whose archive lies here, past its time too."""
        return self.filter(made_at__isnull=False, removed_at=None)

    def ready(self, now: datetime) -> Self:
        """Those that can be fetched at a time."""
        return self.kept().filter(expires_at__gt=now)


class Export(models.Model):
    """What someone asked for at a facility's desk, and the archive that came of it.

    Reason, pass phrase and the key of the archive's second seal are sealed under the facility's
    scope; the pass phrase only until the archive is made. `sha256`: of the archive, as it is given
    out. `fetched_at`: when it was received first. `sifted`: by what the record was, ids and times.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    extent = models.CharField(max_length=10, choices=Extent)
    sifted = models.JSONField(null=True)
    reason_sealed = models.BinaryField()
    pass_phrase_sealed = models.BinaryField(null=True)
    key_sealed = models.BinaryField(null=True)
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    size_bytes = models.PositiveBigIntegerField(null=True)
    sha256 = models.BinaryField(max_length=32, null=True)
    fetched_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    removal = models.CharField(max_length=20, choices=Removal, blank=True, default="")

    objects = ExportQuerySet.as_manager()

    class Meta:
        """One at a time per facility and person; what is made is whole, its phrase forgotten."""

        constraints = [
            models.UniqueConstraint(
                fields=["facility", "asker"],
                condition=models.Q(made_at=None, failed_at=None),
                name="exports_one_runs_per_person",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    made_at=None, expires_at=None, size_bytes=None, sha256=None, removed_at=None
                )
                | models.Q(
                    made_at__isnull=False,
                    failed_at=None,
                    expires_at__isnull=False,
                    size_bytes__isnull=False,
                    sha256__isnull=False,
                    pass_phrase_sealed=None,
                ),
                name="exports_made_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(removed_at=None, removal="")
                | (models.Q(removed_at__isnull=False, key_sealed=None) & ~models.Q(removal="")),
                name="exports_removal_has_cause",
            ),
        ]
        indexes = [models.Index(fields=["facility", "-id"], name="exports_by_facility")]

    def __str__(self) -> str:
        """Return the id: why is sealed."""
        return str(self.pk)

    def state(self, now: datetime) -> ExportState:
        """How it stands at a time."""
        if self.failed_at is not None:
            return ExportState.FAILED
        if self.made_at is None or self.expires_at is None:
            return ExportState.RUNNING
        is_over = self.removed_at is not None or self.expires_at <= now
        return ExportState.GONE if is_over else ExportState.READY


class ExportPlan(models.Model):
    """How often a facility takes a copy of its data, and whether one is made by itself.

    `pass_phrase_sealed`, under the facility's scope: what is made by itself is closed with it, for
    the planner; None: people are only reminded. `reminded_at`: when they were last.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    facility = models.OneToOneField(Facility, on_delete=models.PROTECT, related_name="+")
    rhythm = models.CharField(max_length=10, choices=Rhythm, default=Rhythm.MONTHLY)
    planner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    pass_phrase_sealed = models.BinaryField(null=True)
    planned_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        """What is made by itself, is made for someone."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(pass_phrase_sealed=None) | models.Q(planner__isnull=False),
                name="exports_plan_has_planner",
            )
        ]

    def __str__(self) -> str:
        """Return the rhythm."""
        return self.rhythm
