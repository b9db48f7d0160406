"""Devices of one's own: cut off, and remembered for thirty days instead of the second factor.

They are remembered only where the rules of every facility of the person allow it, never for who has
a desk or a console, and never where others use the device too. A remembered device is the session
that showed the factor there; what it shows next time is new each time, and works for its person
alone.

Controls: ISO/IEC 27017 5.17, 8.5; white paper 「認証情報の管理」.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.accounts.choices import EndReason
from carestation.accounts.commands.links import fresh_token
from carestation.accounts.commands.sessions import (
    OpenedSession,
    Remembered,
    Where,
    end_sessions,
    end_sessions_of,
)
from carestation.accounts.facts import DeviceRecognised, DeviceRemembered, DevicesForgotten
from carestation.accounts.models import Session, User
from carestation.accounts.queries.bindings import may_be_remembered
from carestation.accounts.queries.sessions import token_key
from carestation.factlog.commands import announce
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible

DAYS: Final = timedelta(days=30)


def remember_device(actor: Actor, opened: OpenedSession) -> OpenedSession:
    """Let the device of a session that has just shown the second factor be remembered.

    Nothing happens where a rule forbids it, or others use the device. In the caller's transaction.
    """
    user = _locked_person(actor.user_id)
    if opened.is_shared or not may_be_remembered(user):
        return opened
    until = timezone.now() + DAYS
    announce(
        DeviceRemembered(
            actor_id=user.pk,
            request_id=actor.request_id,
            session_id=opened.session_id,
            until=until,
        )
    )
    return _remembered(opened, Remembered(token=fresh_token(), until=until))


def recognise_device(user_id: UUID, where: Where) -> Session | None:
    """Return the session of a remembered device, if this is one. In the caller's transaction."""
    user = _locked_person(user_id)
    if where.is_shared or not where.trust or not may_be_remembered(user):
        return None
    known = Session.objects.of_person(user_id).remembered(timezone.now())
    return known.select_for_update().filter(trust_key=token_key(where.trust)).first()


def carry_over(former: Session, opened: OpenedSession, *, request_id: UUID) -> OpenedSession:
    """Let the new session of a recognised device stand for it. In the caller's transaction."""
    if former.trusted_until is None:
        raise NotVisible
    Session.objects.filter(pk=former.pk).update(trust_key=None, trusted_until=None)
    announce(
        DeviceRecognised(
            actor_id=former.user_id,
            request_id=request_id,
            session_id=opened.session_id,
            former_id=former.pk,
        )
    )
    anew = Remembered(token=fresh_token(), until=former.trusted_until)
    return _remembered(opened, anew)


@transaction.atomic
def cut_off_session(actor: Actor, session_id: UUID) -> None:
    """End one of the actor's own sessions, from another; its device is no more remembered.

    Raises:
        NotVisible: it is not the actor's, or has ended.
    """
    own = Session.objects.alive(timezone.now()).of_person(actor.user_id)
    session = own.select_for_update().filter(pk=session_id).first()
    if session is None:
        raise NotVisible
    forget_devices(actor, actor.user_id, only=session_id)
    end_sessions(actor, [session], EndReason.CUT_OFF)


@transaction.atomic
def cut_off_others(actor: Actor) -> int:
    """End all sessions of the actor but this one, and remember no other device; return how many."""
    forget_devices(actor, actor.user_id, but=actor.session_id)
    return end_sessions_of(
        actor, actor.user_id, EndReason.CUT_OFF, except_session_id=actor.session_id
    )


@transaction.atomic
def forget_device(actor: Actor, session_id: UUID) -> None:
    """Let one of the actor's own devices show the second factor again.

    Raises:
        NotVisible: it is not the actor's, or is not remembered.
    """
    if not forget_devices(actor, actor.user_id, only=session_id):
        raise NotVisible


def forget_devices(
    actor: Actor, user_id: UUID, *, only: UUID | None = None, but: UUID | None = None
) -> int:
    """Let a person's devices show the second factor again; return how many.

    Runs inside the caller's transaction.
    """
    known = Session.objects.of_person(user_id).remembered(timezone.now()).but(but)
    chosen = known if only is None else known.filter(pk=only)
    devices = chosen.update(trust_key=None, trusted_until=None)
    if devices:
        announce(
            DevicesForgotten(
                actor_id=actor.user_id,
                request_id=actor.request_id,
                person_id=user_id,
                devices=devices,
            )
        )
    return devices


def _locked_person(user_id: UUID) -> User:
    # Locked, so that no device is remembered or recognised past a rule that takes hold meanwhile.
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id, ended_at=None).first()
    if user is None:
        raise NotVisible
    return user


def _remembered(opened: OpenedSession, remembered: Remembered) -> OpenedSession:
    key = token_key(remembered.token)
    session = Session.objects.filter(pk=opened.session_id)
    session.update(trust_key=key, trusted_until=remembered.until)
    return replace(opened, remembered=remembered)
