"""How far a post has reached: who acknowledged, who has read, who is still missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from carestation.groups.queries.seats import Member, members_at
from carestation.groups.rules import WRITERS, Seat
from carestation.timeline.models import Acknowledgement
from carestation.timeline.queries.messages import Message
from carestation.timeline.rules import asked_of


class Standing(NamedTuple):
    """The numbers under a post; its author is not counted. The same for everyone at that side.

    A tuple: fragments that were rendered are found by it (benchmarks/pages.py).
    """

    readers: int = 0
    read: int = 0
    asked: frozenset[UUID] = frozenset()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One member, and what they did with a post."""

    member: Member
    acknowledged_at: datetime | None
    has_read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whom a post has reached: still missing first, then who acknowledged, then the others."""

    missing: list[Reached]
    acknowledged: list[Reached]
    others: list[Reached]

    @property
    def read(self) -> int:
        """How many have read it without the sign."""
        return sum(one.has_read for one in (*self.missing, *self.others))

    @property
    def unread(self) -> int:
        """How many have not read it."""
        return sum(not one.has_read for one in (*self.missing, *self.others))


def standing_of(message: Message, members: Sequence[Member]) -> Standing:
    """Return the numbers of one post among the members of its side."""
    # By their numbers: two ids are compared by Python's own code, two numbers are not.
    author = message.author_id.int
    others = [one for one in members if one.user_id.int != author]
    asked: frozenset[UUID] = frozenset()
    if message.asks_acknowledgement:
        ids = [one.user_id for one in members if one.role in WRITERS]
        asked = asked_of((one.id for one in message.mentions), ids, message.author_id)
    still = asked.difference(message.acknowledged_by)
    missing = (one.name for one in others if one.user_id in still) if still else ()
    return Standing(
        readers=len(others),
        read=sum([one.mark >= message.number for one in others]),
        asked=asked,
        missing=tuple(missing),
    )


def reach_of(seat: Seat, message: Message) -> Reach:
    """Return every other member at the side, by what they did with a post."""
    members = [one for one in members_at(seat) if one.user_id != message.author_id]
    signs = Acknowledgement.objects.standing().filter(group_id=seat.group_id, post_id=message.id)
    times = dict(signs.values_list("user_id", "at"))
    asked = standing_of(message, members).asked
    reached = [
        Reached(
            member=one,
            acknowledged_at=times.get(one.user_id),
            has_read=one.mark >= message.number or one.user_id in times,
        )
        for one in members
    ]
    open_ones = [one for one in reached if one.acknowledged_at is None]
    return Reach(
        missing=[one for one in open_ones if one.member.user_id in asked],
        acknowledged=[one for one in reached if one.acknowledged_at is not None],
        others=[one for one in open_ones if one.member.user_id not in asked],
    )
