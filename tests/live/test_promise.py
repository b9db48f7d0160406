"""Whatever comes, in whatever order, or never: no push reaches who has no seat."""

from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from carestation.kernel.ids import uuid7
from carestation.kernel.pushes import Push
from carestation.live.hall import Hall, Timing
from carestation.live.queries import Seated, Seating
from carestation.live.rooms import Room
from carestation.live.streams import Stream
from tests.live.scene import GROUP, PATIENT, PROFESSIONAL, Wire

PEOPLE = [uuid7() for _ in range(3)]
people, sides = st.sampled_from(PEOPLE), st.sampled_from([PROFESSIONAL, PATIENT])
Reading = tuple[set[Room], list[Seating]]


class Kept(RuleBasedStateMachine):
    """A group's two timelines, a bus that shuffles, and reads that come late."""

    loses = False

    def __init__(self) -> None:
        super().__init__()
        self.hall = Hall(Timing())
        # Who sat at a side at each of its numbers, from 0 on.
        self.seats: dict[str, list[frozenset[UUID]]] = {
            side: [frozenset(PEOPLE[:2])] for side in (PROFESSIONAL, PATIENT)
        }
        self.bus: list[Push] = []
        self.reading: Reading | None = None
        self.coming: list[tuple[UUID, int, list[Seated]]] = []
        self.open: list[tuple[Stream, Wire]] = []
        self.began: dict[Stream, dict[str, int]] = {}
        self.checked: dict[Stream, int] = {}
        for person in PEOPLE:
            self._enters(person, self._seats_of(person))

    # What happens in the database.

    @rule(side=sides, is_at_once=st.booleans())
    def someone_posts(self, side: str, *, is_at_once: bool) -> None:
        self._changes(side, self.seats[side][-1], "post")
        if is_at_once:
            self.hall.take(self.bus.pop())

    @rule(side=sides, person=people, is_lost=st.booleans())
    def a_seat_begins_or_ends(self, side: str, person: UUID, *, is_lost: bool) -> None:
        self._changes(side, self.seats[side][-1] ^ {person}, "membership", reseats=True)
        if is_lost and self.loses:
            self.bus.pop()

    @rule(side=sides, person=people)
    def someone_reads(self, side: str, person: UUID) -> None:
        mark = f'{{"user": "{person}", "number": 1}}'
        seq = len(self.seats[side]) - 1
        self.bus.append(Push(kind="read", group_id=GROUP, side=side, seq=seq, json=mark))

    # What happens on the way to live.

    @precondition(lambda self: self.bus)
    @rule()
    def the_next_push_arrives(self) -> None:
        self.hall.take(self.bus.pop(0))

    @precondition(lambda self: self.bus)
    @rule(data=st.data())
    def a_later_push_arrives_first(self, data: st.DataObject) -> None:
        self.hall.take(self.bus.pop(data.draw(st.integers(0, len(self.bus) - 1))))

    @rule()
    def a_second_passes(self) -> None:
        self.hall.tick(1.0)

    # What live reads, and when the answer comes.

    @precondition(lambda self: self.hall.doubted and self.reading is None)
    @rule()
    def seats_are_asked_for(self) -> None:
        self.reading = (self.hall.take_doubted(), self._snapshot())

    @precondition(lambda self: self.reading is not None)
    @rule()
    def seats_are_told(self) -> None:
        assert self.reading is not None
        self.hall.seat(*self.reading)
        self.reading = None

    @rule(person=people)
    def someone_comes(self, person: UUID) -> None:
        self.coming.append((person, self.hall.turns, self._seats_of(person)))

    @precondition(lambda self: self.coming)
    @rule()
    def someone_enters(self) -> None:
        person, turns, seated = self.coming.pop(0)
        if turns != self.hall.turns:
            seated = self._seats_of(person)
        self._enters(person, seated)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def someone_goes(self, data: st.DataObject) -> None:
        stream, _ = self.open.pop(data.draw(st.integers(0, len(self.open) - 1)))
        self.hall.leave(stream)

    # What must hold.

    @invariant()
    def nothing_is_shown_to_who_has_no_seat(self) -> None:
        for stream, wire in self.open:
            events = wire.events
            for event in events[self.checked.get(stream, 0) :]:
                side = str(event.data.get("side"))
                if event.seq is not None:
                    self._may_be_shown(stream.user_id, side, event.seq)
                if "ended" in event.data:
                    since = self.began[stream].get(side, 0)
                    assert any(stream.user_id not in seats for seats in self.seats[side][since:])
            self.checked[stream] = len(events)

    def teardown(self) -> None:
        """All that was not lost arrives: whoever sat there all the time has seen every post."""
        while self.bus or self.reading or self.hall.doubted:
            if self.bus:
                self.the_next_push_arrives()
            elif self.reading:
                self.seats_are_told()
            else:
                self.seats_are_asked_for()
        self.nothing_is_shown_to_who_has_no_seat()
        if not self.loses:
            self._everything_was_shown()

    def _everything_was_shown(self) -> None:
        for stream, wire in self.open:
            shown = {(event.data.get("side"), event.seq) for event in wire.events}
            for side, since in self.began[stream].items():
                later = self.seats[side][since:]
                if all(stream.user_id in seats for seats in later):
                    assert {(side, since + n) for n in range(1, len(later))} <= shown

    def _may_be_shown(self, user_id: UUID, side: str, seq: object) -> None:
        # Who sits there later than the change may read it as well: the page shows it too.
        assert isinstance(seq, int)
        assert any(user_id in seats for seats in self.seats[side][seq:])

    def _changes(
        self, side: str, seats: frozenset[UUID], kind: str, *, reseats: bool = False
    ) -> None:
        self.seats[side].append(seats)
        seq = len(self.seats[side]) - 1
        self.bus.append(Push(kind=kind, group_id=GROUP, side=side, seq=seq, reseats=reseats))

    def _enters(self, person: UUID, seated: list[Seated]) -> None:
        wire = Wire()
        stream = Stream(person, uuid7(), wire.send)
        self.hall.enter(stream, seated, 0.0)
        self.open.append((stream, wire))
        # It begins with catching up: what changed until now it asks for.
        self.began[stream] = {one.side: len(self.seats[one.side]) - 1 for one in seated}

    def _snapshot(self) -> list[Seating]:
        return [
            Seating(GROUP, side, len(seats) - 1, seats[-1]) for side, seats in self.seats.items()
        ]

    def _seats_of(self, person: UUID) -> list[Seated]:
        return [
            Seated(one.group_id, one.side, one.seq)
            for one in self._snapshot()
            if person in one.people
        ]


class Lost(Kept):
    """The same, and the bus loses what it likes."""

    loses = True

    @precondition(lambda self: self.bus)
    @rule(data=st.data())
    def a_push_is_lost(self, data: st.DataObject) -> None:
        self.bus.pop(data.draw(st.integers(0, len(self.bus) - 1)))

    @rule()
    def the_bus_was_away(self) -> None:
        self.bus.clear()
        self.hall.doubt_all()

    @rule()
    def the_numbers_are_looked_at(self) -> None:
        self.hall.doubt_lagging(
            Seated(GROUP, side, len(seats) - 1) for side, seats in self.seats.items()
        )


WALKS = settings(max_examples=200, stateful_step_count=25, deadline=None)
Kept.TestCase.settings = Lost.TestCase.settings = WALKS


@pytest.mark.control("8.3")
class TestNothingIsLost(Kept.TestCase):  # type: ignore[misc, valid-type]  # hypothesis makes this class
    """Hypothesis walks."""


@pytest.mark.control("8.3")
class TestMuchIsLost(Lost.TestCase):  # type: ignore[misc, valid-type]  # hypothesis makes this class
    """Hypothesis walks."""
