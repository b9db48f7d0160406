"""From where a person is signed in, as far as browsers and networks say so themselves.

Controls: ISO/IEC 27017 5.17, 8.5, 8.24; white paper 「認証情報の管理」, 「暗号化」.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone

from carestation.accounts.choices import Device, Network, SessionKind
from carestation.accounts.models import Session
from carestation.accounts.queries.bindings import may_be_remembered
from carestation.accounts.queries.sessions import session_place
from carestation.accounts.rules import browser_of, kind_of_network, network_of
from carestation.kernel.actor import Actor
from carestation.vault.scopes import open_scope

LOOKED_BACK: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What someone signed in from, and by which network."""

    device: Device
    browser: str
    address: str

    @property
    def network(self) -> Network:
        """What kind of network it was."""
        return kind_of_network(self.address)

    @property
    def title(self) -> str:
        """The device as it is called in a list."""
        return f"{self.device.label}（{self.browser}）" if self.browser else str(self.device.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInDevice:
    """One session of a person, as its owner sees it.

    `is_unusual`: from a network from which this person had not come in before.
    """

    session_id: UUID
    origin: Origin
    is_this: bool
    is_program: bool
    is_unusual: bool
    created_at: datetime
    last_used_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedDevice:
    """A device that need not show the second factor, as its owner sees it."""

    session_id: UUID
    origin: Origin
    is_this: bool
    last_used_at: datetime
    until: datetime


def devices_of(actor: Actor) -> list[SignedInDevice]:
    """Return where the actor is signed in, this device first, then the last used."""
    own = Session.objects.of_person(actor.user_id)
    unusual = unusual_sessions(own.order_by("-id")[:LOOKED_BACK])
    devices = [
        SignedInDevice(
            session_id=row.pk,
            origin=origin_of(row),
            is_this=row.pk == actor.session_id,
            is_program=row.kind == SessionKind.PROGRAM,
            is_unusual=row.pk in unusual,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
        )
        for row in own.alive(timezone.now()).order_by("-last_used_at")[:LOOKED_BACK]
    ]
    return sorted(devices, key=lambda device: not device.is_this)


def remembered_of(actor: Actor) -> list[RememberedDevice]:
    """Return which of the actor's devices need not show the second factor, the newest first."""
    known = Session.objects.of_person(actor.user_id).remembered(timezone.now())
    return [
        RememberedDevice(
            session_id=row.pk,
            origin=origin_of(row),
            is_this=row.pk == actor.session_id,
            last_used_at=row.last_used_at,
            until=row.trusted_until,
        )
        for row in known.order_by("-id")[:LOOKED_BACK]
        if row.trusted_until
    ]


def may_trust(actor: Actor) -> bool:
    """Whether the device of the actor's session may be remembered."""
    own = Session.objects.of_person(actor.user_id).one(actor.session_id).select_related("user")
    session = own.filter(is_shared=False).first()
    return session is not None and may_be_remembered(session.user)


def is_from_new_device(user_id: UUID, session_id: UUID) -> bool:
    """Whether a person signed in from a browser that none of their last sessions had."""
    own = Session.objects.of_person(user_id).filter(kind=SessionKind.BROWSER)
    known = list(own.filter(pk__lt=session_id).order_by("-id")[:30])
    new = own.filter(pk=session_id).first()
    if new is None or not known:
        return False
    return origin_of(new).title not in {origin_of(session).title for session in known}


def unusual_sessions(sessions: Iterable[Session]) -> set[UUID]:
    """Return those that came from a network from which none of the older ones came."""
    known: set[str] = set()
    unusual: set[UUID] = set()
    for session in sorted(sessions, key=lambda one: one.pk):
        network = network_of(origin_of(session).address)
        if known and network not in known:
            unusual.add(session.pk)
        known.add(network)
    return unusual


def origin_of(session: Session) -> Origin:
    """Return from where a session was opened."""
    bundle = open_scope(session.user_id, None)
    agent = bundle.unseal(session.agent_sealed, session_place(session.pk, "agent"))
    address = bundle.unseal(session.address_sealed, session_place(session.pk, "address"))
    return Origin(device=Device(session.device), browser=browser_of(agent), address=address)
