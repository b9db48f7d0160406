"""A facility makes roles of its own, by choosing rights in words.

Managers alone do. What keeps a facility governable is no such role's to have: the manager's own
role is nobody's to change, and there is always a manager. A right that is taken away is gone at
the next request: it is read from here each time.

Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.facilities.choices import Right
from carestation.facilities.commands.bindings import bind_by_rules
from carestation.facilities.commands.scopes import bundle_of_facility
from carestation.facilities.commands.staff import lock_desk
from carestation.facilities.facts import RightGiven, RightTaken, RoleChanged, RoleEnded
from carestation.facilities.models.facilities import Facility
from carestation.facilities.models.policies import CustomRole, Grant
from carestation.facilities.models.staff import Staff, StaffInvitation
from carestation.facilities.queries.roles import (
    find_role,
    granted_to,
    read_role_name,
    role_name_place,
)
from carestation.facilities.rules import MANAGERS_ALONE, MOST_ROLES, Desk, completed, folded
from carestation.factlog.commands import announce
from carestation.kernel.errors import Conflict, DomainError
from carestation.kernel.ids import uuid7


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRole:
    """What a role is to be called from now on, and what it may do."""

    name: str
    rights: frozenset[Right]


@transaction.atomic
def make_role(desk: Desk, new: NewRole) -> CustomRole:
    """Make a role that the facility's managers can give to its staff.

    Raises:
        Refused: the actor may not.
        DomainError: another role is called so (reason `role_name_taken`), there are too many
            (`too_many_roles`), or a right is the managers' alone (`managers_alone`).
    """
    facility = lock_desk(desk, Right.CHANGE_ROLES)
    _require_sound(desk, new, but=None)
    if CustomRole.objects.standing().of_facility(desk.facility_id).count() >= MOST_ROLES:
        raise DomainError("too_many_roles")
    role = CustomRole(id=uuid7(), facility=facility, version=0, created_at=timezone.now())
    _keep(desk, facility, role, new)
    return role


@transaction.atomic
def change_role(desk: Desk, role_id: UUID, new: NewRole, *, version: int) -> bool:
    """Give a role another name or other rights; return whether anything is new.

    `version`: of the role that was looked at. It holds at the next request of whoever has it.

    Raises:
        NotVisible: no such role in this facility, or it has ended.
        Refused: the actor may not.
        Conflict: someone else has changed it meanwhile (reason `role_changed`).
        DomainError: another role is called so (reason `role_name_taken`), or a right is the
            managers' alone (`managers_alone`).
    """
    facility = lock_desk(desk, Right.CHANGE_ROLES)
    role = find_role(desk, role_id)
    if role.version != version:
        raise Conflict("role_changed")
    _require_sound(desk, new, but=role_id)
    is_named_so = read_role_name(role, desk.actor) == new.name
    if is_named_so and granted_to(role_id) == completed(new.rights):
        return False
    _keep(desk, facility, role, new)
    _bind(desk, role_id)
    return True


@transaction.atomic
def end_role(desk: Desk, role_id: UUID) -> int:
    """End a role; who has it is a member from now on, and who is invited to it. Return the former.

    Raises:
        NotVisible: no such role in this facility, or it has ended.
        Refused: the actor may not.
    """
    lock_desk(desk, Right.CHANGE_ROLES)
    role = find_role(desk, role_id)
    # First those who are invited: who agrees in this moment is among the holders, or a member.
    StaffInvitation.objects.waiting().filter(custom_role=role).update(custom_role=None)
    holders = list(Staff.objects.active().filter(custom_role=role).order_by("user_id"))
    Staff.objects.filter(custom_role=role).update(custom_role=None)
    role.ended_at = timezone.now()
    role.save(update_fields=["ended_at"])
    announce(RoleEnded(**desk.marks(), role_id=role_id, people=len(holders)))
    for staff in holders:
        bind_by_rules(desk.actor, staff.user_id)
    return len(holders)


def _require_sound(desk: Desk, new: NewRole, *, but: UUID | None) -> None:
    if new.rights & MANAGERS_ALONE:
        raise DomainError("managers_alone")
    standing = CustomRole.objects.standing().of_facility(desk.facility_id)
    others = [one for one in standing if one.pk != but]
    if folded(new.name) in {folded(read_role_name(one, desk.actor)) for one in others}:
        raise DomainError("role_name_taken")


def _keep(desk: Desk, facility: Facility, role: CustomRole, new: NewRole) -> None:
    bundle = bundle_of_facility(facility.pk, desk.actor)
    rights = completed(new.rights)
    role.name_sealed = bundle.seal(new.name, role_name_place(role.pk))
    role.version += 1
    role.save()
    before = granted_to(role.pk)
    Grant.objects.filter(role=role).exclude(right__in=rights).delete()
    Grant.objects.bulk_create(Grant(role=role, right=one) for one in sorted(rights - before))
    announce(RoleChanged(**desk.marks(), role_id=role.pk, version=role.version))
    for right in sorted(rights - before):
        announce(RightGiven(**desk.marks(), role_id=role.pk, right=right))
    for right in sorted(before - rights):
        announce(RightTaken(**desk.marks(), role_id=role.pk, right=right))


def _bind(desk: Desk, role_id: UUID) -> None:
    # Who has a desk has a second factor: with a right more or less, that may be new.
    holders = Staff.objects.standing().filter(custom_role_id=role_id).order_by("user_id")
    for user_id in holders.values_list("user_id", flat=True):
        bind_by_rules(desk.actor, user_id)
