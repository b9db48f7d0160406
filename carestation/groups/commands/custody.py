"""A group comes under another facility: it and its keys, and who was there for the former alone.

Controls: ISO/IEC 27017 5.18, 8.3, 8.24; white paper 「利用者アクセスの管理」, 「暗号化」.
"""

from uuid import UUID

from carestation.facilities.rules import Desk
from carestation.groups.choices import Role
from carestation.groups.commands.memberships import finish
from carestation.groups.commands.roles import let_manage
from carestation.groups.commands.timelines import lock_timelines
from carestation.groups.models.groups import Group
from carestation.groups.models.memberships import Membership
from carestation.kernel.errors import Conflict, DomainError
from carestation.vault.scopes import rewrap


def take_over_group(desk: Desk, group_id: UUID, manager_id: UUID | None) -> list[Membership]:
    """Put a group under the desk's facility; who calls has asked whether it may.

    `manager_id`: whose membership is to manage it, where nobody of the facility does. Members keep
    their seats, but for the former facility's people who came in an emergency: that they could was
    the former's. Returns the memberships that changed. Inside the caller's transaction.

    Raises:
        Conflict: nobody of the facility sits there for good and can act (reason `nobody_there`).
        DomainError: nobody of it would manage the group (reason `manager_missing`).
    """
    timelines = lock_timelines(group_id, Role.MANAGER)
    own = Membership.objects.could_manage(desk.facility_id).of_group(group_id)
    if not own.exists():
        raise Conflict("nobody_there")
    former_id = Group.objects.values_list("facility_id", flat=True).get(pk=group_id)
    Group.objects.filter(pk=group_id).update(facility_id=desk.facility_id)
    rewrap(group_id, desk.facility_id)
    changed = []
    if not own.managing().exists():
        named = own.filter(pk=manager_id).first() if manager_id else None
        if named is None:
            raise DomainError("manager_missing")
        let_manage(desk, named, timelines)
        changed.append(named)
    came = Membership.objects.active().of_group(group_id).filter(staff__facility_id=former_id)
    for one in came.exclude(expires_at=None).order_by("id"):
        finish(desk.actor, desk.facility_id, one, timelines)
        changed.append(one)
    return changed
