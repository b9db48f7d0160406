"""What follows from exports: letters to the facility's managers, and to who asked.

Controls: ISO/IEC 27017 8.13, CLD.8.1.5; white paper 「バックアップ」.
"""

from collections.abc import Sequence
from uuid import UUID

from procrastinate.contrib.django import app as jobs

from carestation.accounts.choices import Job, Letter
from carestation.exports.facts import ExportAsked, ExportDue, ExportFailed, ExportMade
from carestation.facilities.choices import Right
from carestation.facilities.models.staff import Staff
from carestation.factlog.commands import follower


@follower(ExportAsked)
def tell_managers_of_export(facts: Sequence[ExportAsked]) -> None:
    """Tell every manager of a facility that its data are being written out, and who asked too."""
    for fact in facts:
        managers = Staff.objects.standing().managers().of_facility(fact.facility_id)
        for user_id in sorted({*managers.values_list("user_id", flat=True), fact.actor_id}):
            _write(user_id, Letter.EXPORT_ASKED)


@follower(ExportMade)
def tell_asker_of_export(facts: Sequence[ExportMade]) -> None:
    """Tell who asked for an export that it is there."""
    for fact in facts:
        _write(fact.actor_id, Letter.EXPORT_MADE)


@follower(ExportFailed)
def tell_asker_of_failure(facts: Sequence[ExportFailed]) -> None:
    """Tell who asked for an export that it could not be made."""
    for fact in facts:
        _write(fact.actor_id, Letter.EXPORT_FAILED)


@follower(ExportDue)
def remind_of_copy(facts: Sequence[ExportDue]) -> None:
    """Remind whoever may write out a facility's data that a copy is due."""
    for fact in facts:
        working = Staff.objects.standing().of_facility(fact.facility_id)
        able = working.with_right(Right.EXPORT).values_list("user_id", flat=True)
        for user_id in sorted(set(able)):
            _write(user_id, Letter.EXPORT_DUE)


def _write(user_id: UUID, letter: Letter) -> None:
    jobs.configure_task(Job.MAIL_LETTER).defer(user_id=str(user_id), letter=letter.value)
