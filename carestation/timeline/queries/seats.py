"""Taking a seat where only a post is named.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from carestation.groups.choices import Side
from carestation.groups.queries.seats import take_seat
from carestation.groups.rules import Seat
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.timeline.models import Post


def take_seat_at_post(actor: Actor, post_id: UUID) -> Seat:
    """Return the actor's seat at the side where a post stands.

    Raises:
        NotVisible: no such post, or no seat there: one answer for both.
    """
    place = Post.objects.filter(pk=post_id).values_list("group_id", "side").first()
    if place is None:
        raise NotVisible
    group_id, side = place
    return take_seat(actor, group_id, Side(side))
