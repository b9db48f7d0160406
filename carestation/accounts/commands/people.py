"""Changes of people.

Controls: ISO/IEC 27017 5.16, 5.17; white paper 「認証情報の管理」.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.accounts.choices import EndReason
from carestation.accounts.commands.sessions import end_sessions_of
from carestation.accounts.facts import (
    PersonEnded,
    PersonRegistered,
    ProfileChanged,
)
from carestation.accounts.models import User
from carestation.accounts.queries.people import (
    email_index,
    email_place,
    index_of_ended,
    kana_place,
    name_place,
    read_person,
)
from carestation.accounts.rules import kept_password
from carestation.factlog.commands import announce
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, NotVisible
from carestation.kernel.ids import uuid7
from carestation.vault.models import ScopeKind
from carestation.vault.scopes import create_scope, open_scope


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Who is to have an account. An empty password means: none is set yet."""

    email: str
    name: str
    kana: str
    password: str
    is_professional: bool


@transaction.atomic
def register_person(actor: Actor, new: NewPerson, *, user_id: UUID | None = None) -> User:
    """Give a person an account; names and address are sealed under their own scope.

    `user_id`: the id they get, where they register by themselves and so are the actor.

    Raises:
        IntegrityError: the address has an account already.
    """
    user_id = user_id or uuid7()
    bundle = create_scope(user_id, ScopeKind.PERSON)
    user = User(
        id=user_id,
        email_index=email_index(new.email),
        email_sealed=bundle.seal(new.email.strip(), email_place(user_id)),
        name_sealed=bundle.seal(new.name, name_place(user_id)),
        kana_sealed=bundle.seal(new.kana, kana_place(user_id)),
        is_professional=new.is_professional,
        created_at=timezone.now(),
    )
    if new.password:
        user.set_password(kept_password(new.password))
    else:
        user.set_unusable_password()
    user.save(force_insert=True)
    announce(
        PersonRegistered(actor_id=actor.user_id, request_id=actor.request_id, person_id=user_id)
    )
    return user


@transaction.atomic
def change_profile(actor: Actor, *, name: str, kana: str) -> bool:
    """Let the actor go by another name; return whether anything is new.

    Raises:
        NotVisible: the account has ended.
    """
    user = User.objects.select_for_update().filter(pk=actor.user_id, ended_at=None).first()
    if user is None:
        raise NotVisible
    before = read_person(user, actor)
    if (before.name, before.kana) == (name, kana):
        return False
    bundle = open_scope(user.pk, actor)
    user.name_sealed = bundle.seal(name, name_place(user.pk))
    user.kana_sealed = bundle.seal(kana, kana_place(user.pk))
    user.save(update_fields=["name_sealed", "kana_sealed"])
    announce(ProfileChanged(actor_id=user.pk, request_id=actor.request_id, person_id=user.pk))
    return True


@transaction.atomic
def end_person(actor: Actor, user_id: UUID) -> None:
    """End a person's account: nobody signs in to it any more, and its sessions end.

    Its address finds nobody from then on, so whoever has it can register anew.

    Raises:
        Conflict: it has ended already.
    """
    standing = User.objects.filter(pk=user_id, ended_at=None)
    if not standing.update(ended_at=timezone.now(), email_index=index_of_ended(user_id)):
        raise Conflict
    end_sessions_of(actor, user_id, EndReason.PERSON_ENDED)
    announce(PersonEnded(actor_id=actor.user_id, request_id=actor.request_id, person_id=user_id))
