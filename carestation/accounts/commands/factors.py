"""Second factors: authenticator apps and recovery codes; removing a factor.

Controls: ISO/IEC 27017 5.17, 8.2, 8.5; white paper 「認証情報の管理」.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from carestation.accounts.choices import Method, Proof
from carestation.accounts.commands.devices import forget_devices
from carestation.accounts.commands.sessions import OpenedSession, reopen_session
from carestation.accounts.facts import (
    RecoveryCodesMade,
    RecoveryCodeUsed,
    SecondFactorEnrolled,
    SecondFactorRemoved,
)
from carestation.accounts.models import User
from carestation.accounts.queries.bindings import must_have_factor
from carestation.accounts.queries.factors import (
    FACTOR_TYPES,
    PASSKEY,
    RECOVERY,
    TOTP,
    factor_place,
    read_factor,
)
from carestation.accounts.rules import (
    folded_code,
    fresh_recovery_code,
    matching_step,
    may_take_up,
    may_use,
)
from carestation.factlog.commands import announce
from carestation.kernel.actor import Actor
from carestation.kernel.errors import DomainError, NotVisible, Refused, require
from carestation.kernel.ids import uuid7
from carestation.vault.scopes import open_scope

RECOVERY_CODES: Final = 10
PROOF_OF: Final = {TOTP: Proof.TOTP, PASSKEY: Proof.PASSKEY}


class SpentCode(DomainError):  # noqa: N818 - the name is the answer
    """A code that was right, and was used before: refused, but no guess."""

    def __init__(self) -> None:
        super().__init__("code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """A factor was taken up: the session goes on under a new token.

    `recovery_codes` are told here and never again; empty if the person has some already.
    """

    opened: OpenedSession
    recovery_codes: tuple[str, ...]


def fresh_secret() -> str:
    """Return a new secret for an authenticator app: 160 bits in base32."""
    return str(generate_totp_secret())


@transaction.atomic
def enrol_totp(actor: Actor, secret: str, code: str) -> Enrolled:
    """Take up an authenticator app, in place of an earlier one, once it shows the right code.

    Raises:
        DomainError: the code is not of this secret (reason `code`).
        NotVisible: the session has ended meanwhile.
        Refused: apps are no longer offered to who has none (reason `not_offered`).
    """
    lock_person(actor.user_id)
    has_app = Authenticator.objects.filter(user_id=actor.user_id, type=TOTP).exists()
    require(allowed=has_app or may_take_up(Method.TOTP), reason="not_offered")
    step = matching_step(secret, code, at=timezone.now())
    if step is None:
        raise DomainError("code")
    Authenticator.objects.filter(user_id=actor.user_id, type=TOTP).delete()
    keep_factor(actor.user_id, TOTP, secret, step=step)
    return enrolled(actor, Proof.TOTP)


def enrolled(actor: Actor, proof: Proof) -> Enrolled:
    """Say that a factor was taken up; devices show it anew. Inside the caller's transaction."""
    forget_devices(actor, actor.user_id)
    announce(
        SecondFactorEnrolled(
            actor_id=actor.user_id,
            request_id=actor.request_id,
            person_id=actor.user_id,
            proof=proof,
        )
    )
    has_codes = Authenticator.objects.filter(user_id=actor.user_id, type=RECOVERY).exists()
    codes = () if has_codes else _new_recovery_codes(actor)
    return Enrolled(opened=reopen_session(actor, proof), recovery_codes=codes)


@transaction.atomic
def renew_recovery_codes(actor: Actor) -> tuple[str, ...]:
    """Return new recovery codes; the earlier ones are void.

    Raises:
        Refused: the person has no second factor for which they could stand in.
    """
    lock_person(actor.user_id)
    if not Authenticator.objects.filter(user_id=actor.user_id, type__in=FACTOR_TYPES).exists():
        raise Refused("no_factor")
    return _new_recovery_codes(actor)


@transaction.atomic
def remove_factor(actor: Actor, factor_pk: int) -> None:
    """Remove one of the actor's own factors; whoever must have one keeps the last.

    Raises:
        NotVisible: it is not the actor's.
        Refused: it is the last one of someone who must have one (reason `last_factor`).
    """
    user = lock_person(actor.user_id)
    own = Authenticator.objects.filter(user_id=user.pk, type__in=FACTOR_TYPES)
    row = own.filter(pk=factor_pk).first()
    if row is None:
        raise NotVisible
    if own.count() == 1:
        if must_have_factor(user):
            raise Refused("last_factor")
        Authenticator.objects.filter(user_id=user.pk, type=RECOVERY).delete()
    removed = PROOF_OF[row.type]
    row.delete()
    forget_devices(actor, user.pk)
    announce(
        SecondFactorRemoved(
            actor_id=actor.user_id, request_id=actor.request_id, person_id=user.pk, proof=removed
        )
    )


def spend_code(user_id: UUID, code: str, *, request_id: UUID) -> Proof | None:
    """Spend a code of the app, or a recovery code; None: it is neither.

    Raises:
        SpentCode: it was right once, and was spent.
    """
    if _spend_totp(user_id, code):
        return Proof.TOTP
    if _spend_recovery_code(user_id, code, request_id):
        return Proof.RECOVERY_CODE
    return None


@transaction.atomic
def give_fixed_secret(user_id: UUID, secret: str) -> None:
    """Give a person of the demo world an authenticator with a secret that stands in its list.

    Raises:
        Refused: this is production.
    """
    if settings.IS_PRODUCTION:
        raise Refused("production")
    lock_person(user_id)
    Authenticator.objects.filter(user_id=user_id, type=TOTP).delete()
    keep_factor(user_id, TOTP, secret, step=0)


def keep_factor(user_id: UUID, kind: str, text: str, *, step: int = 0) -> None:
    """Keep an authenticator, sealed under its person. Inside the caller's transaction.

    `step`: the last time step whose code was spent; a row of its own for each use would be lost
    with a cache, and so would the promise that no code works twice.
    """
    factor_id = uuid7()
    sealed = open_scope(user_id, None).seal(text, factor_place(kind, factor_id))
    data = {"id": factor_id.hex, "sealed": urlsafe_b64encode(sealed).decode(), "step": step}
    Authenticator.objects.create(user_id=user_id, type=kind, data=data)


def lock_person(user_id: UUID) -> User:
    """Lock a person's row: changes of their factors stand in line behind it.

    Raises:
        NotVisible: the account has ended.
    """
    user = User.objects.select_for_update().filter(pk=user_id, ended_at=None).first()
    if user is None:
        raise NotVisible
    return user


@transaction.atomic
def _spend_totp(user_id: UUID, code: str) -> bool:
    own = Authenticator.objects.select_for_update().filter(user_id=user_id, type=TOTP)
    row = own.first()
    if row is None or not may_use(Method.TOTP):
        return False
    now = timezone.now()
    step = matching_step(read_factor(row), code, at=now)
    if step is None:
        return False
    if step <= row.data["step"]:
        raise SpentCode
    row.data["step"], row.last_used_at = step, now
    row.save(update_fields=["data", "last_used_at"])
    return True


@transaction.atomic
def _spend_recovery_code(user_id: UUID, code: str, request_id: UUID) -> bool:
    own = Authenticator.objects.select_for_update().filter(user_id=user_id, type=RECOVERY)
    row = own.first()
    hashed = _recovery_hash(user_id, code)
    if row is None or hashed not in row.data["hashes"] + row.data["spent"]:
        return False
    if hashed in row.data["spent"]:
        raise SpentCode
    row.data["spent"].append(hashed)
    row.data["hashes"] = [known for known in row.data["hashes"] if known != hashed]
    row.last_used_at = timezone.now()
    row.save(update_fields=["data", "last_used_at"])
    announce(
        RecoveryCodeUsed(
            actor_id=user_id,
            request_id=request_id,
            person_id=user_id,
            left=len(row.data["hashes"]),
        )
    )
    return True


def _new_recovery_codes(actor: Actor) -> tuple[str, ...]:
    codes = tuple(fresh_recovery_code() for _ in range(RECOVERY_CODES))
    hashes = [_recovery_hash(actor.user_id, code) for code in codes]
    Authenticator.objects.filter(user_id=actor.user_id, type=RECOVERY).delete()
    data = {"hashes": hashes, "spent": []}
    Authenticator.objects.create(user_id=actor.user_id, type=RECOVERY, data=data)
    announce(
        RecoveryCodesMade(
            actor_id=actor.user_id, request_id=actor.request_id, person_id=actor.user_id
        )
    )
    return codes


def _recovery_hash(user_id: UUID, code: str) -> str:
    # Keyed: 57 bits could be tried through, but not without the person's key.
    return open_scope(user_id, None).derive(folded_code(code), "accounts.recovery_code").hex()
