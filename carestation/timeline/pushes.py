"""What open pages are shown of a change: rendered once, the same for all who sit at that side."""

import json
from typing import Literal

from markupsafe import Markup

from carestation.groups.queries import members_at
from carestation.groups.rules import Seat
from carestation.kernel.after_commit import tell_live
from carestation.kernel.pushes import Push
from carestation.timeline.queries.messages import Message
from carestation.timeline.queries.standing import standing_of
from carestation.timeline.wire import post_text
from carestation.ui.rendering import rendered
from carestation.vault.scopes import bus_key
from carestation.vault.sealing import seal_push

Change = Literal["post", "edit", "withdrawal", "acknowledgement"]


def push_post(seat: Seat, message: Message, change: Change) -> Markup:
    """Render a post, send it to the open pages after the commit, and return it."""
    members = members_at(seat)
    standing = standing_of(message, members)
    base = f"/groups/{seat.group_id}/{seat.side}/"
    arrived = rendered("timeline/_arrived.html", message=message, standing=standing, base=base)
    push = Push(
        kind=change,
        group_id=seat.group_id,
        side=seat.side.value,
        seq=message.changed_seq,
        object_id=message.id,
        html=arrived,
        json=post_text(message, members),
    )
    tell_live(seal_push(push, bus_key()))
    return arrived


def push_read(seat: Seat, number: int) -> None:
    """Tell the open pages how far a member has read; no change of the timeline's own."""
    words = json.dumps({"user": str(seat.actor.user_id), "number": number})
    push = Push(
        kind="read",
        group_id=seat.group_id,
        side=seat.side.value,
        seq=seat.seq,
        object_id=seat.membership_id,
        json=words,
    )
    tell_live(seal_push(push, bus_key()))
