"""What a page of a timeline shows: the threads, by day, and where the new ones end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from carestation.patients.queries.rooms import Room
from carestation.timeline.queries.messages import Message, page_of_threads
from carestation.timeline.queries.regards import Regard, regard_of
from carestation.timeline.queries.standing import Standing, standing_of

TOKYO: Final = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A thread in the list.

    `day`: it is the first of its day here; `ends_unread`: the last one with something unread.
    """

    message: Message
    standing: Standing
    regard: Regard
    day: date | None
    ends_unread: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A page of threads, ready to show. `oldest`: where the next page begins, 0 at the end."""

    entries: list[Entry]
    oldest: int


def board_of(room: Room, *, before: int | None = None) -> Board:
    """Return a page of threads with how far each has reached."""
    page = page_of_threads(room.seat, before=before)
    return Board(
        entries=_entries(page.threads, room),
        oldest=page.oldest if page.has_older else 0,
    )


def _entries(threads: Sequence[Message], room: Room) -> list[Entry]:
    entries, day = [], None
    for place, message in enumerate(threads):
        own_day = message.published_at.astimezone(TOKYO).date()
        is_unread = message.last_number > room.seat.mark
        following = threads[place + 1].last_number if place + 1 < len(threads) else 0
        standing = standing_of(message, room.members)
        entries.append(
            Entry(
                message=message,
                standing=standing,
                regard=regard_of(room.seat, message, standing),
                day=own_day if own_day != day else None,
                ends_unread=is_unread and following <= room.seat.mark,
            )
        )
        day = own_day
    return entries
