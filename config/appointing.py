"""Who works for the provider, through the product's own commands: appointed, ended, listed."""

from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from carestation.accounts.commands.operators import begin_operator, end_operator
from carestation.accounts.commands.passwords import make_reset_link
from carestation.accounts.commands.people import NewPerson, register_person
from carestation.accounts.queries.consoles import (
    operators,
    take_console_at_machine,
    take_first_console,
)
from carestation.accounts.queries.people import email_index, find_by_email
from carestation.accounts.rules import Console
from carestation.kernel.errors import Conflict, DomainError, NotVisible
from carestation.kernel.ids import uuid7
from carestation.vault.models import OPERATOR


def console_of(email: str) -> Console:
    """Return the console of the operator who types, by their address.

    Raises:
        SystemExit: nobody of this address works for the provider.
    """
    try:
        return take_console_at_machine(email)
    except NotVisible as error:
        raise SystemExit(f"“{email}” does not work for the provider.") from error


def first_console() -> Console:
    """Return the console of whoever holds the machine, while nobody operates.

    Raises:
        SystemExit: somebody does.
    """
    try:
        return take_first_console()
    except NotVisible as error:
        raise SystemExit("Say who you are: --as, with your own address.") from error


@transaction.atomic
def appoint(console: Console, email: str, *, name: str, kana: str) -> str:
    """Give a person a place with the provider; return a link, where they have no account yet.

    Raises:
        SystemExit: they have a place already, or without an account the names are missing.
    """
    known = find_by_email(email)
    user_id = known.pk if known else _registered(console, email, name=name, kana=kana)
    try:
        begin_operator(console, user_id)
    except Conflict as error:
        raise SystemExit(f"“{email}” works for the provider already.") from error
    return "" if known else _link(email)


def dismiss(console: Console, email: str) -> None:
    """End a person's place with the provider.

    Raises:
        SystemExit: they have none, or nobody would be left.
    """
    user = find_by_email(email)
    try:
        end_operator(console, user.pk if user else OPERATOR)
    except Conflict as error:
        raise SystemExit(f"“{email}” does not work for the provider.") from error
    except DomainError as error:
        raise SystemExit("Nobody would be left to operate: appoint another one first.") from error


def listed(console: Console) -> list[dict[str, str | bool]]:
    """Return who works for the provider, as people and machines read it."""
    return [
        {
            "name": one.name,
            "since": one.began_at.isoformat(timespec="minutes"),
            "has_passkey": one.has_passkey,
        }
        for one in operators(console)
    ]


def _registered(console: Console, email: str, *, name: str, kana: str) -> UUID:
    if not name or not kana:
        raise SystemExit(f"“{email}” has no account: give --name and --kana, too.")
    try:
        validate_email(email)
    except ValidationError as error:
        raise SystemExit(f"“{email}” is no mail address.") from error
    new = NewPerson(email=email, name=name, kana=kana, password="", is_professional=True)
    return register_person(console.actor, new).pk


def _link(email: str) -> str:
    link = make_reset_link(email_index(email), request_id=uuid7())
    if link is None:
        raise SystemExit("No link can be made for this address now: try again in an hour.")
    return f"{settings.SITE_URL}{reverse('accounts:reset')}?token={link.token}"
