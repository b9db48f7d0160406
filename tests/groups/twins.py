"""What the hot statements of groups say, said in the ORM."""

from datetime import datetime

from django.db import connection

from carestation.groups.choices import Role, Side
from carestation.groups.models.memberships import ReadMark
from carestation.groups.rules import may_see
from carestation.kernel.actor import Actor
from tests.world import World


def database_now() -> datetime:
    """Return what `now()` is for the rest of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        [now] = cursor.fetchone()
    assert isinstance(now, datetime)
    return now


def seat_twin(world: World, actor: Actor, side: Side) -> tuple[object, ...] | None:
    """Return what `take_seat` says of a seat; None where it finds none."""
    own = ReadMark.objects.active().at(world.group.pk, side)
    mark = (
        own.filter(membership__user_id=actor.user_id)
        .select_related("timeline", "membership__group", "membership__staff__facility")
        .first()
    )
    if mark is None or not may_see(Role(mark.membership.role), side):
        return None
    member = mark.membership
    if member.staff and (member.staff.ended_at or member.staff.paused_at):
        return None
    if member.staff and member.staff.facility.frozen_at:
        return None
    if member.expires_at and member.expires_at <= database_now():
        return None
    return (
        member.pk,
        member.role,
        member.staff.facility_id if member.staff else None,
        mark.pk,
        mark.number,
        mark.timeline.seq,
        mark.timeline.posts,
        member.group.archived_at is not None,
    )
