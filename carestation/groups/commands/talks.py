"""Two people talk: each pair has one talk, whoever opens it, and whenever.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from django.db import transaction

from carestation.accounts.models import User
from carestation.facilities.models.staff import Staff
from carestation.groups.choices import Kind
from carestation.groups.commands.groups import open_group
from carestation.groups.commands.memberships import begin
from carestation.groups.models.groups import Group, Pair
from carestation.groups.models.memberships import Membership
from carestation.groups.rules import Newcomer
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.actor import Actor
from carestation.kernel.errors import DomainError


@transaction.atomic
@acting_as(Work.SEATING)
def open_talk(actor: Actor, own: Newcomer, other: Newcomer) -> Group:
    """Open the talk of two people, or return theirs; who has left it sits there again.

    Nobody manages it, and nobody else joins later. Both people are locked, so that two who open it
    at once come one after the other.

    Raises:
        DomainError: a person with themselves (reason `with_oneself`), or the place of one of them
            has ended (`no_place_of_work`).
    """
    if own.user_id == other.user_id:
        raise DomainError("with_oneself")
    # Who ends a place locks it before its person.
    places = Staff.objects.filter(pk__in=[one.staff_id for one in (own, other) if one.staff_id])
    list(places.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    lower, higher = sorted((own.user_id, other.user_id))
    both = User.objects.filter(pk__in=(lower, higher)).order_by("pk")
    list(both.select_for_update(no_key=True).values_list("pk"))
    pair = Pair.objects.select_related("group").of(lower, higher).first()
    if pair is None:
        group = open_group(actor, Kind.DIRECT, own)
        Pair.objects.create(group=group, lower_id=lower, higher_id=higher)
    else:
        group = pair.group
    sitting = Membership.objects.active().of_group(group.pk)
    for one in (own, other):
        if not sitting.of_person(one.user_id).exists():
            begin(actor, group.pk, one, None)
    return group
