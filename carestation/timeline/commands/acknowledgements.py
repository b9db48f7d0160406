"""The sign 了解: deliberate, and taken back the same way; both are recorded.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」.
"""

from typing import Final
from uuid import UUID

from django.utils import timezone

from carestation.groups.rules import Seat, may_post
from carestation.kernel.errors import Refused, require
from carestation.kernel.ids import uuid7
from carestation.kernel.sql import row_of
from carestation.timeline.facts import AcknowledgementWithdrawn, PostAcknowledged
from carestation.timeline.queries.messages import find_post

# Hot (benchmarks/acts.py): everyone presses it under what everyone reads. Its twin:
# tests/timeline/twins.py. Behind the locks of the timeline and of the post the right is read anew.
SIGN: Final = """
WITH held AS (
  SELECT t.seq + 1 AS seq, p.author_id = %(actor_id)s OR p.withdrawn_at IS NOT NULL AS is_closed
  FROM groups_timeline t JOIN timeline_post p ON p.group_id = t.group_id AND p.side = t.side
  JOIN groups_membership m ON m.group_id = t.group_id JOIN groups_group g ON g.id = t.group_id
  LEFT JOIN facilities_staff w ON w.id = m.staff_id
  LEFT JOIN facilities_facility v ON v.id = w.facility_id
  WHERE g.id = %(group_id)s AND t.group_id = %(group_id)s AND p.group_id = %(group_id)s
    AND m.group_id = %(group_id)s AND t.id = %(timeline_id)s AND m.id = %(membership_id)s
    AND p.id = %(object_id)s AND m.role = %(role)s AND g.archived_at IS NULL
    AND m.left_at IS NULL AND (m.expires_at IS NULL OR m.expires_at > now())
    AND w.ended_at IS NULL AND w.paused_at IS NULL AND v.frozen_at IS NULL
  FOR NO KEY UPDATE OF t, p FOR SHARE OF m, g
), given AS (
  INSERT INTO timeline_acknowledgement (id, group_id, post_id, user_id, at)
  SELECT %(sign_id)s, %(group_id)s, %(object_id)s, %(actor_id)s, %(at)s
  FROM held WHERE %(gives)s AND NOT is_closed
  ON CONFLICT DO NOTHING RETURNING post_id
), taken AS (
  UPDATE timeline_acknowledgement SET withdrawn_at = %(at)s FROM held
  WHERE group_id = %(group_id)s AND post_id = %(object_id)s AND user_id = %(actor_id)s
    AND withdrawn_at IS NULL AND NOT %(gives)s AND NOT is_closed
  RETURNING post_id
), changed AS (
  SELECT post_id FROM given UNION ALL SELECT post_id FROM taken
), counted AS (
  UPDATE groups_timeline t SET seq = held.seq FROM held, changed
  WHERE t.group_id = %(group_id)s AND t.id = %(timeline_id)s
), shown AS (
  UPDATE timeline_post p SET changed_seq = held.seq FROM held, changed
  WHERE p.group_id = %(group_id)s AND p.id = %(object_id)s
), fact AS (
  INSERT INTO factlog_loggedfact
    (kind, actor_id, facility_id, group_id, object_id, request_id, detail)
  SELECT %(kind)s, %(actor_id)s, %(facility_id)s, %(group_id)s, %(object_id)s, %(request_id)s,
    %(detail)s FROM changed
)
SELECT is_closed, CASE WHEN EXISTS (SELECT FROM changed) THEN seq END AS seq FROM held
"""


def acknowledge_post(seat: Seat, post_id: UUID) -> int | None:
    """Give the sign; return the `seq` of the change, None where it was given already.

    Raises:
        NotVisible: no such post at this side.
        Refused: one's own, withdrawn, or the seat holds no longer.
    """
    fact = PostAcknowledged(**seat.marks(), side=seat.side, post_id=post_id)
    return _changed(seat, fact, gives=True)


def withdraw_acknowledgement(seat: Seat, post_id: UUID) -> int | None:
    """Take the sign back; return the `seq` of the change, None where it was not given.

    Raises:
        NotVisible: no such post at this side.
        Refused: one's own post, withdrawn, or the seat holds no longer.
    """
    fact = AcknowledgementWithdrawn(**seat.marks(), side=seat.side, post_id=post_id)
    return _changed(seat, fact, gives=False)


def _changed(
    seat: Seat, fact: PostAcknowledged | AcknowledgementWithdrawn, *, gives: bool
) -> int | None:
    asked = fact.parameters() | {
        "timeline_id": seat.timeline_id,
        "membership_id": seat.membership_id,
        "role": seat.role.value,
        "sign_id": uuid7(),
        "gives": gives,
        "at": timezone.now(),
    }
    row = row_of(SIGN, asked) if may_post(seat) else None
    if row is None:
        # There is no such post, or one may do nothing here (any more).
        find_post(seat, fact.post_id)
        only_reads = not (seat.is_archived or may_post(seat))
        raise Refused("reads_only" if only_reads else "archived")
    require(allowed=not row["is_closed"])
    changed_seq: int | None = row["seq"]
    return changed_seq
