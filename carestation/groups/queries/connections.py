"""Reading of connections: with whom one is connected, who offers it, and to whom it was offered.

Who offers by an address learns nothing of it: an offer waits until its term is over, whether nobody
has the address, or who has it said no.

Controls: ISO/IEC 27017 5.18, 8.24; white paper 「利用者アクセスの管理」, 「暗号化」.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from carestation.accounts.models import User
from carestation.accounts.queries.people import read_person
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.staff import short_profession
from carestation.groups.models.connections import (
    Connection,
    ConnectionOffer,
    ConnectionOfferQuerySet,
)
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.vault.scopes import open_scope
from carestation.vault.sealing import Place

LONGEST_LIST: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """Someone to whom one is connected, or who offers it, with the place where they work now."""

    id: UUID
    user_id: UUID
    name: str
    calling: str
    facility: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What one has offered oneself, to a person or to an address, and until when it waits."""

    id: UUID
    to: str
    expires_at: datetime


def connections_of(actor: Actor) -> list[Connected]:
    """Return with whom the actor is connected, by their names."""
    own = Connection.objects.standing().of_person(actor.user_id).order_by("id")[:LONGEST_LIST]
    found = [(one.pk, one.other_of(actor.user_id), one.began_at) for one in own]
    return sorted(_people(actor, found), key=lambda one: one.name)


def connected_with(actor: Actor) -> frozenset[UUID]:
    """Return with whom the actor is connected, where nobody's name is asked."""
    own = Connection.objects.standing().of_person(actor.user_id).order_by("id")[:LONGEST_LIST]
    return frozenset(one.other_of(actor.user_id) for one in own)


def offers_to(actor: Actor) -> list[Connected]:
    """Return who offers to be connected with the actor; whoever works nowhere now does not."""
    rows = offers_for(actor).order_by("id")[:LONGEST_LIST]
    latest = {one.asker_id: (one.pk, one.asker_id, one.offered_at) for one in rows}
    return [one for one in _people(actor, list(latest.values())) if one.facility]


def offers_by(actor: Actor) -> list[Offered]:
    """Return what the actor has offered and may still hope for.

    One that was declined is among them until its term is over: it is nobody's to know.
    """
    own = ConnectionOffer.objects.by(actor.user_id).hoped(timezone.now())
    rows = own.select_related("person").order_by("-id")[:LONGEST_LIST]
    return [Offered(id=one.pk, to=_asked(one, actor), expires_at=one.expires_at) for one in rows]


def offers_for(actor: Actor) -> ConnectionOfferQuerySet:
    """Return the open offers that are the actor's to answer: by person, or by their address.

    From whom they are connected with already, there is nothing to answer.
    """
    own = User.objects.filter(pk=actor.user_id, ended_at=None).values("email_index")
    to_actor = Q(person_id=actor.user_id) | Q(email_index__in=own)
    offers = ConnectionOffer.objects.open(timezone.now()).filter(to_actor)
    connected = Connection.objects.standing()
    lower = connected.filter(higher_id=actor.user_id).values("lower_id")
    higher = connected.filter(lower_id=actor.user_id).values("higher_id")
    others = offers.exclude(asker_id=actor.user_id)
    return others.exclude(asker_id__in=lower).exclude(asker_id__in=higher)


def find_connection(actor: Actor, connection_id: UUID) -> Connection:
    """Return a standing connection of the actor's.

    Raises:
        NotVisible: there is none with this id.
    """
    own = Connection.objects.standing().of_person(actor.user_id)
    connection = own.filter(pk=connection_id).first()
    if connection is None:
        raise NotVisible
    return connection


def offered_email_place(offer_id: UUID) -> Place:
    """Return where the address of an offer is sealed."""
    return Place("groups_connectionoffer", "email", offer_id)


def who_is_asked(offer_id: UUID) -> UUID | None:
    """Return who is to have a letter about an offer: who has the address, if it is anyone's.

    Nobody, where it is over, or the same one was offered within its term before. For the worker,
    which writes letters: no page asks.
    """
    offer = ConnectionOffer.objects.open(timezone.now()).filter(pk=offer_id).first()
    if offer is None:
        return None
    same = Q(person_id=offer.person_id, email_index=offer.email_index)
    before = ConnectionOffer.objects.by(offer.asker_id).filter(same, id__lt=offer.pk)
    if before.filter(expires_at__gt=offer.offered_at).exists():
        return None
    if offer.person_id is not None:
        return offer.person_id
    people = User.objects.filter(email_index=offer.email_index, ended_at=None)
    return people.exclude(pk=offer.asker_id).values_list("pk", flat=True).first()


def _asked(row: ConnectionOffer, actor: Actor) -> str:
    if row.person is not None:
        return read_person(row.person, actor).name
    bundle = open_scope(row.asker_id, actor)
    return bundle.unseal(row.email_sealed or b"", offered_email_place(row.pk))


def _people(actor: Actor, found: Collection[tuple[UUID, UUID, datetime]]) -> list[Connected]:
    users = User.objects.filter(ended_at=None).in_bulk([user_id for _, user_id, _ in found])
    standing = Staff.objects.standing().exclude(facility__approved_at=None)
    places = standing.filter(user_id__in=users).select_related("facility").order_by("-began_at")
    oldest = {one.user_id: one for one in places}
    return [
        _connected(actor, (row_id, users[user_id], at), oldest.get(user_id))
        for row_id, user_id, at in found
        if user_id in users
    ]


def _connected(actor: Actor, found: tuple[UUID, User, datetime], place: Staff | None) -> Connected:
    row_id, user, at = found
    return Connected(
        id=row_id,
        user_id=user.pk,
        name=read_person(user, actor).name,
        calling=short_profession(place.profession) if place else "",
        facility=place.facility.name if place else "",
        since=at,
    )
