"""Taking a seat where only a post is named.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from typing import Final
from uuid import UUID

from carestation.groups.choices import Side
from carestation.groups.queries.seats import take_seat
from carestation.groups.rules import Seat
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.kernel.sql import row_of

# Of a post alone nobody can tell the group: with row-level security one sees those of one's own.
PLACE: Final = "SELECT group_id, side FROM timeline_post WHERE id = %(post_id)s"


def take_seat_at_post(actor: Actor, post_id: UUID) -> Seat:
    """Return the actor's seat at the side where a post stands.

    Raises:
        NotVisible: no such post, or no seat there: one answer for both.
    """
    place = row_of(PLACE, {"post_id": post_id})
    if place is None:
        raise NotVisible
    return take_seat(actor, place["group_id"], Side(place["side"]))
