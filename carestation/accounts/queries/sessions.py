"""Reading of sessions.

Controls: ISO/IEC 27017 5.17, 8.5, 8.24; white paper 「認証情報の管理」, 「暗号化」.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone

from carestation.accounts.choices import SessionKind, Standing
from carestation.accounts.models import Session
from carestation.kernel.acting import note_acting
from carestation.kernel.sql import Row, row_of
from carestation.vault.scopes import open_scope
from carestation.vault.sealing import Place

# Hot: stands before every request (docs/decisions/0010). Its twin: tests/accounts/twins.py;
# live asks the same of the same row (live/queries.py). Whether there is a factor, and whether
# one is a must, is only looked for where none was shown.
SESSION: Final = """
SELECT e.*, set_config('carestation.person', CASE WHEN NOT e.is_idle
    AND (e.is_proven OR NOT (e.has_factor OR e.wants_factor)) THEN e.user_id::text ELSE '' END,
  false) || set_config('carestation.group', '', false)
  || set_config('carestation.staff_group', '', false) AS acts
FROM (VALUES (true)) AS always LEFT JOIN (
  SELECT s.id, s.user_id, s.kind, s.confirmed_at, s.proof,
    s.second_factor_at IS NOT NULL AS is_proven,
    s.last_used_at + make_interval(secs => s.idle_seconds) <= %(now)s AS is_idle,
    s.last_used_at <= %(now)s - interval '1 minute' AS is_due,
    u.is_professional, o.id IS NOT NULL AS is_operator, s.idle_seconds, s.is_shared,
    s.second_factor_at IS NOT NULL OR accounts_has_factor(u.id) AS has_factor,
    s.second_factor_at IS NOT NULL OR o.id IS NOT NULL
      OR accounts_wants_factor(u.id, u.is_professional) AS wants_factor
  FROM accounts_session s JOIN accounts_user u ON u.id = s.user_id
  LEFT JOIN accounts_operator o ON o.user_id = u.id AND o.ended_at IS NULL
  WHERE s.key = %(key)s AND s.ended_at IS NULL AND s.expires_at > %(now)s AND u.ended_at IS NULL
) e ON true
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A session that a token opened: whose, and how far it has come.

    `proof`: by what its holder last showed who they are, at `confirmed_at`. `is_due`: its last use
    is a minute old and should be written anew. `idle_seconds`: how long its screen may be left
    alone. `is_shared`: others use the same device, which keeps nothing.
    """

    session_id: UUID
    user_id: UUID
    kind: SessionKind
    standing: Standing
    confirmed_at: datetime
    proof: str
    idle_seconds: int
    is_due: bool
    is_professional: bool
    is_operator: bool
    is_shared: bool

    @property
    def idle_minutes(self) -> int:
        """How many minutes its screen may be left alone."""
        return self.idle_seconds // 60


def find_entry(token: str) -> Entry | None:
    """Return what a token opens now: nothing if it is unknown, ended or past its last hour."""
    row = row_of(SESSION, {"key": token_key(token), "now": timezone.now()})
    note_acting()
    standing = standing_of(row) if row and row["id"] else None
    if row is None or standing is None:
        return None
    return Entry(
        session_id=row["id"],
        user_id=row["user_id"],
        kind=SessionKind(row["kind"]),
        standing=standing,
        confirmed_at=row["confirmed_at"],
        proof=row["proof"],
        idle_seconds=row["idle_seconds"],
        is_due=row["is_due"] and standing is not Standing.IDLE,
        is_professional=row["is_professional"],
        is_operator=row["is_operator"],
        is_shared=row["is_shared"],
    )


def standing_of(row: Row) -> Standing | None:
    """Return how far a session has come; one left half signed in is over when it is idle."""
    is_half = not row["is_proven"] and row["has_factor"]
    if is_half:
        return None if row["is_idle"] else Standing.CODE_DUE
    if row["is_idle"]:
        return Standing.IDLE
    owes_factor = row["wants_factor"] and not row["is_proven"]
    return Standing.ENROLMENT_DUE if owes_factor else Standing.FULL


def token_key(token: str) -> bytes:
    """Return what a token is stored as: its SHA-256."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def session_place(session_id: UUID, column: str) -> Place:
    """Return where a session's device, network address or data are sealed."""
    return Place("accounts_session", column, session_id)


def read_session_data(user_id: UUID, session_id: UUID) -> str:
    """Return what was put aside with a session, or nothing."""
    rows = Session.objects.filter(pk=session_id, ended_at=None)
    sealed = rows.values_list("data_sealed", flat=True).first()
    if sealed is None:
        return ""
    return open_scope(user_id, None).unseal(sealed, session_place(session_id, "data"))
