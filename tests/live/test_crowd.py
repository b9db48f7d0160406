"""Many come at once, as when live was renewed, while rights change all the time."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from carestation.accounts.queries.sessions import token_key
from carestation.kernel.ids import uuid7
from carestation.kernel.pushes import Push
from carestation.live.database import Database
from carestation.live.hall import Hall, Timing
from carestation.live.streams import Stream
from carestation.live.usher import Usher
from tests.accounts.signing_in import a_token
from tests.live.process import test_database_url as database_url
from tests.live.scene import Wire
from tests.world import World

MANY = 150
CHANGES_EVERY_SECONDS = 0.03
LETS_IN_WITHIN_SECONDS = 20.0


class SilentBus:
    """Nothing is told over it: what changes, the test says to the hall itself."""

    async def messages(self) -> AsyncGenerator[bytes | None]:
        for message in list[bytes | None]():
            yield message


async def _rights_change(hall: Hall) -> None:
    while True:
        hall.take(Push(kind="membership", group_id=uuid7(), side="all", seq=1, reseats=True))
        await asyncio.sleep(CHANGES_EVERY_SECONDS)


async def _all_let_in(key: bytes) -> int:
    database, hall = Database(database_url()), Hall(Timing())
    usher = Usher(hall, database=database, bus=SilentBus(), opened=lambda _: None)
    changing = asyncio.create_task(_rights_change(hall))
    try:
        async with asyncio.timeout(LETS_IN_WITHIN_SECONDS):
            coming = (usher.let_in(key, Wire().send, wants_json=False) for _ in range(MANY))
            answers = await asyncio.gather(*coming)
    finally:
        changing.cancel()
        await database.close()
    return sum(isinstance(one, Stream) for one in answers)


@pytest.mark.control("8.3")
def test_a_crowd_is_let_in_though_rights_change_sooner_than_all_are_read(
    fresh_world: World,
) -> None:
    key = token_key(a_token(fresh_world.people["sato"]))

    assert asyncio.run(_all_let_in(key)) == MANY
