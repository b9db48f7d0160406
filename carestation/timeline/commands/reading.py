"""Reading: moving one's mark.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」.
"""

from typing import Final

from carestation.groups.rules import Seat
from carestation.kernel.sql import row_of
from carestation.timeline.facts import ReadMarkMoved

# Never back, and never past the last post; a mark that stays where it is leaves no fact.
# What others wrote on the way becomes known; what is one's own was known before.
MOVE: Final = """
WITH moved AS (
  UPDATE groups_readmark r SET number = least(%(number)s, t.posts),
    known = greatest(r.known, r.number) + (SELECT count(*) FROM timeline_post p
      WHERE p.group_id = %(group_id)s AND p.side = t.side AND p.number > r.number
        AND p.number <= %(number)s AND p.author_id <> %(actor_id)s)
  FROM groups_timeline t
  WHERE r.group_id = %(group_id)s AND r.id = %(mark_id)s AND t.group_id = %(group_id)s
    AND t.id = r.timeline_id AND r.number < least(%(number)s, t.posts)
  RETURNING r.number
)
INSERT INTO factlog_loggedfact
  (kind, actor_id, facility_id, group_id, object_id, request_id, detail)
SELECT %(kind)s, %(actor_id)s, %(facility_id)s, %(group_id)s, %(object_id)s, %(request_id)s,
  %(detail)s FROM moved
RETURNING (SELECT number FROM moved) AS number
"""


def mark_read(seat: Seat, number: int) -> int | None:
    """Move the mark of a seat to a post that was shown; return where it is, None if it stayed."""
    fact = ReadMarkMoved(**seat.marks(), side=seat.side, number=min(number, seat.posts))
    places = {"mark_id": seat.mark_id, "number": number}
    moved = row_of(MOVE, fact.parameters() | places)
    return None if moved is None else moved["number"]
