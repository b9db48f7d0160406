"""The program user of the check from outside, and its group, through the product's own commands."""

import secrets

from django.db import transaction

from carestation.accounts.commands.people import NewPerson, register_person
from carestation.accounts.rules import Console
from carestation.groups.choices import Kind, Role
from carestation.groups.commands.groups import open_group
from carestation.groups.rules import Newcomer
from carestation.kernel.errors import Conflict
from carestation.kernel.ids import uuid7
from carestation.support.commands.probes import begin_probe, end_probe
from carestation.support.queries.probes import probe_key

NAME, KANA = "見守り", "みまもり"


@transaction.atomic
def begin(console: Console) -> None:
    """Make the program user, alone in a group that no facility has, and let it check.

    Raises:
        SystemExit: one checks already.
    """
    password = secrets.token_urlsafe(32)
    # Reserved by RFC 2606: no mail ever goes there.
    new = NewPerson(
        email=f"{uuid7().hex}@probe.invalid",
        name=NAME,
        kana=KANA,
        password=password,
        is_professional=False,
    )
    person = register_person(console.actor, new)
    # Of the family, for who works for no facility can be nothing else; nobody manages the group.
    founder = Newcomer(user_id=person.pk, role=Role.FAMILY)
    open_group(console.actor, Kind.FREE, founder, name=NAME)
    try:
        begin_probe(console, person.pk, password)
    except Conflict as error:
        raise SystemExit("The check is made already.") from error


def end(console: Console) -> None:
    """End the check.

    Raises:
        SystemExit: none is made.
    """
    try:
        end_probe(console)
    except Conflict as error:
        raise SystemExit("No check is made.") from error


def is_made() -> bool:
    """Return whether a check is made."""
    return probe_key() is not None
