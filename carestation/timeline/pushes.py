"""What open pages are shown of a change: rendered once, the same for all who sit at that side."""

import json
from typing import Literal

from markupsafe import Markup

from carestation.groups.queries.seats import members_at
from carestation.groups.rules import Seat
from carestation.kernel.after_commit import tell_live
from carestation.kernel.pushes import Push
from carestation.timeline.commands.posts import Published
from carestation.timeline.queries.messages import Message, message
from carestation.timeline.queries.regards import ANYONE
from carestation.timeline.queries.standing import Standing, standing_of
from carestation.timeline.wire import post_text
from carestation.ui.rendering import said
from carestation.vault.scopes import bus_key
from carestation.vault.sealing import seal_push

Change = Literal["post", "edit", "withdrawal", "acknowledgement"]


def push_new(published: Published) -> str:
    """Show a post that was written to the open pages; return it as programs get it.

    Also where its draft comes again: its author had no answer, so whoever wrote it was killed,
    maybe, before anyone was told.
    """
    seat, fresh = published.seat, published.fresh
    if fresh is None:
        shown, members = message(seat, published.post.pk), members_at(seat)
        standing, text = standing_of(shown, members), post_text(shown, members)
    else:
        # Nobody has read what was written just now.
        shown, standing = fresh.message, Standing(readers=fresh.readers)
        text = post_text(shown, ())
    _push(seat, shown, "post", standing, text)
    return text


def push_post(seat: Seat, shown: Message, change: Change) -> Markup:
    """Render a post, send it to the open pages after the commit, and return it."""
    members = members_at(seat)
    return _push(seat, shown, change, standing_of(shown, members), post_text(shown, members))


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


def _push(seat: Seat, shown: Message, change: Change, standing: Standing, text: str) -> Markup:
    base = f"/groups/{seat.group_id}/{seat.side}/"
    arrived = said("timeline/_arrived.html", "arrived", shown, standing, base, ANYONE)
    push = Push(
        kind=change,
        group_id=seat.group_id,
        side=seat.side.value,
        seq=shown.changed_seq,
        object_id=shown.id,
        html=arrived,
        json=text,
    )
    tell_live(seal_push(push, bus_key()))
    return arrived
