"""A post that was written just now, as it is shown: its words are at hand and are not read again.

Hot (benchmarks/posts.py); its twin: `messages.message`, which reads the same post.
"""

from dataclasses import dataclass

from carestation.accounts.queries.people import read_name
from carestation.groups.choices import Role
from carestation.groups.queries.seats import calling_of
from carestation.groups.rules import Seat
from carestation.kernel.sql import Row
from carestation.timeline.choices import Urgency
from carestation.timeline.models import Post
from carestation.timeline.queries.messages import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshMessage:
    """A post of words alone, which nobody has read yet; `readers`: how many sit there besides."""

    message: Message
    readers: int


def fresh_message(seat: Seat, post: Post, body: str, row: Row) -> FreshMessage:
    """Return a post as it is shown; `row`: what the writing statement said of its author."""
    message = Message(
        id=post.pk,
        number=post.number,
        last_number=post.last_number,
        changed_seq=post.changed_seq,
        parent_id=post.parent_id,
        author_id=seat.actor.user_id,
        author=read_name(seat.actor.user_id, row["name_sealed"], seat.actor),
        calling=calling_of(seat.role, row["relation"], row["profession"]),
        profession=row["profession"] or "",
        facility=row["facility"] or "",
        is_family=seat.role is Role.FAMILY,
        published_at=post.published_at,
        edited_at=None,
        withdrawn_at=None,
        body=body,
        urgency=Urgency(post.urgency),
        asks_acknowledgement=False,
        mentions=(),
        acknowledged_by=(),
        files=(),
        is_editable=True,
    )
    return FreshMessage(message=message, readers=row["readers"])
