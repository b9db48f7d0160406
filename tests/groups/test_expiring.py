"""A membership with an end from the beginning gives no seat past it, ended or not."""

from datetime import datetime, timedelta
from typing import Final

import pytest
from django.db import IntegrityError, transaction

from carestation.factlog.models import LoggedFact
from carestation.groups import tasks
from carestation.groups.choices import Relation, Role, Side
from carestation.groups.commands.expiring import end_expired_memberships
from carestation.groups.commands.memberships import begin
from carestation.groups.commands.timelines import lock_timeline
from carestation.groups.models.memberships import Membership
from carestation.groups.queries.seats import members_at, take_seats
from carestation.groups.rules import Newcomer
from carestation.kernel.errors import NotVisible, Refused
from carestation.vault.models import OPERATOR
from tests.accounts.people import clock_later
from tests.groups.twins import database_now, seat_twin
from tests.world import World

AN_INSTANT: Final = timedelta(microseconds=1)
SIDES: Final = (Side.PROFESSIONAL, Side.PATIENT)


def seated_until(world: World, until: datetime, name: str = "ito") -> Membership:
    """Let someone of the facility sit at the patient until a time."""
    newcomer = Newcomer(
        user_id=world.people[name].pk,
        role=Role.PROFESSIONAL,
        staff_id=world.staff[name].pk,
        expires_at=until,
    )
    with transaction.atomic():
        return begin(world.actor(name), world.group.pk, newcomer, world.facility.pk)


@pytest.mark.control("8.3")
@pytest.mark.parametrize("side", SIDES)
def test_a_seat_stands_to_its_last_instant_and_is_gone_with_the_next(
    world: World, side: Side
) -> None:
    membership = seated_until(world, database_now() + AN_INSTANT)
    still = (world.seat("ito", side).membership_id, seat_twin(world, world.actor("ito"), side))
    seen = [one.name for one in members_at(world.seat("kato", side))]

    Membership.objects.filter(pk=membership.pk).update(expires_at=database_now())

    assert still[0] == membership.pk
    assert still[1] is not None
    assert "伊藤 実" in seen
    with pytest.raises(NotVisible):
        world.seat("ito", side)
    assert world.group.pk not in {one.group_id for one in take_seats(world.actor("ito"))}
    assert seat_twin(world, world.actor("ito"), side) is None
    assert "伊藤 実" not in [one.name for one in members_at(world.seat("kato", side))]
    assert Membership.objects.active().filter(pk=membership.pk).exists(), "nothing has ended it"


@pytest.mark.control("5.18")
def test_what_has_expired_is_ended_once_and_counted_at_every_side(world: World) -> None:
    over = seated_until(world, database_now() - AN_INSTANT)
    later = seated_until(world, database_now() + timedelta(hours=1), "ueda")
    before = [world.timeline(side).seq for side in SIDES]

    ended = end_expired_memberships()
    again = end_expired_memberships()

    assert ([one.pk for one in ended], again) == ([over.pk], [])
    assert [world.timeline(side).seq for side in SIDES] == [one + 1 for one in before]
    assert world.membership("ueda").pk == later.pk
    fact = LoggedFact.objects.get(kind="groups.MembershipEnded", object_id=over.pk)
    assert (fact.actor_id, fact.facility_id) == (OPERATOR, world.facility.pk)


def test_the_timetable_ends_it_every_minute(world: World) -> None:
    over = seated_until(world, database_now() - AN_INSTANT)

    tasks.end_expired(timestamp=0)

    assert not Membership.objects.active().filter(pk=over.pk).exists()


def test_neither_the_family_nor_a_manager_sits_for_a_time(world: World) -> None:
    until = database_now()
    for newcomer in (
        Newcomer(
            user_id=world.people["ito"].pk,
            role=Role.FAMILY,
            relation=Relation.FAMILY,
            expires_at=until,
        ),
        Newcomer(
            user_id=world.people["ito"].pk,
            role=Role.MANAGER,
            staff_id=world.staff["ito"].pk,
            expires_at=until,
        ),
    ):
        with transaction.atomic(), pytest.raises(IntegrityError, match="what_expires"):
            begin(world.actor("ito"), world.group.pk, newcomer, world.facility.pk)


@pytest.mark.control("8.3")
def test_under_the_lock_a_seat_that_has_ended_by_itself_is_gone_too(world: World) -> None:
    membership = seated_until(world, database_now() + timedelta(hours=1))
    seat = world.seat("ito", Side.PROFESSIONAL)
    assert seat.expires_at == membership.expires_at

    with clock_later(60 * 60), pytest.raises(Refused):
        lock_timeline(seat)
    assert lock_timeline(seat).pk == seat.timeline_id
