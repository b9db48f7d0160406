"""Another mail address: asked for by its owner, proven by a link, told to the former one.

Until the new address is proven, the one in use holds. Whether the new one has an account, only the
worker finds out, and says it in a mail to that address alone.

Controls: ISO/IEC 27017 5.16, 5.17; white paper 「認証情報の管理」.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app as jobs

from carestation.accounts.choices import EndReason, Job, Purpose
from carestation.accounts.commands.brakes import brake
from carestation.accounts.commands.devices import forget_devices
from carestation.accounts.commands.factors import lock_person
from carestation.accounts.commands.links import (
    MailedLink,
    fresh_token,
    key_of_nobody,
    locked_link,
)
from carestation.accounts.commands.sessions import end_sessions_of
from carestation.accounts.facts import AddressChangeAsked, AddressChanged
from carestation.accounts.models import AddressChange, FactorReset, PasswordReset, User
from carestation.accounts.queries.links import new_address_place, read_new_address
from carestation.accounts.queries.people import email_index, email_place, find_by_email, read_email
from carestation.accounts.queries.sessions import token_key
from carestation.factlog.commands import announce
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, DomainError
from carestation.kernel.ids import uuid7
from carestation.vault.scopes import open_scope

LASTS: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressLink(MailedLink):
    """What the mail to the new address needs; `is_known`: another account has it, no link helps."""

    is_known: bool


def ask_address_change(actor: Actor, email: str) -> None:
    """Let a link be mailed to a new address; an earlier one ends.

    Raises:
        DomainError: it is the one in use (reason `same_address`).
        TooMany: asked for too often of late.
        NotVisible: the account has ended.
    """
    if User.objects.filter(pk=actor.user_id, email_index=email_index(email)).exists():
        raise DomainError("same_address")
    brake(Purpose.ADDRESS_CHANGE, actor.user_id.hex)
    with transaction.atomic():
        change = _newest(actor.user_id, email)
        announce(
            AddressChangeAsked(
                actor_id=actor.user_id, request_id=actor.request_id, change_id=change.pk
            )
        )
        jobs.configure_task(Job.MAIL_ADDRESS_LINK).defer(change_id=str(change.pk))


@transaction.atomic
def make_address_link(change_id: UUID) -> AddressLink | None:
    """Make the link for a new address; None: it is open no more."""
    waiting = AddressChange.objects.open(timezone.now()).filter(user__ended_at=None)
    change = waiting.select_for_update(of=["self"]).filter(pk=change_id).first()
    if change is None:
        return None
    token, address = fresh_token(), read_new_address(change)
    change.key = token_key(token)
    change.save(update_fields=["key"])
    return AddressLink(address=address, token=token, is_known=find_by_email(address) is not None)


@transaction.atomic
def confirm_address(actor: Actor, token: str) -> None:
    """Make a proven address the actor's own: once; their sessions elsewhere end.

    Links that went to the former address end, too.

    Raises:
        NotVisible: no such link of the actor, or it was used, replaced, or is past its day.
        Conflict: the address has an account meanwhile (reason `known`).
    """
    now, user = timezone.now(), lock_person(actor.user_id)
    change = locked_link(AddressChange.objects.open(now).filter(user=user), token)
    address = read_new_address(change)
    if User.objects.filter(email_index=email_index(address)).exclude(pk=user.pk).exists():
        raise Conflict("known")
    bundle = open_scope(user.pk, actor)
    change.used_at = now
    change.former_sealed = bundle.seal(
        read_email(user, actor), new_address_place(change.pk, "former")
    )
    change.save(update_fields=["used_at", "former_sealed"])
    user.email_index = email_index(address)
    user.email_sealed = bundle.seal(address, email_place(user.pk))
    user.save(update_fields=["email_index", "email_sealed"])
    for links in (PasswordReset.objects, FactorReset.objects):
        links.unused().filter(user=user).update(replaced_at=now)
    forget_devices(actor, user.pk, but=actor.session_id)
    end_sessions_of(actor, user.pk, EndReason.ADDRESS_CHANGED, except_session_id=actor.session_id)
    announce(AddressChanged(actor_id=user.pk, request_id=actor.request_id, change_id=change.pk))


def _newest(user_id: UUID, email: str) -> AddressChange:
    user, now, change_id = lock_person(user_id), timezone.now(), uuid7()
    AddressChange.objects.unused().filter(user=user).update(replaced_at=now)
    place = new_address_place(change_id, "email")
    return AddressChange.objects.create(
        id=change_id,
        key=key_of_nobody(),
        user=user,
        email_sealed=open_scope(user_id, None).seal(email.strip(), place),
        created_at=now,
        expires_at=now + LASTS,
    )
