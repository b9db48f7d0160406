"""Everyone who listens: their rooms, their sessions, and what is to be read anew.

No network and no database here: `usher` brings the pushes and reads the seats.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from carestation.kernel.pushes import Push
from carestation.live import events
from carestation.live.queries import Seated, Seating
from carestation.live.rooms import FOR_EVER, Person, Room
from carestation.live.streams import Stream

Key = tuple[UUID, str]
# The number of a timeline that is not there: nobody sits at it.
NOWHERE: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long things last."""

    life_seconds: float = 600.0
    comment_seconds: float = 20.0
    beat_seconds: float = 10.0
    recheck_seconds: float = 20.0
    tick_seconds: float = 1.0


class Hall:
    """The rooms in which somebody listens.

    `turns` counts what may have changed a right: who is being let in while it moves is looked up
    once more. `doubted` are the rooms whose seats are to be read.
    """

    def __init__(self, timing: Timing) -> None:
        self.timing = timing
        self.turns = 0
        self.doubted: set[Room] = set()
        self.streams: set[Stream] = set()
        self._people: dict[UUID, Person] = {}
        self._rooms: dict[Key, Room] = {}
        self._sessions: dict[UUID, list[Stream]] = {}
        self._marked: set[Room] = set()
        self._lagging: set[Room] = set()
        self._ending: set[Room] = set()
        # Rooms that were not read since the bus was away; when there are none, everyone is called.
        self._unread: set[Room] = set()

    def enter(self, stream: Stream, seated: Iterable[Seated], now: float) -> None:
        """Seat a stream everywhere its person sits; it begins with `catchup`."""
        stream.ends_at = now + self.timing.life_seconds
        self._beats_later(stream, now)
        person = self._people.setdefault(stream.user_id, Person(stream.user_id))
        person.streams.append(stream)
        self.streams.add(stream)
        self._sessions.setdefault(stream.session_id, []).append(stream)
        known = set(person.rooms)
        for one in seated:
            room = self._rooms.get((one.group_id, one.side))
            room = room or self._open(one.group_id, one.side, one.seq)
            room.admit(person, one.seq)
            self._ends(room, min(room.until, one.until or FOR_EVER))
            known.discard(room)
        for room in known:
            self._doubt(room)
        stream.write(events.catchup("begin"))

    def leave(self, stream: Stream) -> None:
        """Forget a stream, and its person with the last."""
        self.streams.discard(stream)
        self._forget_session(stream)
        person = self._people.get(stream.user_id)
        if person is None or stream not in person.streams:
            return
        person.streams.remove(stream)
        if not person.streams:
            del self._people[stream.user_id]
            for room in list(person.rooms):
                room.leave(person)
                self._close_if_empty(room)

    def streams_of(self, user_id: UUID) -> int:
        """Return how many streams a person has open."""
        person = self._people.get(user_id)
        return 0 if person is None else len(person.streams)

    def session_ids(self) -> list[UUID]:
        """Return the sessions with open streams."""
        return list(self._sessions)

    def rooms(self) -> Collection[Room]:
        """Return the rooms in which somebody listens."""
        return self._rooms.values()

    def take(self, push: Push) -> None:
        """Show a push to whom it concerns."""
        if push.ended_session_id is not None:
            self.turns += 1
            self.end_session(push.ended_session_id)
        elif push.group_id is not None:
            self._take_change(push, push.group_id)

    def end_session(self, session_id: UUID) -> None:
        """End the streams of a session."""
        for stream in list(self._sessions.get(session_id, ())):
            stream.end("session")
            self.leave(stream)

    def end_all(self, reason: str) -> None:
        """End every stream."""
        for stream in list(self.streams):
            stream.end(reason)
            self.leave(stream)

    def doubt_all(self) -> None:
        """Hold everything until all seats are read: pushes may have been lost; then catch up."""
        self.turns += 1
        self._unread = set(self._rooms.values())
        for room in self._unread:
            self._doubt(room)
        if not self._unread:
            self._call_all()

    def doubt_lagging(self, numbers: Iterable[Seated]) -> None:
        """Read the seats of rooms that are behind their timeline, then let them catch up."""
        for one in numbers:
            room = self._rooms.get((one.group_id, one.side))
            if room is not None and one.seq > room.seq:
                self._doubt(room)
                self._lagging.add(room)

    def take_doubted(self) -> set[Room]:
        """Return the rooms whose seats are to be read now."""
        doubted, self.doubted = self.doubted, set()
        return doubted

    def seat(self, rooms: Iterable[Room], seatings: Iterable[Seating]) -> None:
        """Take the seats as they were read; a room that was doubted meanwhile waits on."""
        read = {(one.group_id, one.side): one for one in seatings}
        self.turns += 1
        was_behind = bool(self._unread)
        for room in rooms:
            if room not in self.doubted:
                self._seat(room, read.get((room.group_id, room.side)))
                self._unread.discard(room)
        # Others may be in doubt again, as some always are where many write: that waits for itself.
        if was_behind and not self._unread:
            self._call_all()

    def tick(self, now: float) -> None:
        """Once a second: tell marks, keep streams open, end what has its time over."""
        self._doubt_ended(now)
        marked, self._marked = self._marked, set()
        for room in marked:
            if room.tell_marks():
                self._doubt(room)
            if room.is_in_doubt:
                self._marked.add(room)
        over = []
        for stream in self.streams:
            if now >= stream.ends_at:
                over.append(stream)
            elif now >= stream.beats_at:
                self._beats_later(stream, now)
                stream.write(events.COMMENT if stream.wants_json else events.BEAT)
        for stream in over:
            stream.end("expired")
            self.leave(stream)

    def _take_change(self, push: Push, group_id: UUID) -> None:
        room = self._rooms.get((group_id, push.side))
        if push.reseats:
            # Who begins to sit here may listen elsewhere: the room is opened to find out.
            self.turns += 1
            room = room or self._open(group_id, push.side, push.seq - 1)
        if room is None:
            return
        if push.kind == "read":
            self._note(room, push)
        elif room.take(push):
            self._doubt(room)

    def _note(self, room: Room, push: Push) -> None:
        mark = json.loads(push.json or "{}")
        if {"user", "number"} <= mark.keys():
            room.note(mark["user"], mark["number"], push.seq)
            self._marked.add(room)

    def _seat(self, room: Room, read: Seating | None) -> None:
        seating = read or Seating(room.group_id, room.side, NOWHERE, frozenset())
        self._ends(room, seating.until or FOR_EVER)
        people = (self._people.get(user_id) for user_id in seating.people)
        if room.seat(seating.seq, {person for person in people if person is not None}):
            self._doubt(room)
        elif room in self._lagging:
            self._lagging.discard(room)
            room.call_to_catch_up("lost")
        self._close_if_empty(room)

    def _call_all(self) -> None:
        for stream in self.streams:
            stream.write(events.catchup("lost"))

    def _ends(self, room: Room, until: float) -> None:
        room.until = until
        if until < FOR_EVER:
            self._ending.add(room)
        else:
            self._ending.discard(room)

    def _doubt_ended(self, now: float) -> None:
        # Who sits here until now may sit no more: the seats say so.
        for room in [one for one in self._ending if one.until <= now]:
            self._ending.discard(room)
            self._doubt(room)

    def _beats_later(self, stream: Stream, now: float) -> None:
        timing = self.timing
        wait = timing.comment_seconds if stream.wants_json else timing.beat_seconds
        stream.beats_at = now + wait

    def _open(self, group_id: UUID, side: str, seq: int) -> Room:
        room = self._rooms[group_id, side] = Room(group_id, side, seq)
        return room

    def _doubt(self, room: Room) -> None:
        room.doubt()
        self.doubted.add(room)

    def _close_if_empty(self, room: Room) -> None:
        if room.is_empty and not room.is_in_doubt:
            self._rooms.pop((room.group_id, room.side), None)
            self._marked.discard(room)
            self._lagging.discard(room)
            self._ending.discard(room)
            self._unread.discard(room)

    def _forget_session(self, stream: Stream) -> None:
        streams = self._sessions.get(stream.session_id, [])
        if stream in streams:
            streams.remove(stream)
        if not streams:
            self._sessions.pop(stream.session_id, None)
