"""Passkeys: registering one, and showing by one who one is.

A challenge travels in the form, signed, for five minutes and for one purpose; it is spent by its
first use. Whoever shows a passkey was verified by their own device, so it is both steps at once.

Controls: ISO/IEC 27017 5.17, 8.5; white paper 「認証情報の管理」.
"""

import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import get_server
from django.core import signing
from django.db import transaction
from django.utils import timezone
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from carestation.accounts.choices import Method, Proof, Purpose, RefusalReason
from carestation.accounts.commands.brakes import brake, brake_network, count_try, take_off
from carestation.accounts.commands.factors import Enrolled, enrolled, keep_factor, lock_person
from carestation.accounts.commands.refusals import note_own_refusal, note_refusal
from carestation.accounts.commands.sessions import (
    OpenedSession,
    Where,
    complete_session,
    open_session,
    reopen_session,
)
from carestation.accounts.models import User
from carestation.accounts.queries.factors import PASSKEY, factor_place, read_factor
from carestation.accounts.queries.people import read_email, read_person
from carestation.accounts.rules import may_take_up, may_use, network_of
from carestation.kernel.actor import Actor
from carestation.kernel.errors import DomainError, NotVisible, Refused, require
from carestation.vault.scopes import open_scope

MAX_AGE_SECONDS: Final = 300
MOST: Final = 10
SALT: Final = "carestation.accounts.passkeys"
# What a hostile answer of a browser makes the parsers say.
MALFORMED: Final = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    NotImplementedError,
    RecursionError,
    struct.error,
)


class WrongPasskey(DomainError):  # noqa: N818 - the name is the answer
    """The browser's answer does not fit, or comes too late: one answer for all."""

    def __init__(self) -> None:
        super().__init__("passkey")


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What the browser is asked (JSON), and the signed state that comes back with its answer."""

    options: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A passkey as it is sealed; `signs` is its own count of uses, 0 if it keeps none."""

    name: str
    credential: AttestedCredentialData
    signs: int

    def to_text(self) -> str:
        coded = urlsafe_b64encode(self.credential).decode()
        return json.dumps({"name": self.name, "credential": coded, "signs": self.signs})


def begin_registration(actor: Actor) -> Challenge:
    """Ask the actor's device for a new passkey."""
    user = User.objects.get(pk=actor.user_id)
    options, state = get_server().register_begin(
        user=PublicKeyCredentialUserEntity(
            id=user.pk.bytes,
            name=read_email(user, actor),
            display_name=read_person(user, actor).name,
        ),
        credentials=[kept.credential for _, kept in _passkeys_of(user.pk)],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _challenge(options, state, str(user.pk))


def register_passkey(actor: Actor, name: str, state: str, answer: str) -> Enrolled:
    """Take up a passkey that the actor's device made.

    Raises:
        WrongPasskey: the answer does not fit the challenge.
        Refused: there are as many as anyone needs (reason `too_many`), or passkeys are no longer
            offered (reason `not_offered`).
    """
    try:
        asked = _spent(state, str(actor.user_id))
    except MALFORMED as error:
        raise WrongPasskey from error
    with transaction.atomic():
        return _taken_up(actor, name, asked, answer)


def begin_showing(user_id: UUID | None = None) -> Challenge:
    """Ask a device to show a passkey: anyone's, or one of this person."""
    known = [kept.credential for _, kept in _passkeys_of(user_id)] if user_id else None
    options, state = get_server().authenticate_begin(
        credentials=known, user_verification=UserVerificationRequirement.REQUIRED
    )
    return _challenge(options, state, str(user_id or ""))


def sign_in_with_passkey(
    state: str, answer: str, where: Where, *, request_id: UUID
) -> OpenedSession:
    """Sign a person in by a passkey alone.

    Raises:
        WrongPasskey: one answer for every wrong one.
        TooMany: too many from this network of late.
    """
    brake_network(Purpose.PASSKEY, where.address)
    try:
        asked, user_id = _spent(state, ""), _holder_of(answer)
        with transaction.atomic():
            _check_shown(user_id, asked, answer)
            opened = open_session(user_id, where, proof=Proof.PASSKEY, request_id=request_id)
    except (*MALFORMED, NotVisible) as error:
        note_refusal(RefusalReason.PASSKEY, None, request_id=request_id, where=where)
        raise WrongPasskey from error
    take_off(Purpose.PASSKEY, network_of(where.address))
    return opened


def pass_with_passkey(actor: Actor, state: str, answer: str, *, is_half: bool) -> OpenedSession:
    """Take the second step, or open an idle session again, by a passkey of the actor.

    Raises:
        WrongPasskey: one answer for every wrong one.
        TooMany: too many of late.
        NotVisible: the session has ended meanwhile.
    """
    brake(Purpose.PASSKEY, actor.user_id.hex)
    try:
        asked = _spent(state, str(actor.user_id))
        with transaction.atomic():
            _check_shown(actor.user_id, asked, answer)
            go_on = complete_session if is_half else reopen_session
            opened = go_on(actor, Proof.PASSKEY)
    except MALFORMED as error:
        note_own_refusal(RefusalReason.PASSKEY, actor)
        raise WrongPasskey from error
    take_off(Purpose.PASSKEY, actor.user_id.hex)
    return opened


def _challenge(options: Any, state: Any, holder: str) -> Challenge:  # noqa: ANN401 - fido2's own
    asked = {
        "challenge": state["challenge"],
        "user_verification": str(state["user_verification"].value),
        "holder": holder,
    }
    return Challenge(
        options=json.dumps(dict(options)["publicKey"]), state=signing.dumps(asked, salt=SALT)
    )


def _spent(signed: str, holder: str) -> dict[str, str]:
    # Outside the transaction of what follows: a use that is refused spends the challenge, too.
    try:
        state: dict[str, str] = signing.loads(signed, salt=SALT, max_age=MAX_AGE_SECONDS)
    except signing.BadSignature as error:
        raise ValueError from error
    if state["holder"] != holder or count_try(Purpose.CHALLENGE, state["challenge"]).count > 1:
        raise ValueError
    return state


def _taken_up(actor: Actor, name: str, asked: dict[str, str], answer: str) -> Enrolled:
    user = lock_person(actor.user_id)
    require(allowed=may_take_up(Method.PASSKEY), reason="not_offered")
    if len(_passkeys_of(user.pk)) >= MOST:
        raise Refused("too_many")
    try:
        made = get_server().register_complete(asked, json.loads(answer))
    except MALFORMED as error:
        raise WrongPasskey from error
    if made.credential_data is None:
        raise WrongPasskey
    kept = _Kept(name=name, credential=made.credential_data, signs=made.counter)
    keep_factor(user.pk, PASSKEY, kept.to_text())
    return enrolled(actor, Proof.PASSKEY)


def _holder_of(answer: str) -> UUID:
    handle = json.loads(answer)["response"]["userHandle"]
    return UUID(bytes=websafe_decode(handle))


def _check_shown(user_id: UUID, state: dict[str, str], answer: str) -> None:
    lock_person(user_id)
    if not may_use(Method.PASSKEY):
        raise ValueError
    own = _passkeys_of(user_id)
    shown = AuthenticationResponse.from_dict(json.loads(answer))
    found = get_server().authenticate_complete(state, [kept.credential for _, kept in own], shown)
    row, kept = next(one for one in own if one[1].credential == found)
    signs = shown.response.authenticator_data.counter
    # A passkey that counts its uses and falls behind was copied (WebAuthn, 6.1.1).
    if (signs or kept.signs) and signs <= kept.signs:
        raise ValueError
    fresh = _Kept(name=kept.name, credential=kept.credential, signs=signs)
    place = factor_place(PASSKEY, UUID(row.data["id"]))
    sealed = open_scope(user_id, None).seal(fresh.to_text(), place)
    row.data["sealed"] = urlsafe_b64encode(sealed).decode()
    row.last_used_at = timezone.now()
    row.save(update_fields=["data", "last_used_at"])


def _passkeys_of(user_id: UUID) -> list[tuple[Authenticator, _Kept]]:
    own = Authenticator.objects.filter(user_id=user_id, type=PASSKEY).order_by("pk")
    return [(row, _kept(read_factor(row))) for row in own]


def _kept(text: str) -> _Kept:
    fields = json.loads(text)
    credential = AttestedCredentialData(urlsafe_b64decode(fields["credential"]))
    return _Kept(name=fields["name"], credential=credential, signs=fields["signs"])
