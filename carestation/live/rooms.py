"""Who is shown what: a room is the open streams of one timeline.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Collection
from math import inf
from typing import Final
from uuid import UUID

from carestation.kernel.pushes import Push
from carestation.live import events
from carestation.live.streams import Stream

LONGEST_HELD: Final = 200
MOST_TRIES: Final = 3
FOR_EVER: Final = inf


class Person:
    """Someone with open streams, and the rooms they sit in."""

    __slots__ = ("rooms", "streams", "user_id")
    streams: list[Stream]

    def __init__(self, user_id: UUID) -> None:
        self.user_id = user_id
        self.streams = []
        self.rooms: set[Room] = set()

    def write(self, event: bytes) -> None:
        """Write an event into each of their streams."""
        for stream in self.streams:
            stream.write(event)

    def take_away(self, notice: bytes) -> None:
        """Tell each of their streams that a room has closed to them."""
        for stream in self.streams:
            stream.take_away(notice)


class Room:
    """The people of a timeline who listen, and the number up to which its seats are known.

    Where that number is in doubt nobody is shown anything: pushes are held until the seats are
    read. Each person was seated at a number; what changed up to it they have from the page.
    `until`: when the first of those who sit here sits no more, as the seats were read.
    """

    __slots__ = (
        "_held", "_is_behind", "_marks", "_marks_seq", "_people", "_seated_again", "_seq",
        "_tries", "group_id", "side", "until",
    )  # fmt: skip

    def __init__(self, group_id: UUID, side: str, seq: int) -> None:
        self.group_id = group_id
        self.side = side
        self.until = FOR_EVER
        self._seq = seq
        self._people: dict[Person, int] = {}
        self._seated_again: dict[Person, int] = {}
        self._held: list[Push] | None = None
        self._is_behind = False
        self._marks: dict[str, int] = {}
        self._marks_seq = 0
        self._tries = 0

    @property
    def is_empty(self) -> bool:
        """Whether nobody listens here."""
        return not self._people

    @property
    def is_in_doubt(self) -> bool:
        """Whether the seats must be read before anything is shown."""
        return self._held is not None

    @property
    def seq(self) -> int:
        """The number up to which the seats are known."""
        return self._seq

    def admit(self, person: Person, seq: int) -> None:
        """Seat a person who sat here at this number."""
        if person in self._people:
            self._seated_again[person] = seq
        else:
            self._people[person] = seq
            person.rooms.add(self)

    def leave(self, person: Person) -> None:
        """Let a person go."""
        self._people.pop(person, None)
        self._seated_again.pop(person, None)
        person.rooms.discard(self)

    def doubt(self) -> None:
        """Hold everything until the seats are read again."""
        if self._held is None:
            self._held = []

    def take(self, push: Push) -> bool:
        """Show a push; return True if the seats must be read first. A gap may hide an end."""
        if self._held is not None:
            return self._hold(push)
        if push.seq > self._seq + 1 or (push.reseats and push.seq > self._seq):
            self._held = [push]
            return True
        self._show(push)
        return False

    def note(self, user: str, number: int, seq: int) -> None:
        """Note how far someone has read; told with the others' marks at the next `tell_marks`."""
        self._marks[user] = max(number, self._marks.get(user, 0))
        self._marks_seq = max(seq, self._marks_seq)

    def tell_marks(self) -> bool:
        """Tell the marks that have moved; return True if the seats must be read first."""
        if self._held is None and self._marks_seq > self._seq:
            self.doubt()
            return True
        if self._held is None and self._marks:
            moved = events.marks_moved(self.group_id, self.side, self._seq, self._marks)
            self._marks = {}
            for person in self._people:
                person.write(moved)
        return False

    def seat(self, seq: int, persons: Collection[Person]) -> bool:
        """Take who sits here at a number, and show what was held; True: read once more.

        Someone who was seated at a later number than this is not missing here: this is older.
        """
        for person, since in list(self._people.items()):
            last = max(since, self._seated_again.get(person, 0))
            if person not in persons and last <= seq:
                self.leave(person)
                person.take_away(events.membership_ended(self.group_id, self.side))
        for person in persons:
            if person not in self._people:
                self.admit(person, seq)
                person.write(events.membership_began(self.group_id, self.side, seq))
        self._seated_again = {one: at for one, at in self._seated_again.items() if at > seq}
        self._seq = seq
        return self._release()

    def call_to_catch_up(self, reason: str) -> None:
        """Let everyone here ask for what they may have missed of this timeline."""
        call = events.catchup(reason, self.group_id, self.side)
        for person in self._people:
            person.write(call)

    def _show(self, push: Push) -> None:
        self._seq = max(self._seq, push.seq)
        shown = events.Shown(push)
        for person, since in self._people.items():
            if push.seq > since:
                for stream in person.streams:
                    stream.show(shown)

    def _hold(self, push: Push) -> bool:
        assert self._held is not None  # noqa: S101 - asked for while in doubt only
        if len(self._held) < LONGEST_HELD:
            self._held.append(push)
            return False
        self._held = []
        self._is_behind = True
        return True

    def _release(self) -> bool:
        held, self._held = self._held or [], None
        if self._is_behind:
            self._is_behind = False
            self.call_to_catch_up("overflow")
        wants = any([self.take(push) for push in held])  # noqa: C419 - each of them is taken
        self._tries = self._tries + 1 if wants else 0
        if self._tries > MOST_TRIES:
            # It speaks of what the database does not know, however often it is asked.
            self._held, self._tries = None, 0
            return False
        return wants
