"""Live reads the same seats and sessions as the doors of the pages do."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from carestation.accounts.choices import EndReason, Proof, Standing
from carestation.accounts.commands.bindings import bind_person
from carestation.accounts.commands.sessions import open_session
from carestation.accounts.models import Operator, Session, User
from carestation.accounts.queries.sessions import find_entry, token_key
from carestation.accounts.rules import Binding
from carestation.groups.choices import Side
from carestation.groups.commands.freezing import freeze_seats
from carestation.groups.commands.memberships import end_membership
from carestation.groups.commands.places import pause_place
from carestation.groups.models.groups import Group, Timeline
from carestation.groups.models.memberships import Membership
from carestation.groups.queries.seats import take_seat
from carestation.kernel.errors import NotVisible
from carestation.kernel.ids import uuid7
from carestation.live.database import Database
from carestation.live.queries import (
    Seated,
    Seating,
    find_session,
    read_numbers,
    read_seatings,
    read_seats_of_person,
    valid_sessions,
)
from tests.accounts.operating import a_console
from tests.accounts.signing_in import BROWSER
from tests.facilities.people import a_manager
from tests.groups.test_expiring import seated_until
from tests.live.process import test_database_url as database_url
from tests.world import World

T = TypeVar("T")
A_MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.control("8.3")


def asked(question: Callable[[Database], Awaitable[T]]) -> T:
    """Return what live is answered, through a connection of its own."""

    async def ask() -> T:
        database = Database(database_url())
        try:
            return await question(database)
        finally:
            await database.close()

    return asyncio.run(ask())


@pytest.mark.parametrize("left", ["sato", "mori", None])
def test_live_reads_the_same_seats_as_the_door(fresh_world: World, left: str | None) -> None:
    world = fresh_world
    if left:
        end_membership(world.seat("kato", Side.PROFESSIONAL), world.membership(left).pk)
    groups = list(Group.objects.values_list("pk", flat=True))

    seatings = asked(lambda db: read_seatings(db, groups))

    assert set(seatings) == {
        Seating(one.group_id, one.side, one.seq, _at_the_door(world, one))
        for one in Timeline.objects.all()
    }


def test_live_seats_nobody_through_a_place_that_is_paused(fresh_world: World) -> None:
    world = fresh_world
    pause_place(a_manager(world), world.staff["sato"].pk)
    groups = list(Group.objects.values_list("pk", flat=True))

    seatings = asked(lambda db: read_seatings(db, groups))
    seats = asked(partial(read_seats_of_person, user_id=world.people["sato"].pk))

    assert seats == []
    assert set(seatings) == {
        Seating(one.group_id, one.side, one.seq, _at_the_door(world, one))
        for one in Timeline.objects.all()
    }


def test_live_seats_nobody_through_a_facility_that_is_frozen(fresh_world: World) -> None:
    world = fresh_world
    freeze_seats(a_console(), world.facility.pk, "連絡がつかないため")
    groups = list(Group.objects.values_list("pk", flat=True))

    seatings = asked(lambda db: read_seatings(db, groups))
    seats = asked(partial(read_seats_of_person, user_id=world.people["sato"].pk))

    assert seats == []
    assert {one for seating in seatings for one in seating.people} == {world.people["mori"].pk}


@pytest.mark.control("8.3")
def test_live_knows_when_a_seat_ends_by_itself_and_seats_nobody_past_it(
    fresh_world: World,
) -> None:
    world, ito = fresh_world, fresh_world.people["ito"]
    membership = seated_until(world, timezone.now() + 10 * A_MINUTE)
    began = time.monotonic()

    before = asked(lambda db: read_seatings(db, [world.group.pk]))
    own = asked(partial(read_seats_of_person, user_id=ito.pk))
    Membership.objects.filter(pk=membership.pk).update(expires_at=timezone.now())
    after = asked(lambda db: read_seatings(db, [world.group.pk]))
    left = asked(partial(read_seats_of_person, user_id=ito.pk))

    times = [one.until for one in before]
    times += [one.until for one in own if one.group_id == world.group.pk]
    assert len(times) == 4
    assert all(one and 590 < one - began < 605 for one in times)
    assert all(ito.pk in one.people for one in before)
    assert [(ito.pk in one.people, one.until) for one in after] == [(False, None)] * 2
    assert {one.group_id for one in left} == {world.elsewhere.pk}


def test_the_seats_of_a_person_are_those_of_the_groups(fresh_world: World) -> None:
    world = fresh_world
    timelines = list(Timeline.objects.all())

    for name, person in world.people.items():
        seats = asked(partial(read_seats_of_person, user_id=person.pk))

        assert set(seats) == {
            Seated(one.group_id, one.side, one.seq)
            for one in timelines
            if person.pk in _at_the_door(world, one)
        }, name


def test_the_numbers_are_those_of_the_timelines(fresh_world: World) -> None:
    timelines = Timeline.objects.filter(group=fresh_world.group)

    numbers = asked(lambda db: read_numbers(db, [fresh_world.group.pk]))

    assert set(numbers) == {Seated(one.group_id, one.side, one.seq) for one in timelines}


@pytest.mark.parametrize("bound", [None, True, False])
@pytest.mark.parametrize("has_factor", [True, False])
@pytest.mark.parametrize("who", ["sato", "mori", "operator"])
def test_live_lets_in_whom_the_gate_lets_in(
    fresh_world: World, who: str, *, has_factor: bool, bound: bool | None
) -> None:
    person = fresh_world.people["mori" if who == "operator" else who]
    if who == "operator":
        Operator.objects.create(user=person, began_at=timezone.now())
    if bound is not None:
        bind_person(fresh_world.actor("kato"), person.pk, Binding(second_factor=bound))
    if has_factor:
        Authenticator.objects.create(user_id=person.pk, type=Authenticator.Type.TOTP, data={})

    for state in ("whole", "half", "idle", "nearly idle", "over", "ended", "gone"):
        proof = Proof.PASSWORD if state == "half" else Proof.TOTP
        opened = open_session(person.pk, BROWSER, proof=proof, request_id=uuid7())
        _bring_into(state, opened.session_id, person)
        entry = find_entry(opened.token)
        is_full = entry is not None and entry.standing is Standing.FULL

        session = asked(partial(find_session, key=token_key(opened.token)))
        valid = asked(partial(valid_sessions, session_ids=[opened.session_id]))

        assert (session is not None) == is_full, state
        assert valid == ({opened.session_id} if is_full else set()), state
        assert session is None or session == (opened.session_id, person.pk)


def test_no_session_is_found_without_a_key(fresh_world: World) -> None:
    opened = open_session(
        fresh_world.people["sato"].pk, BROWSER, proof=Proof.TOTP, request_id=uuid7()
    )

    assert asked(lambda db: find_session(db, b"")) is None
    assert asked(lambda db: find_session(db, token_key(opened.token)[:-1])) is None


def _bring_into(state: str, session_id: UUID, person: User) -> None:
    now = timezone.now()
    row = Session.objects.filter(pk=session_id)
    match state:
        case "idle":
            row.update(last_used_at=now - 16 * A_MINUTE)
        case "nearly idle":
            row.update(last_used_at=now - 14 * A_MINUTE)
        case "over":
            row.update(created_at=now - 2 * A_MINUTE, expires_at=now - A_MINUTE)
        case "ended":
            row.update(ended_at=now, end_reason=EndReason.SIGNED_OUT)
        case "gone":
            User.objects.filter(pk=person.pk).update(ended_at=now)


def _at_the_door(world: World, timeline: Timeline) -> frozenset[UUID]:
    seated = set()
    for name, person in world.people.items():
        try:
            take_seat(world.actor(name), timeline.group_id, Side(timeline.side))
        except NotVisible:
            continue
        seated.add(person.pk)
    return frozenset(seated)
