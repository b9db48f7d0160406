"""Memberships that had an end from the beginning are ended when it has come.

Their seats are gone by then: the view `groups_seat` and live ask for the time themselves.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from typing import Final

from django.db import transaction
from django.utils import timezone

from carestation.groups.choices import Role
from carestation.groups.commands.memberships import finish
from carestation.groups.commands.timelines import lock_timelines
from carestation.groups.models.memberships import Membership
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.actor import Actor
from carestation.kernel.ids import uuid7
from carestation.vault.models import OPERATOR

MOST_AT_ONCE: Final = 200


@transaction.atomic
@acting_as(Work.SEATING)
def end_expired_memberships() -> list[Membership]:
    """End what has expired; return it."""
    clock = Actor(user_id=OPERATOR, request_id=uuid7())
    expired = Membership.objects.expired(timezone.now()).select_related("staff")
    return [
        one for one in expired.order_by("group_id", "id")[:MOST_AT_ONCE] if end_expired(clock, one)
    ]


@acting_as(Work.SEATING)
def end_expired(actor: Actor, membership: Membership) -> bool:
    """End one; return whether it stood. Inside the caller's transaction."""
    timelines = lock_timelines(membership.group_id, Role(membership.role))
    facility_id = membership.staff.facility_id if membership.staff else None
    return finish(actor, facility_id, membership, timelines)
