"""Groups are opened and closed.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.facilities.choices import Right
from carestation.facilities.commands.staff import lock_own_place
from carestation.facilities.models.staff import Staff
from carestation.factlog.commands import announce
from carestation.groups.choices import InvitationEnd, Kind, Role
from carestation.groups.commands.invitations import end_all_invitations
from carestation.groups.commands.memberships import begin, require_still_manager
from carestation.groups.commands.timelines import count_change, lock_timelines
from carestation.groups.facts import GroupArchived, GroupOpened, GroupReopened
from carestation.groups.models.groups import Group, Timeline
from carestation.groups.queries.seats import group_name_place
from carestation.groups.rules import SIDES_OF, Newcomer, Seat, may_manage
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, require
from carestation.kernel.ids import uuid7
from carestation.vault.models import OPERATOR, ScopeKind
from carestation.vault.scopes import create_scope

SCOPE_KINDS = {
    Kind.PATIENT: ScopeKind.PATIENT_GROUP,
    Kind.FREE: ScopeKind.FREE_GROUP,
    Kind.DIRECT: ScopeKind.DIRECT_TALK,
}


@transaction.atomic
@acting_as(Work.SEATING)
def open_group(
    actor: Actor, kind: Kind, founder: Newcomer, *, facility_id: UUID | None = None, name: str = ""
) -> Group:
    """Open a group with its keys, its timelines and its first member."""
    group_id = uuid7()
    bundle = create_scope(group_id, SCOPE_KINDS[kind], facility_id or OPERATOR)
    group = Group.objects.create(
        id=group_id,
        kind=kind,
        facility_id=facility_id,
        name_sealed=bundle.seal(name, group_name_place(group_id)) if name else None,
        created_at=timezone.now(),
    )
    Timeline.objects.bulk_create(
        [Timeline(group=group, side=side) for side in sorted(SIDES_OF[kind])]
    )
    announce(
        GroupOpened(
            actor_id=actor.user_id,
            facility_id=facility_id,
            request_id=actor.request_id,
            group_id=group_id,
            group_kind=kind,
        )
    )
    begin(actor, group_id, founder, facility_id)
    return group


@transaction.atomic
def open_free_group(actor: Actor, staff: Staff, name: str) -> Group:
    """Open a free group from the actor's place in a facility, with the actor as its manager.

    Raises:
        Refused: the place in the facility is another's, or gives no seat.
    """
    place = lock_own_place(actor, staff.pk, Right.OPEN_GROUPS)
    founder = Newcomer(user_id=actor.user_id, role=Role.MANAGER, staff_id=place.pk)
    return open_group(actor, Kind.FREE, founder, facility_id=place.facility_id, name=name)


@transaction.atomic
def reopen_group(seat: Seat) -> None:
    """Let a closed group be written again; who was invited before it closed is invited anew.

    Raises:
        Refused: only the group's manager does.
        Conflict: it is open already.
    """
    require(allowed=may_manage(seat))
    timelines = lock_timelines(seat.group_id, Role.MANAGER)
    require_still_manager(seat)
    closed = Group.objects.filter(pk=seat.group_id).exclude(archived_at=None)
    if not closed.update(archived_at=None):
        raise Conflict("open")
    for timeline in timelines:
        count_change(timeline)
    announce(GroupReopened(**seat.marks()))


@transaction.atomic
def archive_group(seat: Seat) -> None:
    """Close a group: it stays readable, nothing is written any more.

    Raises:
        Refused: only the group's manager does.
        Conflict: it is closed already.
    """
    require(allowed=may_manage(seat))
    timelines = lock_timelines(seat.group_id, Role.MANAGER)
    require_still_manager(seat)
    open_ones = Group.objects.filter(pk=seat.group_id, archived_at=None)
    if not open_ones.update(archived_at=timezone.now()):
        raise Conflict("archived")
    for timeline in timelines:
        count_change(timeline)
    end_all_invitations(seat, InvitationEnd.GROUP_CLOSED)
    announce(GroupArchived(**seat.marks()))
