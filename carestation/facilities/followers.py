"""What follows from facts of facilities: letters to their managers.

Controls: ISO/IEC 27017 5.17; white paper 「認証情報の管理」.
"""

from collections.abc import Sequence

from procrastinate.contrib.django import app as jobs

from carestation.accounts.choices import Job, Letter
from carestation.facilities.facts import PolicyChanged
from carestation.facilities.models import Staff
from carestation.factlog.commands import follower


@follower(PolicyChanged)
def tell_managers_of_rules(facts: Sequence[PolicyChanged]) -> None:
    """Tell every manager of a facility that its rules are others."""
    for fact in facts:
        managers = Staff.objects.standing().managers().of_facility(fact.facility_id)
        for user_id in managers.values_list("user_id", flat=True):
            job = jobs.configure_task(Job.MAIL_LETTER)
            job.defer(user_id=str(user_id), letter=Letter.RULES_CHANGED.value)
