"""Checkpoints that leave the machine: what a facility's managers keep in their own post.

What is put back to an older state, the seal and all, is found out by what left before.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from datetime import date
from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from carestation.audit.choices import Job
from carestation.audit.commands.checkpoints import sign_parts
from carestation.audit.models import WHOLE, Tree
from carestation.audit.rules import is_letter_day
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.policies import rules_of

READ_AT_ONCE: Final = 500


def send_checkpoints(day: date) -> int:
    """Let managers be mailed their facility's newest checkpoint on a day; return how many letters.

    How often, the facility has decided. Nothing is announced: a letter that goes by the timetable
    would be a fact that asks for the next.
    """
    sign_parts()
    parts = Tree.objects.exclude(pk=WHOLE).order_by("pk").values_list("pk", flat=True)
    letters = 0
    for facility_id in parts.iterator(READ_AT_ONCE):
        if not is_letter_day(rules_of(facility_id).checkpoint_letters, day):
            continue
        managers = Staff.objects.standing().managers().of_facility(facility_id)
        with transaction.atomic():
            for user_id in sorted(set(managers.values_list("user_id", flat=True))):
                job = jobs.configure_task(Job.MAIL_CHECKPOINT)
                job.defer(user_id=str(user_id), facility_id=str(facility_id))
                letters += 1
    return letters
