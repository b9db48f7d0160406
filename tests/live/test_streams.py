import asyncio

from carestation.kernel.ids import uuid7
from carestation.live.asgi import Message
from carestation.live.eager import run_eagerly
from carestation.live.events import COMMENT, catchup, membership_ended
from carestation.live.streams import QUEUE_LENGTH, Stream
from tests.live.scene import GROUP, Wire


class SlowWire(Wire):
    """A connection that takes nothing while it is full."""

    def __init__(self) -> None:
        super().__init__()
        self.has_room = asyncio.Event()

    async def send(self, message: Message) -> None:
        await self.has_room.wait()
        await super().send(message)


def a_slow_stream() -> tuple[Stream, SlowWire]:
    wire = SlowWire()
    return Stream(uuid7(), uuid7(), wire.send, handler=asyncio.current_task()), wire


async def drained(wire: SlowWire) -> None:
    wire.has_room.set()
    for _ in range(10):
        await asyncio.sleep(0)


def test_what_need_not_wait_is_over_when_the_call_returns() -> None:
    seen = []

    async def quick() -> None:
        seen.append(1)

    assert run_eagerly(quick()) is None
    assert seen == [1]


def test_what_waited_is_written_in_its_order() -> None:
    async def scene() -> None:
        stream, wire = a_slow_stream()
        for number in range(5):
            stream.write(f'event: post\ndata: {{"seq":{number}}}\n\n'.encode())
        before = wire.text

        await drained(wire)

        assert stream.is_open
        assert before == ""
        assert wire.posts() == [0, 1, 2, 3, 4]

    asyncio.run(scene())


def test_a_stream_that_takes_no_more_is_told_to_catch_up() -> None:
    async def scene() -> None:
        stream, wire = a_slow_stream()
        for _ in range(QUEUE_LENGTH * 3):
            stream.write(COMMENT)
        await drained(wire)
        stream.write(catchup("begin"))

        assert [event.data["reason"] for event in wire.events] == ["overflow", "begin"]
        assert wire.text.count(COMMENT.decode()) == 1

    asyncio.run(scene())


def test_what_waits_is_not_shown_once_a_room_has_closed() -> None:
    async def scene() -> None:
        stream, wire = a_slow_stream()
        stream.write(COMMENT)
        for number in range(5):
            stream.write(f'event: post\ndata: {{"seq":{number}}}\n\n'.encode())

        stream.take_away(membership_ended(GROUP, "professional"))
        await drained(wire)

        assert wire.kinds() == ["catchup", "membership"]

    asyncio.run(scene())


def test_of_each_room_that_has_closed_meanwhile_is_told_whatever_else_was_dropped() -> None:
    sides = ["professional", "patient", "all"]

    async def scene() -> None:
        stream, wire = a_slow_stream()
        stream.write(COMMENT)
        for side in sides:
            stream.take_away(membership_ended(GROUP, side))
            stream.write(b'event: post\ndata: {"seq":1}\n\n')
        for _ in range(QUEUE_LENGTH):
            stream.write(COMMENT)
        await drained(wire)
        wire.has_room.clear()
        for _ in range(QUEUE_LENGTH * 2):
            stream.write(COMMENT)
        await drained(wire)

        told = [event.data.get("side") or event.data["reason"] for event in wire.events]
        assert told == ["overflow", *sides, "overflow"]

    asyncio.run(scene())


def test_rooms_that_close_one_after_the_other_drop_nothing() -> None:
    async def scene() -> None:
        stream, wire = a_slow_stream()
        stream.write(COMMENT)
        for side in ("professional", "patient"):
            stream.take_away(membership_ended(GROUP, side))
        stream.write(b'event: post\ndata: {"seq":1}\n\n')
        await drained(wire)
        stream.write(COMMENT)
        stream.take_away(membership_ended(GROUP, "all"))

        assert wire.kinds() == ["membership", "membership", "post", "membership"]

    asyncio.run(scene())


def test_the_end_of_a_stuck_stream_ends_its_request_and_writes_nothing_more() -> None:
    async def scene() -> tuple[str, bool]:
        stream, wire = a_slow_stream()
        stream.write(COMMENT)
        stream.write(COMMENT)

        stream.end("session")
        try:
            await drained(wire)
        except asyncio.CancelledError:
            await drained(wire)
            return wire.text, stream.is_open
        raise AssertionError

    text, is_open = asyncio.run(scene())
    assert text == ""
    assert not is_open
