"""Signing in: mail address and password, then the second step.

Every wrong one is answered the same, after the same work: one hash of a password, whether or not
the address is known. What a try counts and what it leaves in the log outlive its refusal, so these
commands are several small transactions, and the refusal is raised after the last.

Controls: ISO/IEC 27017 5.17, 8.5; white paper 「認証情報の管理」.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from carestation.accounts.choices import Proof, Purpose, RefusalReason
from carestation.accounts.commands.brakes import (
    Tried,
    brake,
    count_sign_in,
    forgive,
    forgive_sign_in,
    take_off,
)
from carestation.accounts.commands.devices import (
    carry_over,
    recognise_device,
    remember_device,
)
from carestation.accounts.commands.factors import SpentCode, lock_person, spend_code
from carestation.accounts.commands.refusals import note_own_refusal, note_refusal
from carestation.accounts.commands.sessions import (
    OpenedSession,
    Where,
    complete_session,
    open_session,
    reopen_session,
)
from carestation.accounts.models import User
from carestation.accounts.queries.bindings import must_have_factor
from carestation.accounts.queries.factors import person_has_factor
from carestation.accounts.queries.people import email_index
from carestation.accounts.rules import LONGEST_PASSWORD, kept_password
from carestation.kernel.actor import Actor
from carestation.kernel.errors import DomainError, NotVisible, Refused, TooMany, Unauthenticated


class WrongSignIn(Unauthenticated):
    """Address or password are wrong, or the account has ended: one answer for all."""

    def __init__(self, *, tries_left: int | None) -> None:
        super().__init__("sign_in")
        self.tries_left = tries_left


class WrongCode(DomainError):  # noqa: N818 - the name is the answer
    """The code is wrong, too old, or was used before: one answer for all."""

    def __init__(self, *, tries_left: int | None) -> None:
        super().__init__("code")
        self.tries_left = tries_left


def sign_in(email: str, password: str, where: Where, *, request_id: UUID) -> OpenedSession:
    """Sign a person in from a browser; the session is half open while a code is due.

    None is due where the device is remembered.

    Raises:
        WrongSignIn: one answer for every wrong one.
        TooMany: too many wrong ones of late.
    """
    user = _person_of(email, password, where, request_id)
    with _still_theirs(), transaction.atomic():
        has_factor = person_has_factor(user.pk)
        known = recognise_device(user.pk, where) if has_factor else None
        opened = open_session(
            user.pk,
            where,
            proof=Proof.PASSWORD,
            request_id=request_id,
            is_half=has_factor and known is None,
            shown_at=known.second_factor_at if known else None,
            checked=user.password,
        )
        return carry_over(known, opened, request_id=request_id) if known else opened


def sign_in_program(
    email: str, password: str, code: str, where: Where, *, request_id: UUID
) -> OpenedSession:
    """Sign a person in from a program, all at once.

    Raises:
        WrongSignIn: one answer for every wrong one, the code too.
        Refused: a code is due, or the person must first set one up (reason `second_factor`).
        TooMany: too many wrong ones of late.
    """
    user = _person_of(email, password, where, request_id)
    proof = Proof.PASSWORD
    if person_has_factor(user.pk):
        if not code:
            raise Refused("second_factor")
        proof = _proof_by_code(user.pk, code, where, request_id)
    elif must_have_factor(user):
        raise Refused("second_factor")
    with _still_theirs():
        return open_session(
            user.pk, where, proof=proof, request_id=request_id, checked=user.password
        )


def take_second_step(actor: Actor, code: str, *, remembers: bool = False) -> OpenedSession:
    """Complete a half open session by a code of the app or a recovery code.

    `remembers`: the device shall not have to show one again for thirty days.

    Raises:
        WrongCode: it is wrong, too old, or was used before.
        TooMany: too many wrong ones of late.
        NotVisible: the session has ended meanwhile.
    """
    tried = brake(Purpose.CODE, actor.user_id.hex)
    try:
        with transaction.atomic():
            proof = spend_code(actor.user_id, code, request_id=actor.request_id)
            opened = complete_session(actor, proof) if proof else None
            if opened and remembers and proof is Proof.TOTP:
                opened = remember_device(actor, opened)
    except SpentCode as error:
        # Sent twice by an impatient finger: refused, but not counted as a guess.
        take_off(Purpose.CODE, actor.user_id.hex)
        note_own_refusal(RefusalReason.CODE, actor)
        raise WrongCode(tries_left=None) from error
    if opened is None:
        note_own_refusal(RefusalReason.CODE, actor)
        raise WrongCode(tries_left=tried.left)
    forgive(Purpose.CODE, actor.user_id.hex)
    return opened


def reopen_with_password(actor: Actor, password: str) -> OpenedSession:
    """Open an idle session again, or confirm a used one, by the password.

    Raises:
        WrongSignIn: it is wrong.
        TooMany: too many wrong ones of late.
        NotVisible: the session has ended meanwhile.
    """
    check_own_password(actor, password)
    return reopen_session(actor, Proof.PASSWORD)


def check_own_password(actor: Actor, password: str, where: Where | None = None) -> User:
    """Return the actor if this is their password; `where` they are, if no session says so.

    Raises:
        WrongSignIn: it is wrong.
        TooMany: too many wrong ones of late.
        NotVisible: the account has ended.
    """
    tried = brake(Purpose.CONFIRMATION, actor.user_id.hex)
    user = User.objects.filter(pk=actor.user_id, ended_at=None).first()
    if user is None:
        raise NotVisible
    if not _is_password_of(user, password):
        note_own_refusal(RefusalReason.PASSWORD, actor, where)
        raise WrongSignIn(tries_left=tried.left)
    forgive(Purpose.CONFIRMATION, actor.user_id.hex)
    return user


def lock_checked(checked: User) -> User:
    """Lock a person whose password was checked, and see that it still is theirs.

    Raises:
        WrongSignIn: they have another by now.
        NotVisible: the account has ended.
    """
    user = lock_person(checked.pk)
    if user.password != checked.password:
        raise WrongSignIn(tries_left=None)
    return user


def _person_of(email: str, password: str, where: Where, request_id: UUID) -> User:
    index = email_index(email)
    tried = count_sign_in(index, where.address)
    if tried.left < 0:
        _refuse_braked(tried, request_id)
    user = User.objects.filter(email_index=index).first()
    is_right = _is_password_of(user, password)
    if user is None or not is_right or not user.is_active:
        known = user.pk if user else None
        note_refusal(RefusalReason.PASSWORD, known, request_id=request_id, where=where)
        raise WrongSignIn(tries_left=tried.left)
    forgive_sign_in(index, where.address)
    return user


@contextmanager
def _still_theirs() -> Iterator[None]:
    # Whose account ended or got another password since theirs was looked at, was too late.
    try:
        yield
    except NotVisible as error:
        raise WrongSignIn(tries_left=None) from error


def _is_password_of(user: User | None, password: str) -> bool:
    kept = kept_password(password[:LONGEST_PASSWORD])
    if user is None:
        # The same work as for a person who is there.
        make_password(kept)
        return False
    is_right = check_password(kept, user.password, setter=lambda known: _rehash(user, known))
    return is_right and len(password) <= LONGEST_PASSWORD


def _rehash(user: User, password: str) -> None:
    # Only over the hash that was looked at. Who comes second finds another: the same password's, if
    # two signed in at once; a new password's is not theirs, and the one looked at stands no more.
    own, fresh = User.objects.filter(pk=user.pk), make_password(password)
    is_first = own.filter(password=user.password).update(password=fresh)
    kept = fresh if is_first else own.values_list("password", flat=True).get()
    if is_first or check_password(password, kept):
        user.password = kept


def _proof_by_code(user_id: UUID, code: str, where: Where, request_id: UUID) -> Proof:
    tried = brake(Purpose.CODE, user_id.hex)
    try:
        proof = spend_code(user_id, code, request_id=request_id)
    except SpentCode as error:
        take_off(Purpose.CODE, user_id.hex)
        note_refusal(RefusalReason.CODE, user_id, request_id=request_id, where=where)
        raise WrongSignIn(tries_left=None) from error
    if proof is None:
        note_refusal(RefusalReason.CODE, user_id, request_id=request_id, where=where)
        raise WrongSignIn(tries_left=tried.left)
    forgive(Purpose.CODE, user_id.hex)
    return proof


def _refuse_braked(tried: Tried, request_id: UUID) -> None:
    if tried.is_first_too_many:
        note_refusal(RefusalReason.BRAKED, None, request_id=request_id)
    raise TooMany("sign_in", retry_after_seconds=tried.wait_seconds)
