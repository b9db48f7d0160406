"""Who is shown which event of which timeline: exactly those whom the door of its page lets in."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import pytest

from carestation.groups.choices import Role, Side
from carestation.groups.commands.memberships import end_membership
from carestation.groups.commands.roles import change_role
from carestation.groups.models.groups import Group, Timeline
from carestation.groups.queries.seats import take_seat
from carestation.kernel.errors import NotVisible
from carestation.kernel.pushes import Push
from carestation.live.database import Database
from carestation.live.hall import Hall
from carestation.live.queries import Seating, read_seatings, read_seats_of_person
from tests.live.process import test_database_url as database_url
from tests.live.scene import Listener, a_hall
from tests.world import World

A = TypeVar("A")
T = TypeVar("T")
KINDS: Final = ("post", "acknowledgement", "edit", "withdrawal", "membership", "call", "read")
pytestmark = pytest.mark.control("8.3")


@pytest.mark.parametrize("left", ["", "sato", "mori"])
def test_every_event_reaches_those_who_sit_there_and_no_one_else(
    fresh_world: World, left: str
) -> None:
    world = fresh_world
    if not left:
        seat = world.seat("kato", Side.PROFESSIONAL)
        change_role(seat, world.membership("sato").pk, Role.READER)
    hall = a_hall()
    listeners = _listeners(world, hall)
    if left:
        end_membership(world.seat("kato", Side.PROFESSIONAL), world.membership(left).pk)

    for timeline in Timeline.objects.all():
        for kind in KINDS:
            _told(hall, timeline, kind)

    for name, listener in listeners.items():
        heard = [
            (event.kind, event.data["group"], event.data["side"])
            for event in listener.wire.events
            if event.seq is not None
        ]
        assert set(heard) == {
            (kind, str(one.group_id), one.side)
            for one in Timeline.objects.all()
            for kind in KINDS
            if _may_look(world, name, one)
        }, name
        assert len(heard) == len(set(heard))


def _listeners(world: World, hall: Hall) -> dict[str, Listener]:
    listeners = {name: Listener(user_id=person.pk) for name, person in world.people.items()}
    for listener in listeners.values():
        listener.enters(hall, *asyncio.run(_read(read_seats_of_person, listener.user_id)))
    return listeners


def _told(hall: Hall, timeline: Timeline, kind: str) -> None:
    if kind != "read":
        timeline.seq += 1
        timeline.save(update_fields=["seq"])
    # One in front was lost: the seats are read before anything is shown.
    push = Push(
        kind=kind,
        group_id=timeline.group_id,
        side=timeline.side,
        seq=timeline.seq,
        reseats=kind == "membership",
        json='{"user": "x", "number": 1}',
    )
    hall.take(push)
    while hall.doubted:
        rooms = hall.take_doubted()
        groups = list(Group.objects.values_list("pk", flat=True))
        seatings: list[Seating] = asyncio.run(_read(read_seatings, groups))
        hall.seat(rooms, seatings)
    hall.tick(1.0)


async def _read(question: Callable[[Database, A], Awaitable[T]], asked: A) -> T:
    database = Database(database_url())
    try:
        return await question(database, asked)
    finally:
        await database.close()


def _may_look(world: World, name: str, timeline: Timeline) -> bool:
    try:
        take_seat(world.actor(name), timeline.group_id, Side(timeline.side))
    except NotVisible:
        return False
    return True
