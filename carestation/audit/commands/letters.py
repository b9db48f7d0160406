"""Checkpoints that leave the machine: what a facility's managers keep in their own post.

What is put back to an older state, the seal and all, is found out by what left before.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from carestation.audit.choices import Job
from carestation.audit.commands.checkpoints import sign_parts
from carestation.audit.models import WHOLE, Tree
from carestation.facilities.models.staff import Staff

READ_AT_ONCE: Final = 500


def send_checkpoints() -> int:
    """Let each manager of a facility be mailed its newest checkpoint; return how many letters.

    Nothing is announced: a letter that goes each week would be a fact that asks for the next.
    """
    sign_parts()
    parts = Tree.objects.exclude(pk=WHOLE).order_by("pk").values_list("pk", flat=True)
    letters = 0
    for facility_id in parts.iterator(READ_AT_ONCE):
        managers = Staff.objects.standing().managers().of_facility(facility_id)
        with transaction.atomic():
            for user_id in sorted(set(managers.values_list("user_id", flat=True))):
                job = jobs.configure_task(Job.MAIL_CHECKPOINT)
                job.defer(user_id=str(user_id), facility_id=str(facility_id))
                letters += 1
    return letters
