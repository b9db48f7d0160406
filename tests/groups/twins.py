"""What the hot statements of groups say, said in the ORM."""

from datetime import datetime

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from carestation.accounts.models import User
from carestation.groups.choices import Relation, Role, Side
from carestation.groups.models.invitations import Invitation
from carestation.groups.models.memberships import Membership, ReadMark
from carestation.groups.queries.answers import Answers
from carestation.groups.queries.connections import offers_for
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


def answers_twin(actor: Actor) -> Answers:
    """Return what `answers_due` finds."""
    now = timezone.now()
    waiting = Invitation.objects.waiting()
    own = Membership.objects.seated(now).of_person(actor.user_id)
    managed = own.filter(role=Role.MANAGER).values("group_id")
    of_patient = own.filter(role=Role.FAMILY, relation=Relation.PATIENT).values("group_id")
    approved = Q(needs_manager=False) | Q(approved_at__isnull=False)
    to_approve = Q(group_id__in=managed, needs_manager=True, approved_at=None)
    to_agree = Q(group_id__in=of_patient, needs_patient=True, agreed_at=None) & approved
    decides = waiting.filter(to_approve | to_agree, expires_at__gt=now, group__archived_at=None)
    address = User.objects.filter(pk=actor.user_id, ended_at=None).values("email_index")
    return Answers(
        is_invited=waiting.filter(email_index__in=address).exists(),
        offers=offers_for(actor).count(),
        decides=dict(decides.order_by("group_id").values_list("group_id").annotate(Count("id"))),
    )
