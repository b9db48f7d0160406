"""Reading of sessions and devices.

Controls: ISO/IEC 27017 5.17, 8.5, 8.24; white paper 「認証情報の管理」, 「暗号化」.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone

from carestation.accounts.choices import Device, SessionKind, Standing
from carestation.accounts.models import Session
from carestation.accounts.rules import browser_of
from carestation.kernel.actor import Actor
from carestation.kernel.sql import Row, row_of
from carestation.vault.scopes import open_scope
from carestation.vault.sealing import Place

# Hot: stands before every request (docs/decisions/0010). Its twin: tests/accounts/twins.py;
# live asks the same of the same row (live/queries.py). Whether there is a factor, and whether
# one is a must, is only looked for where none was shown.
SESSION: Final = """
SELECT s.id, s.user_id, s.kind, s.confirmed_at,
  s.second_factor_at IS NOT NULL AS is_proven,
  s.last_used_at + make_interval(secs => s.idle_seconds) <= %(now)s AS is_idle,
  s.last_used_at <= %(now)s - interval '1 minute' AS is_due,
  u.is_professional, o.id IS NOT NULL AS is_operator, s.idle_seconds,
  CASE WHEN s.second_factor_at IS NULL THEN EXISTS (
    SELECT FROM mfa_authenticator a WHERE a.user_id = u.id AND a.type IN ('totp', 'webauthn')
  ) ELSE true END AS has_factor,
  CASE WHEN s.second_factor_at IS NULL THEN o.id IS NOT NULL OR coalesce((
    SELECT b.second_factor FROM accounts_personbinding b WHERE b.user_id = u.id
  ), u.is_professional) ELSE true END AS wants_factor
FROM accounts_session s JOIN accounts_user u ON u.id = s.user_id
LEFT JOIN accounts_operator o ON o.user_id = u.id AND o.ended_at IS NULL
WHERE s.key = %(key)s AND s.ended_at IS NULL AND s.expires_at > %(now)s AND u.ended_at IS NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A session that a token opened: whose, and how far it has come.

    `is_due`: its last use is a minute old and should be written anew. `idle_seconds`: how long its
    screen may be left alone.
    """

    session_id: UUID
    user_id: UUID
    kind: SessionKind
    standing: Standing
    confirmed_at: datetime
    idle_seconds: int
    is_due: bool
    is_professional: bool
    is_operator: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInDevice:
    """One session of a person, as its owner sees it."""

    session_id: UUID
    device: Device
    browser: str
    address: str
    is_this: bool
    is_program: bool
    created_at: datetime
    last_used_at: datetime


def find_entry(token: str) -> Entry | None:
    """Return what a token opens now: nothing if it is unknown, ended or past its last hour."""
    row = row_of(SESSION, {"key": token_key(token), "now": timezone.now()})
    standing = None if row is None else standing_of(row)
    if row is None or standing is None:
        return None
    return Entry(
        session_id=row["id"],
        user_id=row["user_id"],
        kind=SessionKind(row["kind"]),
        standing=standing,
        confirmed_at=row["confirmed_at"],
        idle_seconds=row["idle_seconds"],
        is_due=row["is_due"] and standing is not Standing.IDLE,
        is_professional=row["is_professional"],
        is_operator=row["is_operator"],
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


def devices_of(actor: Actor) -> list[SignedInDevice]:
    """Return where the actor is signed in, this device first, then the last used."""
    bundle = open_scope(actor.user_id, actor)
    own = Session.objects.of_person(actor.user_id).alive(timezone.now())
    devices = [
        SignedInDevice(
            session_id=row.pk,
            device=Device(row.device),
            browser=_agent_of(row)[1],
            address=bundle.unseal(row.address_sealed, session_place(row.pk, "address")),
            is_this=row.pk == actor.session_id,
            is_program=row.kind == SessionKind.PROGRAM,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
        )
        for row in own.order_by("-last_used_at")[:50]
    ]
    return sorted(devices, key=lambda device: not device.is_this)


def is_from_new_device(user_id: UUID, session_id: UUID) -> bool:
    """Whether a person signed in from a browser that none of their last sessions had."""
    own = Session.objects.of_person(user_id).filter(kind=SessionKind.BROWSER)
    known = list(own.filter(pk__lt=session_id).order_by("-id")[:30])
    new = own.filter(pk=session_id).first()
    if new is None or not known:
        return False
    return _agent_of(new) not in {_agent_of(session) for session in known}


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


def _agent_of(session: Session) -> tuple[str, str]:
    agent = open_scope(session.user_id, None).unseal(
        session.agent_sealed, session_place(session.pk, "agent")
    )
    return session.device, browser_of(agent)
