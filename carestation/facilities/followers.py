"""What follows from facts of facilities: letters to their managers.

Controls: ISO/IEC 27017 5.17; white paper 「認証情報の管理」.
"""

from collections.abc import Sequence
from uuid import UUID

from procrastinate.contrib.django import app as jobs

from carestation.accounts.choices import Job, Letter
from carestation.facilities.facts import (
    FacilityApproved,
    FacilityFrozen,
    FacilityRefused,
    FacilityUnfrozen,
    PolicyChanged,
    RoleChanged,
    RoleEnded,
    StorageRanShort,
)
from carestation.facilities.models.staff import Staff
from carestation.factlog.commands import follower


@follower(PolicyChanged)
def tell_managers_of_rules(facts: Sequence[PolicyChanged]) -> None:
    """Tell every manager of a facility that its rules are others."""
    for fact in facts:
        _write_to_managers(fact.facility_id, Letter.RULES_CHANGED)


@follower(RoleChanged)
def tell_managers_of_roles(facts: Sequence[RoleChanged]) -> None:
    """Tell every manager of a facility that one of its roles is another."""
    for fact in facts:
        _write_to_managers(fact.facility_id, Letter.ROLES_CHANGED)


@follower(RoleEnded)
def tell_managers_of_ended_roles(facts: Sequence[RoleEnded]) -> None:
    """Tell every manager of a facility that one of its roles is no more."""
    for fact in facts:
        _write_to_managers(fact.facility_id, Letter.ROLES_CHANGED)


@follower(FacilityApproved)
def tell_managers_of_approval(facts: Sequence[FacilityApproved]) -> None:
    """Tell every manager of a facility that it takes part."""
    for fact in facts:
        _write_to_managers(fact.facility_id, Letter.FACILITY_APPROVED)


@follower(FacilityRefused)
def tell_managers_of_refusal(facts: Sequence[FacilityRefused]) -> None:
    """Tell every manager of a facility that it does not take part."""
    for fact in facts:
        _write_to_managers(fact.facility_id, Letter.FACILITY_REFUSED)


@follower(FacilityFrozen)
def tell_managers_of_freezing(facts: Sequence[FacilityFrozen]) -> None:
    """Tell every manager of a facility that it was stopped."""
    for fact in facts:
        _write_to_managers(fact.facility_id, Letter.FACILITY_FROZEN)


@follower(FacilityUnfrozen)
def tell_managers_of_unfreezing(facts: Sequence[FacilityUnfrozen]) -> None:
    """Tell every manager of a facility that it takes part again."""
    for fact in facts:
        _write_to_managers(fact.facility_id, Letter.FACILITY_UNFROZEN)


@follower(StorageRanShort)
def tell_managers_of_storage(facts: Sequence[StorageRanShort]) -> None:
    """Tell every manager of a facility that its files take most of what they may."""
    for fact in facts:
        _write_to_managers(fact.facility_id, Letter.STORAGE_SHORT)


def _write_to_managers(facility_id: UUID, letter: Letter) -> None:
    # A frozen facility's managers, too: they are whom it is for.
    managers = Staff.objects.kept().managers().of_facility(facility_id)
    for user_id in managers.values_list("user_id", flat=True):
        job = jobs.configure_task(Job.MAIL_LETTER)
        job.defer(user_id=str(user_id), letter=letter.value)
