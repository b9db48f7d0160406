"""Who may do what through their role in a facility.

Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""

from collections import Counter
from dataclasses import dataclass

from carestation.facilities.choices import Right, StaffRole
from carestation.facilities.models import Staff
from carestation.facilities.queries.policies import rules_of
from carestation.facilities.rules import Desk, rights_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleShown:
    """A role of a facility with what it may do, ready to show. `people`: who has it now."""

    title: str
    rights: frozenset[Right]
    people: int


def rights_at(staff: Staff) -> frozenset[Right]:
    """Return what someone may do through their place in a facility."""
    return rights_of(StaffRole(staff.role), rules_of(staff.facility_id))


def roles_shown(desk: Desk) -> list[RoleShown]:
    """Return the roles of the desk's facility."""
    rules = rules_of(desk.facility_id)
    working = Staff.objects.standing().of_facility(desk.facility_id)
    counted = Counter(working.values_list("role", flat=True))
    return [
        RoleShown(title=role.label, rights=rights_of(role, rules), people=counted[role.value])
        for role in StaffRole
    ]
