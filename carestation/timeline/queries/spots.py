"""Where in a timeline a page lies that does not begin at the newest post.

Both are one look at the index of threads: however far back, they read no more than a page.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from carestation.groups.rules import Seat
from carestation.kernel.errors import NotVisible
from carestation.kernel.sql import row_of
from carestation.timeline.queries.messages import Message, at_side, message

# What a page lies before that shows a post in its place: behind up to ten threads that are newer.
AROUND: Final = """
SELECT (SELECT CASE WHEN count(*) = 12 THEN max(n.last_number) END FROM (
  SELECT last_number FROM timeline_post
  WHERE group_id = %(group_id)s AND side = %(side)s AND parent_id IS NULL
    AND last_number >= t.last_number
  ORDER BY last_number LIMIT 12) n) AS before
FROM timeline_post p
JOIN timeline_post t ON t.id = coalesce(p.parent_id, p.id) AND t.group_id = %(group_id)s
  AND t.side = %(side)s
WHERE p.id = %(post_id)s AND p.group_id = %(group_id)s AND p.side = %(side)s
"""
# The same of the page that is next towards the newest.
SINCE: Final = """
SELECT CASE WHEN count(*) = 31 THEN max(n.last_number) END AS before FROM (
  SELECT last_number FROM timeline_post
  WHERE group_id = %(group_id)s AND side = %(side)s AND parent_id IS NULL
    AND last_number > %(since)s
  ORDER BY last_number LIMIT 31) n
"""


def spot_of(seat: Seat, post_id: UUID) -> int | None:
    """Return what the page lies before on which a post stands in its place; None: the newest.

    Raises:
        NotVisible: no such post at this side.
    """
    row = row_of(AROUND, at_side(seat) | {"post_id": post_id})
    if row is None:
        raise NotVisible
    before: int | None = row["before"]
    return before


def spot_since(seat: Seat, since: int) -> int | None:
    """Return what the page lies before whose threads are the next newer ones; None: the newest."""
    row = row_of(SINCE, at_side(seat) | {"since": since})
    return row["before"] if row else None


def with_reply(seat: Seat, threads: Sequence[Message], post_id: UUID) -> list[Message]:
    """Return threads with a reply in its place, where it is too old to be shown in its own."""
    shown = {one.id for thread in threads for one in (thread, *thread.replies)}
    if post_id in shown:
        return list(threads)
    reply = message(seat, post_id)
    return [
        replace(one, replies=(reply, *one.replies)) if one.id == reply.parent_id else one
        for one in threads
    ]
