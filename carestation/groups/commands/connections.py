"""Two professionals are connected: one offers it, the other agrees, either ends it.

What it permits: to talk, and to be chosen for an invitation without an address. Nothing else; with
the connection that ends too, and what was said in their talk stays theirs.
Whether someone has an account at an address, an offer does not tell: it is written alike, a letter
goes by the worker, and no answer but yes is ever seen.

Controls: ISO/IEC 27017 5.16, 5.18; white paper 「利用者アクセスの管理」.
"""

from typing import TypedDict
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.accounts.choices import Purpose
from carestation.accounts.commands.brakes import brake
from carestation.accounts.models import User
from carestation.accounts.queries.people import email_index
from carestation.facilities.choices import Right
from carestation.facilities.queries.rights import rights_anywhere
from carestation.factlog.commands import announce
from carestation.groups.choices import OfferEnd
from carestation.groups.facts import (
    ConnectionBegan,
    ConnectionEnded,
    ConnectionOffered,
    ConnectionOfferEnded,
)
from carestation.groups.models.connections import (
    Connection,
    ConnectionOffer,
    ConnectionOfferQuerySet,
)
from carestation.groups.queries.connections import (
    find_connection,
    offered_email_place,
    offers_for,
)
from carestation.groups.queries.contacts import find_contact
from carestation.groups.rules import OFFER_LASTS
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible, require
from carestation.kernel.ids import uuid7
from carestation.vault.scopes import open_scope


class _Marks(TypedDict):
    actor_id: UUID
    request_id: UUID


def offer_by_address(actor: Actor, email: str) -> None:
    """Offer a connection to whoever has an address; alike for every address, one's own too.

    Offered again while it waits, it is one offer.

    Raises:
        Refused: the actor works nowhere where they may talk with others.
        TooMany: the actor offered too much of late.
    """
    _require_professional(actor)
    brake(Purpose.CONNECTION, actor.user_id.hex)
    address, index = email.strip(), email_index(email)
    with transaction.atomic():
        _lock(actor.user_id)
        own = ConnectionOffer.objects.by(actor.user_id).filter(email_index=index)
        if own.hoped(timezone.now()).exists():
            return
        _end_expired(actor, own)
        offer_id = uuid7()
        sealed = open_scope(actor.user_id, actor).seal(address, offered_email_place(offer_id))
        _write(actor, ConnectionOffer(id=offer_id, email_index=index, email_sealed=sealed))


def offer_to_person(actor: Actor, person_id: UUID) -> None:
    """Offer a connection to a colleague, or to a professional of a group of one's own.

    Offered again while it waits, it is one offer; to whom one is connected with, it is none.

    Raises:
        Refused: the actor works nowhere where they may talk with others.
        NotVisible: the actor does not know such a person.
        TooMany: the actor offered too much of late.
    """
    _require_professional(actor)
    find_contact(actor, person_id)
    brake(Purpose.CONNECTION, actor.user_id.hex)
    with transaction.atomic():
        lower, higher = _lock(actor.user_id, person_id)
        own = ConnectionOffer.objects.by(actor.user_id).filter(person_id=person_id)
        is_connected = Connection.objects.standing().of(lower, higher).exists()
        if is_connected or own.hoped(timezone.now()).exists():
            return
        _end_expired(actor, own)
        _write(actor, ConnectionOffer(person_id=person_id))


@transaction.atomic
def answer_offer(actor: Actor, offer_id: UUID, *, accepts: bool) -> None:
    """Agree to be connected, or not; who offered hears of yes alone.

    Raises:
        NotVisible: nothing of that kind is offered to the actor.
        Refused: the actor works nowhere where they may talk with others.
    """
    found = offers_for(actor).filter(pk=offer_id).first()
    if found is None:
        raise NotVisible
    _require_professional(actor)
    lower, higher = _lock(actor.user_id, found.asker_id)
    # Who offered may take it back in this moment: what is locked is read as it then stands.
    open_ones = offers_for(actor).select_for_update()
    offer = open_ones.filter(pk=offer_id).first()
    if offer is None:
        raise NotVisible
    if not accepts:
        _end(actor, offer, OfferEnd.DECLINED)
        return
    for one in open_ones.filter(asker_id=offer.asker_id):
        _end(actor, one, OfferEnd.ACCEPTED)
    if Connection.objects.standing().of(lower, higher).exists():
        return
    connection = Connection.objects.create(
        lower_id=lower, higher_id=higher, began_at=timezone.now()
    )
    announce(
        ConnectionBegan(**_marks(actor), connection_id=connection.pk, person_id=offer.asker_id)
    )


@transaction.atomic
def withdraw_offer(actor: Actor, offer_id: UUID) -> None:
    """Take back what one has offered; one that was declined looks withdrawn all the same.

    Raises:
        NotVisible: the actor offered nothing of that kind, or it was agreed to or is over.
    """
    own = ConnectionOffer.objects.by(actor.user_id).hoped(timezone.now())
    offer = own.select_for_update().filter(pk=offer_id).first()
    if offer is None:
        raise NotVisible
    _end(actor, offer, OfferEnd.WITHDRAWN)


@transaction.atomic
def end_connection(actor: Actor, connection_id: UUID) -> None:
    """End a connection of one's own.

    Raises:
        NotVisible: there is none with this id, or the other was first.
    """
    connection = find_connection(actor, connection_id)
    own = Connection.objects.standing().filter(pk=connection.pk)
    if not own.update(ended_at=timezone.now()):
        raise NotVisible
    other_id = connection.other_of(actor.user_id)
    announce(ConnectionEnded(**_marks(actor), connection_id=connection.pk, person_id=other_id))


def _require_professional(actor: Actor) -> None:
    require(allowed=Right.OPEN_GROUPS in rights_anywhere(actor))


def _lock(*user_ids: UUID) -> tuple[UUID, UUID]:
    """Lock people in the order of their ids, so that two at once come one after the other."""
    people = User.objects.filter(pk__in=user_ids).order_by("pk").select_for_update(no_key=True)
    list(people.values_list("pk"))
    return min(user_ids), max(user_ids)


def _write(actor: Actor, offer: ConnectionOffer) -> None:
    offer.asker_id, offer.offered_at = actor.user_id, timezone.now()
    offer.expires_at = offer.offered_at + OFFER_LASTS
    offer.save(force_insert=True)
    announce(ConnectionOffered(**_marks(actor), offer_id=offer.pk))


def _end_expired(actor: Actor, own: ConnectionOfferQuerySet) -> None:
    for one in own.waiting():
        _end(actor, one, OfferEnd.EXPIRED)


def _end(actor: Actor, offer: ConnectionOffer, outcome: OfferEnd) -> None:
    offer.ended_at, offer.outcome = timezone.now(), outcome
    offer.save(update_fields=["ended_at", "outcome"])
    announce(ConnectionOfferEnded(**_marks(actor), offer_id=offer.pk, outcome=outcome))


def _marks(actor: Actor) -> _Marks:
    return _Marks(actor_id=actor.user_id, request_id=actor.request_id)
