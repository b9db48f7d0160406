"""What of a thread is one reader's own."""

from typing import Final, NamedTuple
from uuid import UUID

from carestation.groups.rules import Seat
from carestation.timeline.queries.messages import Message
from carestation.timeline.queries.standing import Standing


class Regard(NamedTuple):
    """How a reader stands to a thread; readers of the same regard see the same.

    A tuple: fragments that were rendered are found by it (benchmarks/pages.py).
    `me`: the reader, where they wrote or signed there or are asked to; `mark`: the number up to
    which they have read it, None where nobody in particular reads.
    """

    me: UUID | None = None
    mark: int | None = None


ANYONE: Final = Regard()


def regard_of(seat: Seat, message: Message, standing: Standing) -> Regard:
    """Return what of a thread, or of a reply alone, is the own of who holds the seat."""
    # By their numbers, as in standings.
    me, own = seat.actor.user_id, seat.actor.user_id.int
    has_part = own == message.author_id.int or me in message.acknowledged_by
    has_part = has_part or (bool(standing.asked) and me in standing.asked)
    has_part = has_part or own in [one.author_id.int for one in message.replies]
    return Regard(me=me if has_part else None, mark=min(seat.mark, message.last_number))
