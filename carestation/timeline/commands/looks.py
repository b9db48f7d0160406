"""Looks at a patient's data: each leaves its fact.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」.
"""

from uuid import UUID

from carestation.factlog.commands import announce
from carestation.groups.rules import Seat
from carestation.timeline.facts import PostViewed, TimelineViewed


def note_timeline_viewed(seat: Seat) -> None:
    """Put down that a member looked at a side."""
    announce(TimelineViewed(**seat.marks(), side=seat.side))


def note_post_viewed(seat: Seat, post_id: UUID) -> None:
    """Put down that a member looked at one post, its readers or its earlier words."""
    announce(PostViewed(**seat.marks(), side=seat.side, post_id=post_id))
