"""What live reads of other contexts' tables: sessions and seats.

Their twins are the doors of the pages, `find_entry` and `take_seat` (tests/live/test_twins.py).
Each statement is asked for one or for many: the door and the look around are the same words.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

import time
from collections.abc import Collection
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID

from carestation.live.database import Database

# Neither ended, over nor idle, and with every factor that its person owes.
SESSIONS: Final = """
SELECT s.id, s.user_id FROM accounts_session s JOIN accounts_user u ON u.id = s.user_id
WHERE (s.key = %(key)s OR s.id = ANY(%(session_ids)s))
  AND s.ended_at IS NULL AND s.expires_at > now() AND u.ended_at IS NULL
  AND s.last_used_at + make_interval(secs => s.idle_seconds) > now()
  AND (s.second_factor_at IS NOT NULL OR NOT (
    accounts_wants_factor(u.id, u.is_professional) OR accounts_has_factor(u.id)
    OR EXISTS (SELECT FROM accounts_operator o WHERE o.user_id = u.id AND o.ended_at IS NULL)
  ))
"""
# Which roles sit at which side is said in full: a role or a side that is not here sits nowhere.
SEATS_OF_PERSON: Final = """
SELECT t.group_id, t.side, t.seq, extract(epoch FROM m.expires_at - now())
FROM groups_membership m
JOIN groups_timeline t ON t.group_id = m.group_id
JOIN groups_readmark r ON r.group_id = m.group_id AND r.membership_id = m.id
  AND r.timeline_id = t.id
LEFT JOIN facilities_staff s ON s.id = m.staff_id
LEFT JOIN facilities_facility f ON f.id = s.facility_id
WHERE m.user_id = %(user_id)s AND m.left_at IS NULL
  AND s.ended_at IS NULL AND s.paused_at IS NULL AND f.frozen_at IS NULL
  AND (m.expires_at IS NULL OR m.expires_at > now()) AND (t.side, m.role) IN (
  ('professional', 'manager'), ('professional', 'professional'), ('professional', 'reader'),
  ('patient', 'manager'), ('patient', 'professional'), ('patient', 'reader'),
  ('patient', 'family'),
  ('all', 'manager'), ('all', 'professional'), ('all', 'reader'), ('all', 'family'))
LIMIT 4000
"""
SEATS_OF_GROUPS: Final = """
SELECT t.group_id, t.side, t.seq,
  array_agg(m.user_id) FILTER (WHERE m.left_at IS NULL
    AND s.ended_at IS NULL AND s.paused_at IS NULL AND f.frozen_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > now()) AND (t.side, m.role) IN (
    ('professional', 'manager'), ('professional', 'professional'), ('professional', 'reader'),
    ('patient', 'manager'), ('patient', 'professional'), ('patient', 'reader'),
    ('patient', 'family'),
    ('all', 'manager'), ('all', 'professional'), ('all', 'reader'), ('all', 'family'))),
  extract(epoch FROM min(m.expires_at)
    FILTER (WHERE m.left_at IS NULL AND m.expires_at > now()) - now())
FROM groups_timeline t
LEFT JOIN groups_readmark r ON r.group_id = t.group_id AND r.timeline_id = t.id
  AND r.group_id = ANY(%(group_ids)s)
LEFT JOIN groups_membership m ON m.id = r.membership_id AND m.group_id = t.group_id
  AND m.group_id = ANY(%(group_ids)s)
LEFT JOIN facilities_staff s ON s.id = m.staff_id
LEFT JOIN facilities_facility f ON f.id = s.facility_id
WHERE t.group_id = ANY(%(group_ids)s) GROUP BY t.group_id, t.side, t.seq
"""
NUMBERS: Final = """
SELECT group_id, side, seq FROM groups_timeline WHERE group_id = ANY(%(group_ids)s)
"""
NO_KEY: Final = b""


class Session(NamedTuple):
    """A session that is fully signed in."""

    id: UUID
    user_id: UUID


class Seated(NamedTuple):
    """A timeline at which a person sits, and its number then; `until`: when that ends by itself.

    It is told on this process's own clock, which stands still for nobody who sets the others.
    """

    group_id: UUID
    side: str
    seq: int
    until: float | None = None


class Seating(NamedTuple):
    """Who sits at a timeline, at its number; `until`: when the first of them sits no more."""

    group_id: UUID
    side: str
    seq: int
    people: frozenset[UUID]
    until: float | None = None


async def find_session(db: Database, key: bytes) -> Session | None:
    """Return the session that a token's SHA-256 opens, if it is fully signed in."""
    rows = await db.rows(SESSIONS, {"key": key, "session_ids": []})
    return Session(*rows[0]) if rows else None


async def valid_sessions(db: Database, session_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these sessions are still fully signed in."""
    rows = await db.rows(SESSIONS, {"key": NO_KEY, "session_ids": list(session_ids)})
    return {Session(*row).id for row in rows}


async def read_seats_of_person(db: Database, user_id: UUID) -> list[Seated]:
    """Return every timeline at which a person sits."""
    rows = await db.rows(SEATS_OF_PERSON, {"user_id": user_id})
    return [Seated(group, side, seq, _until(left)) for group, side, seq, left in rows]


async def read_seatings(db: Database, group_ids: Collection[UUID]) -> list[Seating]:
    """Return the timelines of these groups, each with its number and, at that, who sits there."""
    rows = await db.rows(SEATS_OF_GROUPS, {"group_ids": list(group_ids)})
    return [
        Seating(group, side, seq, frozenset(people or ()), _until(left))
        for group, side, seq, people, left in rows
    ]


async def read_numbers(db: Database, group_ids: Collection[UUID]) -> list[Seated]:
    """Return the numbers of these groups' timelines."""
    rows = await db.rows(NUMBERS, {"group_ids": list(group_ids)})
    return [Seated(*row) for row in rows]


def _until(seconds_left: Decimal | None) -> float | None:
    return None if seconds_left is None else time.monotonic() + float(seconds_left)
