"""Patients.

Controls: ISO/IEC 27017 8.3, 8.24; white paper 「利用者アクセスの管理」, 「暗号化」.
"""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models

from carestation.facilities.models.facilities import Facility
from carestation.groups.choices import Relation
from carestation.groups.models.groups import Group
from carestation.groups.models.memberships import Membership
from carestation.kernel.ids import uuid7
from carestation.patients.choices import ConsentForm, ConsentScope, CustodyEnd
from carestation.vault.sealing import Place


class PatientQuerySet(models.QuerySet["Patient"]):
    """Filters."""

    def alike(self, facility_id: UUID, likeness: bytes) -> Self:
        """Those of a facility with the same reading and day of birth."""
        return self.filter(managing_facility_id=facility_id, likeness=likeness)

    def without_likeness(self) -> Self:
        """Those whose face sheet was not written since there is such a thing."""
        return self.filter(likeness=None)


class Patient(models.Model):
    """The patient of one group. All that was typed about them is one sealed document.

    `likeness` tells two patients of a facility alike: reading and day of birth, hashed under the
    facility's own key; None where the sheet was not written since there is such a thing, as with
    the `changer`, who wrote it last.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="+")
    managing_facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    face_sheet_sealed = models.BinaryField()
    likeness = models.BinaryField(max_length=32, null=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    objects = PatientQuerySet.as_manager()

    class Meta:
        """Those alike are looked for within a facility."""

        indexes = [models.Index(fields=["managing_facility", "likeness"], name="patients_alike")]

    def __str__(self) -> str:
        """Return the id: the name is sealed."""
        return str(self.pk)

    @staticmethod
    def face_sheet_place(patient_id: UUID) -> Place:
        """Return where a face sheet is sealed."""
        return Place("patients_patient", "face_sheet", patient_id)


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Filters."""

    def of_patient(self, patient_id: UUID) -> Self:
        """Those of one patient, the newest first: it alone can stand."""
        return self.filter(patient_id=patient_id).order_by("-id")


class Consent(models.Model):
    """What a patient agreed to: with whom to share, explained by whom, in which form, when.

    A newer one takes the place of those before; withdrawn, it stands no more. Who explained it and
    what else was said, is sealed under the group's scope.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(max_length=20, choices=ConsentScope)
    form = models.CharField(max_length=20, choices=ConsentForm)
    given_by = models.CharField(max_length=20, choices=Relation)
    given_on = models.DateField()
    words_sealed = models.BinaryField()
    recorder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    withdrawn_on = models.DateField(null=True)
    withdrawal_sealed = models.BinaryField(null=True)
    withdrawal_recorder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawal_recorded_at = models.DateTimeField(null=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        """A withdrawal has its day, its words and its recorder, and comes after what it ends."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    withdrawn_on=None,
                    withdrawal_sealed=None,
                    withdrawal_recorder=None,
                    withdrawal_recorded_at=None,
                )
                | models.Q(
                    withdrawn_on__gte=models.F("given_on"),
                    withdrawal_sealed__isnull=False,
                    withdrawal_recorder__isnull=False,
                    withdrawal_recorded_at__isnull=False,
                ),
                name="patients_withdrawal_is_whole",
            )
        ]

    def __str__(self) -> str:
        """Return the scope."""
        return self.scope

    @property
    def stands(self) -> bool:
        """Whether it was not withdrawn; a newer one may have taken its place."""
        return self.withdrawn_on is None


class EmergencyAccessQuerySet(models.QuerySet["EmergencyAccess"]):
    """Filters."""

    def of_facility(self, facility_id: UUID) -> Self:
        """Those of one facility's people, the newest first."""
        return self.filter(facility_id=facility_id).order_by("-id")

    def of_group(self, group_id: UUID) -> Self:
        """Those of one group, the newest first."""
        return self.filter(membership__group_id=group_id).order_by("-id")


class EmergencyAccess(models.Model):
    """A seat that a professional took in an emergency, and which manager looked into it.

    How long it stands, its membership says. Why, is sealed under the group's scope.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    membership = models.OneToOneField(Membership, on_delete=models.PROTECT, related_name="+")
    reason_sealed = models.BinaryField()
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)

    objects = EmergencyAccessQuerySet.as_manager()

    class Meta:
        """A review has its reviewer; looked for by facility, the newest first."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(reviewer=None, reviewed_at=None)
                | models.Q(reviewer__isnull=False, reviewed_at__isnull=False),
                name="patients_review_is_whole",
            )
        ]
        indexes = [models.Index(fields=["facility", "-id"], name="patients_emergency_by_facility")]

    def __str__(self) -> str:
        """Return the id: why is sealed."""
        return str(self.pk)


class CustodyTransferQuerySet(models.QuerySet["CustodyTransfer"]):
    """Filters."""

    def waiting(self) -> Self:
        """Those that came to no end yet; past their term too."""
        return self.filter(ended_at=None)

    def open(self, now: datetime) -> Self:
        """Those that can still be agreed to."""
        return self.waiting().filter(expires_at__gt=now)

    def expired(self, now: datetime) -> Self:
        """Those whose term is over, and that were not ended yet."""
        return self.waiting().filter(expires_at__lte=now)

    def of_patient(self, patient_id: UUID) -> Self:
        """Those about one patient, the newest first."""
        return self.filter(patient_id=patient_id).order_by("-id")

    def from_facility(self, facility_id: UUID) -> Self:
        """Those that a facility proposed."""
        return self.filter(giver_id=facility_id)

    def to_facility(self, facility_id: UUID) -> Self:
        """Those that were proposed to a facility."""
        return self.filter(taker_id=facility_id)


class CustodyTransfer(models.Model):
    """A proposal that another facility manages a patient's group, and what became of it.

    `giver` manages the group when it is proposed; `taker` has people there, and decides.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    giver = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, choices=CustodyEnd, blank=True, default="")
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CustodyTransferQuerySet.as_manager()

    class Meta:
        """One waiting per patient, from one facility to another; an end has its outcome."""

        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=models.Q(ended_at=None),
                name="patients_custody_is_proposed_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(giver=models.F("taker")), name="patients_custody_goes_elsewhere"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, outcome="", decider=None)
                | (models.Q(ended_at__isnull=False) & ~models.Q(outcome="")),
                name="patients_custody_end_has_outcome",
            ),
            models.CheckConstraint(
                condition=models.Q(decider__isnull=False)
                | ~models.Q(outcome__in=[CustodyEnd.ACCEPTED, CustodyEnd.DECLINED]),
                name="patients_custody_is_decided_by_someone",
            ),
        ]
        indexes = [
            models.Index(fields=["giver", "-id"], name="patients_custody_given"),
            models.Index(fields=["taker", "-id"], name="patients_custody_taken"),
        ]

    def __str__(self) -> str:
        """Return the outcome; nothing while it waits."""
        return self.outcome
