"""New passwords: what is taken, changing one's own, and setting one by a link.

Controls: ISO/IEC 27017 5.17; white paper 「認証情報の管理」.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app as jobs

from carestation.accounts.choices import EndReason, Job, Purpose, Weakness
from carestation.accounts.commands.brakes import brake_network, count_try, forgive
from carestation.accounts.commands.devices import forget_devices
from carestation.accounts.commands.links import MailedLink, fresh_token, lock_owner, locked_link
from carestation.accounts.commands.sessions import Where, end_sessions_of
from carestation.accounts.commands.sign_in import check_own_password, lock_checked
from carestation.accounts.facts import PasswordChanged, PasswordResetAsked, PasswordResetSent
from carestation.accounts.models import PasswordReset, User
from carestation.accounts.queries.bindings import binding_of
from carestation.accounts.queries.factors import shortest_for
from carestation.accounts.queries.people import email_index, read_email, read_person
from carestation.accounts.queries.sessions import token_key
from carestation.accounts.rules import kept_password, weakness_of
from carestation.factlog.commands import announce
from carestation.kernel.actor import Actor
from carestation.kernel.errors import DomainError
from carestation.kernel.ids import uuid7

LINK_LASTS: Final = timedelta(hours=1)
PRODUCT_WORDS: Final = (settings.PRODUCT_NAME, "carestation")


class WeakPassword(DomainError):  # noqa: N818 - the name is the answer
    """A new password is not taken; `reason` is a `Weakness`."""


def change_password(actor: Actor, current: str, new: str) -> None:
    """Set the actor's own password; every other session of theirs ends.

    Raises:
        WrongSignIn: the current one is wrong.
        WeakPassword: the new one is not taken.
        TooMany: too many wrong ones of late.
    """
    checked = check_own_password(actor, current)
    with transaction.atomic():
        user = lock_checked(checked)
        _set_password(user, new)
        forget_devices(actor, user.pk)
        end_sessions_of(
            actor, user.pk, EndReason.PASSWORD_CHANGED, except_session_id=actor.session_id
        )
        _announce_change(actor, by_link=False)


def ask_reset(email: str, where: Where, *, request_id: UUID) -> None:
    """Take the wish for a link; whether the address is known, only the worker finds out.

    Raises:
        TooMany: too many from this network of late.
    """
    brake_network(Purpose.RESET_NETWORK, where.address)
    with transaction.atomic():
        announce(PasswordResetAsked(attempt_id=uuid7(), request_id=request_id))
        jobs.configure_task(Job.MAIL_RESET_LINK).defer(index=email_index(email).hex())


@transaction.atomic
def make_reset_link(index: bytes, *, request_id: UUID) -> MailedLink | None:
    """Make the link for a person; an earlier one ends. None: nobody, or asked too often."""
    user = User.objects.select_for_update().filter(email_index=index, ended_at=None).first()
    if user is None or count_try(Purpose.RESET_ACCOUNT, index.hex()).left < 0:
        return None
    now, token = timezone.now(), fresh_token()
    PasswordReset.objects.unused().filter(user=user).update(replaced_at=now)
    reset = PasswordReset.objects.create(
        key=token_key(token), user=user, created_at=now, expires_at=now + LINK_LASTS
    )
    announce(PasswordResetSent(reset_id=reset.pk, person_id=user.pk, request_id=request_id))
    return MailedLink(address=read_email(user, None), token=token)


@transaction.atomic
def reset_password(token: str, new: str, *, request_id: UUID) -> None:
    """Set a password by a link: once; every session of the person ends.

    Raises:
        NotVisible: no such link, or it was used, replaced, or is past its hour.
        WeakPassword: the password is not taken; the link stays open.
    """
    now = timezone.now()
    waiting = PasswordReset.objects.open(now)
    user = lock_owner(waiting, token)
    reset = locked_link(waiting, token)
    _set_password(user, new)
    reset.used_at = now
    reset.save(update_fields=["used_at"])
    actor = Actor(user_id=user.pk, request_id=request_id)
    forget_devices(actor, user.pk)
    end_sessions_of(actor, user.pk, EndReason.PASSWORD_CHANGED)
    forgive(Purpose.ACCOUNT, bytes(user.email_index).hex())
    _announce_change(actor, by_link=True)


def require_strength(user: User, password: str) -> None:
    """See that a new password of a person is taken.

    Raises:
        WeakPassword: it is not; the reason says why.
    """
    person, address, binding = read_person(user, None), read_email(user, None), binding_of(user)
    require_strong(
        password,
        shortest=shortest_for(user.pk),
        known_words=(person.name, person.kana, address, *binding.facility_words),
    )


def require_strong(password: str, *, shortest: int, known_words: tuple[str, ...]) -> None:
    """See that a new password is taken; `known_words`: what others know of its owner, too.

    Raises:
        WeakPassword: it is not; the reason says why.
    """
    words = (*PRODUCT_WORDS, *known_words, *(address.split("@")[0] for address in known_words))
    parts = tuple(part for word in words for part in word.split())
    weakness = weakness_of(password, shortest=shortest, own_words=parts) or _commonness(password)
    if weakness:
        raise WeakPassword(weakness.value)


def _commonness(password: str) -> Weakness | None:
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError:
        return Weakness.COMMON
    return None


def _set_password(user: User, new: str) -> None:
    require_strength(user, kept_password(new))
    user.set_password(kept_password(new))
    user.save(update_fields=["password"])


def _announce_change(actor: Actor, *, by_link: bool) -> None:
    announce(
        PasswordChanged(
            actor_id=actor.user_id,
            request_id=actor.request_id,
            person_id=actor.user_id,
            by_link=by_link,
        )
    )
