"""Streams without a network, and pushes without a bus: for the parts of live that need neither."""

import json
from dataclasses import dataclass, field
from uuid import UUID

from carestation.kernel.ids import uuid7
from carestation.kernel.pushes import Push
from carestation.live.asgi import Message
from carestation.live.hall import Hall, Timing
from carestation.live.queries import Seated, Seating
from carestation.live.streams import Stream

GROUP = uuid7()
PROFESSIONAL, PATIENT = "professional", "patient"


@dataclass(frozen=True)
class Event:
    kind: str
    data: dict[str, object]

    @property
    def seq(self) -> object:
        return self.data.get("seq")


def events_of(text: str) -> list[Event]:
    """Return the events of a stream's text; comments and beats are none."""
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if lines.get("event", "beat") != "beat":
            found.append(Event(lines["event"], json.loads(lines["data"])))
    return found


@dataclass
class Wire:
    """The other end of a stream: keeps what was written."""

    text: str = ""
    is_over: bool = False

    async def send(self, message: Message) -> None:
        body = message.get("body", b"")
        assert isinstance(body, bytes)
        self.text += body.decode()
        self.is_over |= message["type"] == "http.response.body" and not message["more_body"]

    @property
    def events(self) -> list[Event]:
        return events_of(self.text)

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]

    def posts(self) -> list[object]:
        return [event.seq for event in self.events if event.kind == "post"]


@dataclass
class Listener:
    """A person's stream in a hall, and its wire."""

    user_id: UUID = field(default_factory=uuid7)
    session_id: UUID = field(default_factory=uuid7)
    wire: Wire = field(default_factory=Wire)

    def enters(self, hall: Hall, *seats: Seated, wants_json: bool = False) -> Stream:
        stream = Stream(self.user_id, self.session_id, self.wire.send, wants_json=wants_json)
        hall.enter(stream, seats, 0.0)
        return stream


def a_hall() -> Hall:
    return Hall(Timing())


def a_seat(seq: int = 0, side: str = PROFESSIONAL, group: UUID = GROUP) -> Seated:
    return Seated(group, side, seq)


def a_push(seq: int, side: str = PROFESSIONAL, kind: str = "post", **more: object) -> Push:
    return Push(kind=kind, group_id=GROUP, side=side, seq=seq, html=f"<li>{seq}</li>", **more)  # type: ignore[arg-type]  # as the test says


def a_mark(user_id: UUID, number: int, seq: int) -> Push:
    told = json.dumps({"user": str(user_id), "number": number})
    return Push(kind="read", group_id=GROUP, side=PROFESSIONAL, seq=seq, json=told)


def seats_are_read(
    hall: Hall, seq: int, *people: Listener, side: str = PROFESSIONAL, group: UUID = GROUP
) -> None:
    """Answer the hall what it wants to know."""
    seating = Seating(group, side, seq, frozenset(one.user_id for one in people))
    hall.seat(hall.take_doubted(), [seating])
