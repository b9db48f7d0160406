"""Taking a console, and who operates.

Controls: ISO/IEC 27017 8.2; white paper 「認証情報の管理」, 「ユーティリティプログラム」.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Max
from django.utils import timezone

from carestation.accounts.choices import Proof
from carestation.accounts.models import Operator, Session
from carestation.accounts.queries.factors import has_passkey
from carestation.accounts.queries.people import find_by_email, is_operator, read_person
from carestation.accounts.rules import Console
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible, Refused
from carestation.kernel.ids import uuid7
from carestation.vault.models import OPERATOR

LONGEST_LIST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Someone who works for the provider, ready to show."""

    name: str
    kana: str
    began_at: datetime
    has_passkey: bool
    last_used_at: datetime | None
    is_reader: bool


def take_console(actor: Actor) -> Console:
    """Return the actor's console.

    Raises:
        NotVisible: they do not work for the provider, or have signed out: there is no console.
        Refused: what they last showed who they are by was no passkey (reason `passkey`).
    """
    own = Session.objects.alive(timezone.now()).of_person(actor.user_id).one(actor.session_id)
    proof = own.values_list("proof", flat=True).first()
    if proof is None or not is_operator(actor.user_id):
        raise NotVisible
    if proof != Proof.PASSKEY:
        raise Refused("passkey")
    return Console(actor=actor)


def take_console_at_machine(email: str) -> Console:
    """Return the console of an operator who types at the machine itself, and says who they are.

    Raises:
        NotVisible: nobody of this address works for the provider.
    """
    user = find_by_email(email)
    if user is None or not is_operator(user.pk):
        raise NotVisible
    return Console(actor=Actor(user_id=user.pk, request_id=uuid7()))


def take_first_console() -> Console:
    """Return the console of whoever holds the machine, while nobody works for the provider yet.

    Raises:
        NotVisible: somebody does: they are asked.
    """
    if Operator.objects.active().exists():
        raise NotVisible
    return Console(actor=Actor(user_id=OPERATOR, request_id=uuid7()))


def operators(console: Console) -> list[Colleague]:
    """Return who works for the provider now, longest first."""
    active = Operator.objects.active().select_related("user").order_by("began_at")
    return [_colleague(console, one) for one in active[:LONGEST_LIST]]


def _colleague(console: Console, one: Operator) -> Colleague:
    person = read_person(one.user, console.actor)
    sessions = Session.objects.of_person(one.user_id)
    return Colleague(
        name=person.name,
        kana=person.kana,
        began_at=one.began_at,
        has_passkey=has_passkey(one.user_id),
        last_used_at=sessions.aggregate(last=Max("last_used_at"))["last"],
        is_reader=one.user_id == console.actor.user_id,
    )
