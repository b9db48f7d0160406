"""A closed group loses everyone who sits there: before its keys are destroyed.

Controls: ISO/IEC 27017 8.3, 8.10; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.utils import timezone

from carestation.groups.choices import Role
from carestation.groups.commands.memberships import finish
from carestation.groups.commands.timelines import lock_timelines
from carestation.groups.models.groups import Group
from carestation.groups.models.memberships import Membership
from carestation.groups.rules import SIDES_OPEN_TO
from carestation.kernel.actor import Actor


def empty_group(actor: Actor, group_id: UUID) -> list[Membership]:
    """End every place in a group, and what waits for someone. Inside the caller's transaction.

    Returns what ended, so that open pages are told. A group that is open is closed.
    """
    timelines = lock_timelines(group_id, Role.MANAGER)
    Group.objects.filter(pk=group_id, archived_at=None).update(archived_at=timezone.now())
    sitting = list(Membership.objects.active().of_group(group_id).order_by("id"))
    for membership in sitting:
        sides = SIDES_OPEN_TO[Role(membership.role)]
        seen = [one for one in timelines if one.side in sides]
        finish(actor, None, membership, seen)
    return sitting
