"""Reading of people. Unsealing is done here alone.

Controls: ISO/IEC 27017 5.16, 8.24; white paper 「認証情報の管理」, 「暗号化」.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from carestation.accounts.models import Operator, User
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.vault.scopes import open_scope, operator_bundle
from carestation.vault.sealing import Place

# Of whom the keys are destroyed: the name is nobody's to read any more.
ERASED_NAME: Final = "消去された方"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone, ready to show."""

    id: UUID
    name: str
    kana: str


def is_operator(user_id: UUID) -> bool:
    """Whether a person works for the provider now."""
    return Operator.objects.active().filter(user_id=user_id).exists()


def read_person(user: User, actor: Actor | None) -> Person:
    """Return a person's names, unsealed."""
    try:
        bundle = open_scope(user.pk, actor)
    except NotVisible:
        return Person(id=user.pk, name=ERASED_NAME, kana="")
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
    try:
        return open_scope(user_id, actor).unseal(name_sealed, name_place(user_id))
    except NotVisible:
        return ERASED_NAME


def read_email(user: User, actor: Actor | None) -> str:
    """Return a person's mail address, unsealed; nothing where it was erased."""
    try:
        return open_scope(user.pk, actor).unseal(user.email_sealed, email_place(user.pk))
    except NotVisible:
        return ""


def address_of(user_id: UUID) -> str:
    """Return where a person gets mail, or nothing if the account has ended."""
    user = User.objects.filter(pk=user_id, ended_at=None).first()
    return read_email(user, None) if user else ""


def find_by_email(email: str) -> User | None:
    """Return the person with this address, if there is one who has not ended."""
    return User.objects.filter(email_index=email_index(email), ended_at=None).first()


def email_index(email: str) -> bytes:
    """Return what finds an address: a keyed hash of its folded form, 32 bytes."""
    return operator_bundle().derive(folded_email(email), "accounts_user.email")


def index_of_ended(user_id: UUID) -> bytes:
    """Return what stands in the place of an address's index when its account has ended."""
    return operator_bundle().derive(str(user_id), "accounts_user.ended")


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
