"""Sessions begin, are used, and end.

Controls: ISO/IEC 27017 5.17, 8.5; white paper 「認証情報の管理」.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.accounts.choices import Device, EndReason, Proof, SessionKind
from carestation.accounts.facts import (
    PasswordAccepted,
    SessionEnded,
    SessionReopened,
    SignedIn,
    SignedOut,
)
from carestation.accounts.models import Session, User
from carestation.accounts.queries.bindings import binding_of
from carestation.accounts.queries.sessions import session_place, token_key
from carestation.accounts.rules import Binding
from carestation.factlog.commands import announce
from carestation.kernel.actor import Actor
from carestation.kernel.after_commit import tell_live
from carestation.kernel.errors import NotVisible
from carestation.kernel.ids import uuid7
from carestation.kernel.pushes import Push
from carestation.kernel.sql import rows_of
from carestation.vault.scopes import bus_key, open_scope
from carestation.vault.sealing import seal_push

IDLE_SECONDS_SHARED: Final = 5 * 60
TOKEN_BYTES: Final = 32
AGENT_LENGTH: Final = 300
# Hot: once a minute of whoever uses their session.
TOUCH: Final = """
UPDATE accounts_session SET last_used_at = %(now)s WHERE id = %(session_id)s
  AND last_used_at < %(now)s AND last_used_at + make_interval(secs => idle_seconds) > %(now)s
"""
SECOND_FACTORS: Final = frozenset({Proof.TOTP, Proof.PASSKEY, Proof.RECOVERY_CODE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """From where someone signs in, as far as the request says so.

    `replaces`: the session that the same browser had until now; it ends. `trust`: what a
    remembered device shows instead of the second factor.
    """

    kind: SessionKind
    device: Device
    agent: str = ""
    address: str = ""
    is_shared: bool = False
    replaces: UUID | None = None
    trust: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What a remembered device shows instead of the second factor, told once, and how long."""

    token: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSession:
    """A session and its token, which is told once and stored nowhere.

    `remembered`: what its device is to show next time, where it has just been remembered.
    """

    token: str
    session_id: UUID
    user_id: UUID
    expires_at: datetime
    is_shared: bool
    is_half: bool
    remembered: Remembered | None = None


@transaction.atomic
def open_session(
    user_id: UUID,
    where: Where,
    *,
    proof: Proof,
    request_id: UUID,
    is_half: bool = False,
    shown_at: datetime | None = None,
    checked: str | None = None,
) -> OpenedSession:
    """Open a session for a person who has shown who they are; half, while a code is due.

    `shown_at`: when a remembered device showed the second factor; `checked`: the password's hash.

    Raises:
        NotVisible: the account has ended meanwhile, or has another password.
    """
    now, token, session_id = timezone.now(), _fresh_token(), uuid7()
    bundle, binding = open_scope(user_id, None), binding_of(_entering(user_id, checked))
    session = Session.objects.create(
        id=session_id,
        key=token_key(token),
        user_id=user_id,
        kind=where.kind,
        device=where.device,
        is_shared=where.is_shared,
        idle_seconds=_idle_seconds(where, binding),
        created_at=now,
        last_used_at=now,
        confirmed_at=now,
        proof=proof,
        expires_at=now + binding.lasts,
        second_factor_at=now if proof in SECOND_FACTORS else shown_at,
        agent_sealed=bundle.seal(where.agent[:AGENT_LENGTH], session_place(session_id, "agent")),
        address_sealed=bundle.seal(where.address, session_place(session_id, "address")),
    )
    _end_replaced(where.replaces, request_id)
    _announce_entry(session, proof, request_id, is_half=is_half)
    return _opened(session, token, is_half=is_half)


@transaction.atomic
def complete_session(actor: Actor, proof: Proof) -> OpenedSession:
    """Give a half open session its second step, and a new token with it.

    Raises:
        NotVisible: the session has ended meanwhile.
    """
    session = _locked(actor)
    session.second_factor_at = timezone.now()
    opened = _with_new_token(session, proof)
    announce(
        SignedIn(
            actor_id=actor.user_id,
            request_id=actor.request_id,
            session_id=session.pk,
            session_kind=SessionKind(session.kind),
            proof=proof,
        )
    )
    return opened


@transaction.atomic
def reopen_session(actor: Actor, proof: Proof) -> OpenedSession:
    """Open an idle session again, or confirm a used one; it gets a new token.

    Raises:
        NotVisible: the session has ended meanwhile.
    """
    session = _locked(actor)
    if proof in SECOND_FACTORS:
        session.second_factor_at = timezone.now()
    opened = _with_new_token(session, proof)
    announce(
        SessionReopened(
            actor_id=actor.user_id, request_id=actor.request_id, session_id=session.pk, proof=proof
        )
    )
    return opened


def touch_session(session_id: UUID) -> None:
    """Note that a session was used: asked for when the last note is a minute old.

    One that idles by now (its screen was covered in this moment) goes on idling.
    """
    rows_of(TOUCH, {"session_id": session_id, "now": timezone.now()})


@transaction.atomic
def lock_session(actor: Actor) -> None:
    """Let the actor's session idle at once, and its streams end: its screen was covered."""
    own = Session.objects.alive(timezone.now()).one(actor.session_id)
    for session in own:
        idle = timedelta(seconds=session.idle_seconds)
        own.update(last_used_at=timezone.now() - idle)
        _end_streams(session.pk)


def keep_session_data(user_id: UUID, session_id: UUID, data: str) -> None:
    """Keep what a page puts aside between two requests, sealed."""
    sealed = open_scope(user_id, None).seal(data, session_place(session_id, "data"))
    Session.objects.filter(pk=session_id, ended_at=None).update(data_sealed=sealed)


@transaction.atomic
def sign_out(actor: Actor) -> None:
    """End the actor's own session, from itself.

    Raises:
        NotVisible: it has ended already.
    """
    session = _locked(actor)
    _end([session], EndReason.SIGNED_OUT)
    announce(SignedOut(actor_id=actor.user_id, request_id=actor.request_id, session_id=session.pk))


def end_sessions_of(
    actor: Actor, user_id: UUID, reason: EndReason, *, except_session_id: UUID | None = None
) -> int:
    """End a person's sessions; return how many. Runs inside the caller's transaction."""
    own = Session.objects.alive(timezone.now()).of_person(user_id).but(except_session_id)
    sessions = list(own.select_for_update().order_by("id"))
    end_sessions(actor, sessions, reason)
    return len(sessions)


def end_sessions(actor: Actor, sessions: list[Session], reason: EndReason) -> None:
    """End locked sessions: row, fact, and their streams. Inside the caller's transaction."""
    _end(sessions, reason)
    for session in sessions:
        announce(
            SessionEnded(
                actor_id=actor.user_id,
                request_id=actor.request_id,
                session_id=session.pk,
                person_id=session.user_id,
                reason=reason,
            )
        )


def _entering(user_id: UUID, checked: str | None) -> User:
    # Locked, so that what binds the person, and whether they may enter, cannot change meanwhile.
    people = User.objects.select_for_update(no_key=True)
    user = people.filter(pk=user_id, ended_at=None).first()
    if user is None or checked not in {None, user.password}:
        raise NotVisible
    return user


def _announce_entry(session: Session, proof: Proof, request_id: UUID, *, is_half: bool) -> None:
    kind = SessionKind(session.kind)
    marks = {"actor_id": session.user_id, "session_id": session.pk, "request_id": request_id}
    accepted = PasswordAccepted(**marks, session_kind=kind)
    announce(accepted if is_half else SignedIn(**marks, session_kind=kind, proof=proof))


def _end_replaced(session_id: UUID | None, request_id: UUID) -> None:
    for old in Session.objects.alive(timezone.now()).one(session_id).select_for_update():
        end_sessions(Actor(user_id=old.user_id, request_id=request_id), [old], EndReason.REPLACED)


def _end(sessions: list[Session], reason: EndReason) -> None:
    ids = [session.pk for session in sessions]
    Session.objects.filter(pk__in=ids).update(
        ended_at=timezone.now(), end_reason=reason, data_sealed=None
    )
    for session_id in ids:
        _end_streams(session_id)


def _end_streams(session_id: UUID) -> None:
    push = Push(kind="session", ended_session_id=session_id)
    tell_live(seal_push(push, bus_key()))


def _locked(actor: Actor) -> Session:
    own = Session.objects.alive(timezone.now()).of_person(actor.user_id)
    session = own.select_for_update().one(actor.session_id).first()
    if session is None:
        raise NotVisible
    return session


def _with_new_token(session: Session, proof: Proof) -> OpenedSession:
    token, now = _fresh_token(), timezone.now()
    session.key, session.proof = token_key(token), proof
    session.last_used_at = session.confirmed_at = now
    session.save(update_fields=["key", "last_used_at", "confirmed_at", "proof", "second_factor_at"])
    return _opened(session, token, is_half=False)


def _opened(session: Session, token: str, *, is_half: bool) -> OpenedSession:
    return OpenedSession(
        token=token,
        session_id=session.pk,
        user_id=session.user_id,
        expires_at=session.expires_at,
        is_shared=session.is_shared,
        is_half=is_half,
    )


def _fresh_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def _idle_seconds(where: Where, binding: Binding) -> int:
    # A program has no screen that someone else could look at: the last hour alone binds it.
    if where.kind is SessionKind.PROGRAM:
        return int(binding.lasts.total_seconds())
    longest = IDLE_SECONDS_SHARED if where.is_shared else binding.idle_seconds
    return min(longest, binding.idle_seconds)
