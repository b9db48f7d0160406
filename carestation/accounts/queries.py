"""Reading of people and of their sessions. Unsealing is done here alone.

Controls: ISO/IEC 27017 5.16, 5.17, 8.24; white paper 「認証情報の管理」, 「暗号化」.
"""

import hashlib
import json
import unicodedata
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils import timezone

from carestation.accounts.choices import Device, SessionKind, Standing
from carestation.accounts.models import Operator, PasswordReset, Session, User
from carestation.accounts.rules import browser_of, current_code
from carestation.kernel.actor import Actor
from carestation.kernel.sql import Row, row_of
from carestation.vault.scopes import open_scope, operator_bundle
from carestation.vault.sealing import Place

TOTP: Final = Authenticator.Type.TOTP.value
PASSKEY: Final = Authenticator.Type.WEBAUTHN.value
RECOVERY: Final = Authenticator.Type.RECOVERY_CODES.value
FACTOR_TYPES: Final = (TOTP, PASSKEY)
# Hot: stands before every request (docs/decisions/0010). Its twin: tests/accounts/twins.py;
# live asks the same of the same row (live/queries.py). Whether there is a factor is only looked
# for where none was shown.
SESSION: Final = """
SELECT s.id, s.user_id, s.kind, s.confirmed_at, s.idle_seconds, s.is_shared,
  s.second_factor_at IS NOT NULL AS is_proven,
  s.last_used_at + make_interval(secs => s.idle_seconds) <= %(now)s AS is_idle,
  s.last_used_at <= %(now)s - interval '1 minute' AS is_due,
  u.is_professional, o.id IS NOT NULL AS is_operator,
  CASE WHEN s.second_factor_at IS NULL THEN EXISTS (
    SELECT FROM mfa_authenticator a WHERE a.user_id = u.id AND a.type IN ('totp', 'webauthn')
  ) ELSE true END AS has_factor
FROM accounts_session s JOIN accounts_user u ON u.id = s.user_id
LEFT JOIN accounts_operator o ON o.user_id = u.id AND o.ended_at IS NULL
WHERE s.key = %(key)s AND s.ended_at IS NULL AND s.expires_at > %(now)s AND u.ended_at IS NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone, ready to show."""

    id: UUID
    name: str
    kana: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A session that a token opened: whose, and how far it has come.

    `is_due`: its last use is a minute old and should be written anew. `is_shared`: others use the
    same device, which keeps nothing.
    """

    session_id: UUID
    user_id: UUID
    kind: SessionKind
    standing: Standing
    confirmed_at: datetime
    is_due: bool
    is_professional: bool
    is_operator: bool
    is_shared: bool
    idle_minutes: int


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """An authenticator app or a passkey, as its owner sees it."""

    id: int
    kind: str
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """What a person has beside the password."""

    totp: Factor | None
    passkeys: tuple[Factor, ...]
    recovery_codes_left: int
    may_remove: bool

    @property
    def has_any(self) -> bool:
        """Whether there is an authenticator app or a passkey."""
        return self.totp is not None or bool(self.passkeys)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """Someone of the demo world, whom its sign-in page fills in."""

    email: str
    password: str
    totp_secret: str
    name: str
    words: str


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
        is_due=row["is_due"] and standing is not Standing.IDLE,
        is_professional=row["is_professional"],
        is_operator=row["is_operator"],
        is_shared=row["is_shared"],
        idle_minutes=row["idle_seconds"] // 60,
    )


def standing_of(row: Row) -> Standing | None:
    """Return how far a session has come; one left half signed in is over when it is idle."""
    is_half = not row["is_proven"] and row["has_factor"]
    if is_half:
        return None if row["is_idle"] else Standing.CODE_DUE
    if row["is_idle"]:
        return Standing.IDLE
    wants_factor = row["is_professional"] or row["is_operator"]
    return Standing.FULL if row["is_proven"] or not wants_factor else Standing.ENROLMENT_DUE


def token_key(token: str) -> bytes:
    """Return what a token is stored as: its SHA-256."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def must_have_factor(user: User) -> bool:
    """Whether a person sees nothing without a second factor: professionals and the provider."""
    return bool(user.is_professional) or is_operator(user.pk)


def person_has_factor(user_id: UUID) -> bool:
    """Whether a person has an authenticator app or a passkey."""
    return bool(Authenticator.objects.filter(user_id=user_id, type__in=FACTOR_TYPES).exists())


def read_factor(row: Authenticator) -> str:
    """Return what is sealed in an authenticator: a secret, or a passkey and its name."""
    sealed = urlsafe_b64decode(row.data["sealed"])
    place = factor_place(row.type, UUID(row.data["id"]))
    return open_scope(row.user_id, None).unseal(sealed, place)


def factors_of(actor: Actor) -> Factors:
    """Return what the actor has beside the password; `may_remove`: the last one is not a must."""
    rows = list(Authenticator.objects.filter(user_id=actor.user_id).order_by("pk")[:50])
    known = [_factor(row) for row in rows if row.type in FACTOR_TYPES]
    codes = [row for row in rows if row.type == RECOVERY]
    user = User.objects.get(pk=actor.user_id)
    return Factors(
        totp=next((one for one in known if one.kind == TOTP), None),
        passkeys=tuple(one for one in known if one.kind == PASSKEY),
        recovery_codes_left=sum(len(row.data["hashes"]) for row in codes),
        may_remove=len(known) > 1 or not must_have_factor(user),
    )


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


def _factor(row: Authenticator) -> Factor:
    name = json.loads(read_factor(row))["name"] if row.type == PASSKEY else ""
    return Factor(
        id=row.pk,
        kind=row.type,
        name=name,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )


def is_operator(user_id: UUID) -> bool:
    """Whether a person works for the provider now."""
    return Operator.objects.active().filter(user_id=user_id).exists()


def read_person(user: User, actor: Actor | None) -> Person:
    """Return a person's names, unsealed."""
    bundle = open_scope(user.pk, actor)
    return Person(
        id=user.pk,
        name=bundle.unseal(user.name_sealed, name_place(user.pk)),
        kana=bundle.unseal(user.kana_sealed, kana_place(user.pk)),
    )


def read_own(actor: Actor) -> Person:
    """Return the actor's own names."""
    return read_person(User.objects.get(pk=actor.user_id), actor)


def read_name(user_id: UUID, name_sealed: bytes | memoryview, actor: Actor | None) -> str:
    """Return one name, unsealed, from a row of a hand-written statement."""
    return open_scope(user_id, actor).unseal(name_sealed, name_place(user_id))


def read_email(user: User, actor: Actor | None) -> str:
    """Return a person's mail address, unsealed."""
    return open_scope(user.pk, actor).unseal(user.email_sealed, email_place(user.pk))


def address_of(user_id: UUID) -> str:
    """Return where a person gets mail, or nothing if the account has ended."""
    user = User.objects.filter(pk=user_id, ended_at=None).first()
    return read_email(user, None) if user else ""


def is_from_new_device(user_id: UUID, session_id: UUID) -> bool:
    """Whether a person signed in from a browser that none of their last sessions had."""
    own = Session.objects.of_person(user_id).filter(kind=SessionKind.BROWSER)
    known = list(own.filter(pk__lt=session_id).order_by("-id")[:30])
    new = own.filter(pk=session_id).first()
    if new is None or not known:
        return False
    return _agent_of(new) not in {_agent_of(session) for session in known}


def _agent_of(session: Session) -> tuple[str, str]:
    agent = open_scope(session.user_id, None).unseal(
        session.agent_sealed, session_place(session.pk, "agent")
    )
    return session.device, browser_of(agent)


def is_open_link(token: str) -> bool:
    """Whether a link to set a password can be used now."""
    waiting = PasswordReset.objects.filter(key=token_key(token), used_at=None, replaced_at=None)
    return waiting.filter(expires_at__gt=timezone.now(), user__ended_at=None).exists()


def demo_people() -> tuple[DemoPerson, ...]:
    """Return whom the sign-in page of a demo offers; nobody elsewhere."""
    people: tuple[DemoPerson, ...] = settings.DEMO_PEOPLE
    return () if settings.IS_PRODUCTION else people


def demo_code(actor: Actor) -> str:
    """Return the code that a person of the demo world would read off their telephone."""
    known = {person.email: person.totp_secret for person in demo_people()}
    secret = known.get(address_of(actor.user_id), "") if known else ""
    return current_code(secret, at=timezone.now()) if secret else ""


def find_by_email(email: str) -> User | None:
    """Return the person with this address, if there is one who has not ended."""
    return User.objects.filter(email_index=email_index(email), ended_at=None).first()


def email_index(email: str) -> bytes:
    """Return what finds an address: a keyed hash of its folded form, 32 bytes."""
    return operator_bundle().derive(folded_email(email), "accounts_user.email")


def folded_email(email: str) -> str:
    """Return an address as two people would call it the same."""
    fit = email.encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFKC", fit).strip().casefold()


def name_place(user_id: UUID) -> Place:
    """Return where a name is sealed."""
    return Place("accounts_user", "name", user_id)


def kana_place(user_id: UUID) -> Place:
    """Return where a kana reading is sealed."""
    return Place("accounts_user", "kana", user_id)


def email_place(user_id: UUID) -> Place:
    """Return where an address is sealed."""
    return Place("accounts_user", "email", user_id)


def factor_place(kind: str, factor_id: UUID) -> Place:
    """Return where an authenticator's secret is sealed."""
    return Place("mfa_authenticator", kind, factor_id)


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
