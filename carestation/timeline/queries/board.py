"""What a page of a timeline shows: the threads, by day, and where the new ones end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from carestation.patients.queries.rooms import Room
from carestation.timeline.queries.messages import Message, page_of_threads
from carestation.timeline.queries.regards import Regard, regard_of
from carestation.timeline.queries.spots import spot_of, spot_since, with_reply
from carestation.timeline.queries.standing import Standing, standing_of

TOKYO: Final = ZoneInfo("Asia/Tokyo")


class Entry(NamedTuple):
    """A thread in the list: a tuple, which templates take apart at once (benchmarks/pages.py).

    `day`: it is the first of its day here; `ends_unread`: the last one with something unread.
    """

    message: Message
    standing: Standing
    regard: Regard
    day: date | None
    ends_unread: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A page of threads, ready to show.

    `oldest`: where the next page begins, 0 at the end; `newest`: behind what the one towards the
    newest begins, 0 where this is it.
    """

    entries: list[Entry]
    oldest: int
    newest: int

    def only_newer(self, since: int) -> "Board":
        """Return what of it is newer than a number: the rest is shown already."""
        entries = [one for one in self.entries if one.message.last_number > since]
        return replace(self, entries=entries, oldest=0)

    def only_older(self) -> "Board":
        """Return it as it follows on a page: what is newer is shown already."""
        return replace(self, newest=0)


def board_of(
    room: Room, *, before: int | None = None, since: int | None = None, at: UUID | None = None
) -> Board:
    """Return a page of threads with how far each has reached: the newest, or one further back.

    That lies before a number, or next newer than one, or shows a post in its place. A reply that
    is older than those which its thread shows here stands there all the same.

    Raises:
        NotVisible: no such post at this side.
    """
    seat = room.seat
    if at is not None:
        before = spot_of(seat, at)
    elif since is not None:
        before = spot_since(seat, since)
    page = page_of_threads(seat, before=before)
    threads = page.threads if at is None else with_reply(seat, page.threads, at)
    return Board(
        entries=_entries(threads, page.following, room),
        oldest=page.oldest,
        newest=page.newest if before is not None and before <= seat.posts else 0,
    )


def _entries(threads: Sequence[Message], behind: int, room: Room) -> list[Entry]:
    entries, day = [], None
    for place, message in enumerate(threads):
        own_day = message.published_at.astimezone(TOKYO).date()
        is_unread = room.seat.unread > 0 and message.last_number > room.seat.mark
        following = threads[place + 1].last_number if place + 1 < len(threads) else behind
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
