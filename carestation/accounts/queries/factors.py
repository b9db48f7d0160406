"""Reading of second factors. What is secret in them is unsealed here alone.

Controls: ISO/IEC 27017 5.17, 8.24; white paper 「認証情報の管理」, 「暗号化」.
"""

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from allauth.mfa.models import Authenticator

from carestation.accounts.choices import Method
from carestation.accounts.models import User
from carestation.accounts.queries.bindings import binding_of, must_have_factor
from carestation.accounts.rules import may_take_up, shortest_password
from carestation.kernel.actor import Actor
from carestation.vault.scopes import open_scope
from carestation.vault.sealing import Place

TOTP: Final = Authenticator.Type.TOTP.value
PASSKEY: Final = Authenticator.Type.WEBAUTHN.value
RECOVERY: Final = Authenticator.Type.RECOVERY_CODES.value
FACTOR_TYPES: Final = (TOTP, PASSKEY)


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
    """What a person has beside the password, and what they can take up."""

    totp: Factor | None
    passkeys: tuple[Factor, ...]
    recovery_codes_left: int
    may_remove: bool
    may_set_up_app: bool
    may_add_passkey: bool

    @property
    def has_any(self) -> bool:
        """Whether there is an authenticator app or a passkey."""
        return self.totp is not None or bool(self.passkeys)


def person_has_factor(user_id: UUID) -> bool:
    """Whether a person has an authenticator app or a passkey."""
    return bool(Authenticator.objects.filter(user_id=user_id, type__in=FACTOR_TYPES).exists())


def has_passkey(user_id: UUID) -> bool:
    """Whether a person has a passkey."""
    return bool(Authenticator.objects.filter(user_id=user_id, type=PASSKEY).exists())


def shortest_for(user_id: UUID) -> int:
    """Return how many characters a new password of a person has at the least."""
    asked = binding_of(User.objects.get(pk=user_id)).shortest_password
    return shortest_password(has_factor=person_has_factor(user_id), asked=asked)


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
    totp = next((one for one in known if one.kind == TOTP), None)
    return Factors(
        totp=totp,
        passkeys=tuple(one for one in known if one.kind == PASSKEY),
        recovery_codes_left=sum(len(row.data["hashes"]) for row in codes),
        may_remove=len(known) > 1 or not must_have_factor(user),
        may_set_up_app=totp is not None or may_take_up(Method.TOTP),
        may_add_passkey=may_take_up(Method.PASSKEY),
    )


def _factor(row: Authenticator) -> Factor:
    name = json.loads(read_factor(row))["name"] if row.type == PASSKEY else ""
    return Factor(
        id=row.pk,
        kind=row.type,
        name=name,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )


def factor_place(kind: str, factor_id: UUID) -> Place:
    """Return where an authenticator's secret is sealed."""
    return Place("mfa_authenticator", kind, factor_id)
