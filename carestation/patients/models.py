"""Patients.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from uuid import UUID

from django.db import models

from carestation.facilities.models import Facility
from carestation.groups.models import Group
from carestation.kernel.ids import uuid7
from carestation.vault.sealing import Place


class Patient(models.Model):
    """The patient of one group. All that was typed about them is one sealed document."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="+")
    managing_facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    face_sheet_sealed = models.BinaryField()
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        """Return the id: the name is sealed."""
        return str(self.pk)

    @staticmethod
    def face_sheet_place(patient_id: UUID) -> Place:
        """Return where a face sheet is sealed."""
        return Place("patients_patient", "face_sheet", patient_id)
