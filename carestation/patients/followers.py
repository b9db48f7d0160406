"""What follows from facts of patients: letters about emergencies and about who manages a group.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Sequence
from uuid import UUID

from procrastinate.contrib.django import app as jobs

from carestation.accounts.choices import Job, Letter
from carestation.facilities.choices import Right
from carestation.facilities.models.staff import Staff
from carestation.factlog.commands import follower
from carestation.groups.models.memberships import Membership
from carestation.patients.facts import (
    CustodyProposed,
    CustodyRetained,
    CustodyTransferred,
    EmergencyBegan,
)


@follower(EmergencyBegan)
def tell_of_emergency(facts: Sequence[EmergencyBegan]) -> None:
    """Tell every other member of the group, and whoever looks into it at the facility's desk."""
    for fact in facts:
        members = Membership.objects.active().of_group(fact.group_id)
        working = Staff.objects.standing().of_facility(fact.facility_id)
        managers = working.with_right(Right.REVIEW_EMERGENCIES)
        for letter, rows in (
            (Letter.EMERGENCY_BEGAN, members.values_list("user_id", flat=True)),
            (Letter.EMERGENCY_TO_REVIEW, managers.values_list("user_id", flat=True)),
        ):
            for user_id in sorted(set(rows) - {fact.actor_id}):
                _write(user_id, letter)


@follower(CustodyProposed)
def tell_of_proposal(facts: Sequence[CustodyProposed]) -> None:
    """Tell whoever decides at the desks of both facilities, each by its own fact."""
    for fact in facts:
        _write_to_desk(fact.facility_id, fact.actor_id, Letter.CUSTODY_PROPOSED)


@follower(CustodyTransferred)
def tell_of_transfer(facts: Sequence[CustodyTransferred]) -> None:
    """Tell whoever decides at the desks of both facilities, each by its own fact."""
    for fact in facts:
        _write_to_desk(fact.facility_id, fact.actor_id, Letter.CUSTODY_CHANGED)


@follower(CustodyRetained)
def tell_of_retained(facts: Sequence[CustodyRetained]) -> None:
    """Tell whoever decides at the desks of both facilities, each by its own fact."""
    for fact in facts:
        _write_to_desk(fact.facility_id, fact.actor_id, Letter.CUSTODY_UNCHANGED)


def _write_to_desk(facility_id: UUID, actor_id: UUID, letter: Letter) -> None:
    working = Staff.objects.standing().of_facility(facility_id)
    deciding = working.with_right(Right.TRANSFER_CUSTODY).exclude(user_id=actor_id)
    for user_id in deciding.order_by("user_id").values_list("user_id", flat=True):
        _write(user_id, letter)


def _write(user_id: UUID, letter: Letter) -> None:
    jobs.configure_task(Job.MAIL_LETTER).defer(user_id=str(user_id), letter=letter.value)
