"""Two professionals are connected by yes alone; an offer tells nothing of who has an address."""

from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from carestation.factlog.models import LoggedFact
from carestation.groups import followers
from carestation.groups.choices import OfferEnd
from carestation.groups.commands.connections import (
    answer_offer,
    end_connection,
    offer_by_address,
    offer_to_person,
    withdraw_offer,
)
from carestation.groups.commands.joining import join_invited
from carestation.groups.facts import ConnectionOffered
from carestation.groups.models.connections import Connection, ConnectionOffer
from carestation.groups.models.invitations import Invitation
from carestation.groups.queries.connections import connections_of, offers_by, offers_to
from carestation.groups.queries.contacts import contacts_of
from carestation.groups.queries.invitations import invitations_to, waiting_at, waiting_in
from carestation.groups.rules import OFFER_LASTS
from carestation.kernel.errors import Conflict, NotVisible, Refused, TooMany
from carestation.kernel.ids import uuid7
from carestation.patients.commands.custody import propose_custody
from carestation.patients.commands.invitations import invite_contact
from tests.accounts.people import clock_at
from tests.accounts.signing_in import sign_in_client
from tests.accounts.test_races import at_once, told_meanwhile
from tests.facilities.people import a_manager
from tests.groups.people import PRO, a_neighbour, agreed
from tests.patients.custody import sit_down
from tests.world import World

OKA: Final = "oka@tsukimizaka.example"
NOBODY: Final = "nobody@example.org"


def newest() -> UUID:
    return ConnectionOffer.objects.latest("id").pk


def connected(world: World) -> Connection:
    """Let Kato be connected with Oka, who works across the road."""
    a_neighbour(world, "oka")
    offer_by_address(world.actor("kato"), OKA)
    answer_offer(world.actor("oka"), newest(), accepts=True)
    return Connection.objects.get()


def names(world: World, who: str) -> set[str]:
    return {one.name for one in contacts_of(world.actor(who))}


def a_client(world: World, name: str) -> Client:
    client = Client()
    sign_in_client(client, world.people[name])
    return client


@pytest.mark.control("5.18")
def test_who_agrees_can_be_talked_with_by_both_and_who_did_not_by_none(world: World) -> None:
    a_neighbour(world, "oka")
    offer_by_address(world.actor("kato"), OKA.upper())
    assert "岡 理恵" not in names(world, "kato")
    [offer] = offers_to(world.actor("oka"))
    assert (offer.name, offer.facility) == ("加藤 恵子", "月見坂在宅クリニック")

    answer_offer(world.actor("oka"), offer.id, accepts=True)

    assert "岡 理恵" in names(world, "kato")
    assert names(world, "oka") == {"加藤 恵子"}
    assert [one.name for one in connections_of(world.actor("oka"))] == ["加藤 恵子"]
    assert offers_to(world.actor("oka")) == []
    assert offers_by(world.actor("kato")) == []


@pytest.mark.control("5.17")
@pytest.mark.parametrize(
    "address", [OKA, NOBODY, "mori@tsukimizaka.example", "sato@tsukimizaka.example"]
)
def test_an_offer_looks_the_same_whether_anyone_has_the_address_and_says_no(
    world: World, address: str
) -> None:
    a_neighbour(world, "oka")
    client = a_client(world, "kato")
    page = reverse("groups:connections")

    first = client.post(page, {"email": address})
    again = client.post(page, {"email": address})
    for name in ("oka", "sato"):
        for offer in offers_to(world.actor(name)):
            answer_offer(world.actor(name), offer.id, accepts=False)
    shown = client.get(page).text
    third = client.post(page, {"email": address})

    assert [one.status_code for one in (first, again, third)] == [302] * 3
    assert shown.count(address) == client.get(page).text.count(address) > 0
    assert ConnectionOffer.objects.count() == 1
    withdraw_offer(world.actor("kato"), newest())
    assert address not in client.get(page).text
    assert connections_of(world.actor("kato")) == []


def test_an_offer_to_ones_own_address_leads_nowhere(world: World) -> None:
    offer_by_address(world.actor("kato"), "kato@tsukimizaka.example")

    assert offers_to(world.actor("kato")) == []
    with pytest.raises(NotVisible):
        answer_offer(world.actor("kato"), newest(), accepts=True)


@pytest.mark.control("5.17")
def test_a_letter_goes_to_who_has_the_address_once_in_a_term_and_to_nobody_else(
    world: World,
) -> None:
    a_neighbour(world, "oka")
    kato = world.actor("kato")

    def told() -> list[str]:
        followers.tell_who_is_asked(
            [ConnectionOffered(actor_id=kato.user_id, request_id=uuid7(), offer_id=newest())]
        )
        jobs = ProcrastinateJob.objects.filter(args__letter="connection_offered")
        return [one.args["user_id"] for one in jobs]

    for address in (NOBODY, "kato@tsukimizaka.example"):
        offer_by_address(kato, address)
        assert told() == []
    offer_by_address(kato, OKA)
    assert told() == [str(world.people["oka"].pk)]
    withdraw_offer(kato, newest())
    offer_by_address(kato, OKA)
    assert len(told()) == 1


@pytest.mark.control("5.18")
def test_only_who_is_asked_answers_and_only_professionals_are_connected(world: World) -> None:
    a_neighbour(world, "oka")
    offer_by_address(world.actor("kato"), OKA)
    for name in ("sato", "kato", "mori"):
        with pytest.raises(NotVisible):
            answer_offer(world.actor(name), newest(), accepts=True)
    with pytest.raises(Refused):
        offer_by_address(world.actor("mori"), OKA)
    with pytest.raises(Refused):
        offer_to_person(world.actor("mori"), world.people["kato"].pk)
    offer_by_address(world.actor("kato"), "mori@tsukimizaka.example")
    with pytest.raises(Refused):
        answer_offer(world.actor("mori"), newest(), accepts=True)
    with pytest.raises(NotVisible):
        offer_to_person(world.actor("kato"), world.people["oka"].pk)


def test_a_member_of_ones_group_is_offered_it_by_person(world: World) -> None:
    agreed(world)
    a_neighbour(world, "oka")
    sit_down(world, "oka")
    members = reverse("timeline:members", args=[world.group.pk, PRO])
    client = a_client(world, "kato")
    assert client.get(members).text.count(reverse("groups:offer_connection")) == 1

    answer = client.post(reverse("groups:offer_connection"), {"person": world.people["oka"].pk})
    offer_to_person(world.actor("kato"), world.people["oka"].pk)

    assert answer.status_code == 302
    assert ConnectionOffer.objects.count() == 1
    [offer] = offers_to(world.actor("oka"))
    oka = a_client(world, "oka")
    assert "加藤 恵子" in oka.get(reverse("groups:connections")).text
    oka.post(reverse("groups:answer_offer", args=[offer.id]), {"accepts": "yes"})
    assert reverse("groups:offer_connection") not in client.get(members).text
    offer_to_person(world.actor("kato"), world.people["oka"].pk)
    assert ConnectionOffer.objects.count() == 1


@pytest.mark.control("5.18")
def test_either_ends_it_and_then_it_permits_nothing(world: World) -> None:
    connection = connected(world)
    with pytest.raises(NotVisible):
        end_connection(world.actor("sato"), connection.pk)

    a_client(world, "oka").post(reverse("groups:end_connection", args=[connection.pk]))

    assert "岡 理恵" not in names(world, "kato")
    assert names(world, "oka") == set()
    with pytest.raises(NotVisible):
        end_connection(world.actor("kato"), connection.pk)
    offer_by_address(world.actor("kato"), OKA)
    answer_offer(world.actor("oka"), newest(), accepts=True)
    assert Connection.objects.standing().count() == 1


@pytest.mark.control("8.3")
def test_who_is_connected_is_chosen_for_an_invitation_and_their_address_is_told_nobody(
    world: World,
) -> None:
    agreed(world)
    connected(world)
    desk = a_manager(world)
    page = reverse("patients:invite_known", args=[world.group.pk, PRO])
    client = a_client(world, "kato")
    assert "岡 理恵" in client.get(page).text
    assert "佐藤 一郎" not in client.get(page).text

    answer = client.post(page, {"person": world.people["oka"].pk})

    assert answer.status_code == 302
    assert OKA not in client.get(reverse("timeline:members", args=[world.group.pk, PRO])).text
    assert [one.email for one in waiting_in(world.seat("kato", PRO))] == [""]
    assert [one.email for one in waiting_at(desk)] == []
    [own] = invitations_to(world.actor("oka"))
    join_invited(world.actor("oka"), own.id, None)
    assert world.seat("oka", PRO).role == "professional"


def test_what_cannot_be_is_said_where_people_are_chosen(world: World) -> None:
    connected(world)
    page = reverse("patients:invite_known", args=[world.group.pk, PRO])
    client = a_client(world, "kato")

    without = client.post(page, {"person": world.people["oka"].pk})
    assert without.status_code == 422
    assert "先に、同意の記録が必要です" in without.text
    agreed(world)
    invite_contact(world.seat("kato", PRO), world.people["oka"].pk)
    twice = client.post(page, {"person": world.people["oka"].pk})
    assert (twice.status_code, "もう招待しています" in twice.text) == (422, True)
    assert client.post(page, {"person": uuid7()}).status_code == 404
    assert client.post(page, {}).status_code == 422
    assert Invitation.objects.count() == 1


@pytest.mark.control("8.3")
def test_a_connection_opens_no_seat_and_no_page_of_a_group(world: World) -> None:
    connected(world)
    oka = a_client(world, "oka")

    for name in ("timeline:timeline", "timeline:members", "patients:face_sheet"):
        assert oka.get(reverse(name, args=[world.group.pk, PRO])).status_code == 404
    with pytest.raises(Conflict, match="nobody_there"):
        propose_custody(a_manager(world), world.group.pk, world.staff["oka"].facility_id)


@pytest.mark.control("5.17")
def test_an_offer_lasts_two_weeks_and_not_a_second_more(world: World) -> None:
    a_neighbour(world, "oka")
    offer_by_address(world.actor("kato"), OKA)
    offer = ConnectionOffer.objects.get()
    with clock_at(offer.offered_at + OFFER_LASTS):
        with pytest.raises(NotVisible):
            answer_offer(world.actor("oka"), offer.pk, accepts=True)
        assert offers_by(world.actor("kato")) == []
        offer_by_address(world.actor("kato"), OKA)
    with clock_at(offer.offered_at + 2 * OFFER_LASTS - timedelta(seconds=1)):
        answer_offer(world.actor("oka"), newest(), accepts=True)
    offer.refresh_from_db()
    assert offer.outcome == OfferEnd.EXPIRED


@pytest.mark.control("5.17")
def test_who_offers_to_everyone_is_braked(world: World) -> None:
    for number in range(20):
        offer_by_address(world.actor("kato"), f"{number}@example.org")

    with pytest.raises(TooMany):
        offer_by_address(world.actor("kato"), OKA)
    answer = a_client(world, "kato").post(reverse("groups:connections"), {"email": OKA})
    assert "続けて送られたため" in answer.text
    assert OKA in answer.text


@pytest.mark.control("8.15")
def test_each_step_of_a_connection_is_a_fact(world: World) -> None:
    connection = connected(world)
    end_connection(world.actor("kato"), connection.pk)

    kinds = LoggedFact.objects.filter(kind__startswith="groups.Connection").order_by("id")
    assert [one.kind.rpartition(".")[2] for one in kinds] == [
        "ConnectionOffered",
        "ConnectionOfferEnded",
        "ConnectionBegan",
        "ConnectionEnded",
    ]


def test_the_database_keeps_two_people_connected_once(world: World) -> None:
    row = connected(world)
    row.pk = uuid7()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    row.pk, row.ended_at = uuid7(), timezone.now()
    row.lower_id, row.higher_id = row.higher_id, row.lower_id
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.control("5.18")
def test_of_many_who_agree_and_offer_at_once_one_connection_stands(committed_world: World) -> None:
    world = committed_world
    a_neighbour(world, "oka")
    offer_by_address(world.actor("kato"), OKA)
    offer_by_address(world.actor("oka"), "kato@tsukimizaka.example")
    mine = offers_to(world.actor("oka"))[0].id
    theirs = offers_to(world.actor("kato"))[0].id

    def act(number: int) -> None:
        if number % 3 == 0:
            answer_offer(world.actor("oka"), mine, accepts=True)
        elif number % 3 == 1:
            answer_offer(world.actor("kato"), theirs, accepts=True)
        else:
            offer_by_address(world.actor("kato"), OKA)

    at_once(9, act)

    assert Connection.objects.standing().count() == 1


@pytest.mark.control("5.18")
def test_an_offer_that_is_taken_back_in_this_moment_connects_nobody(
    committed_world: World,
) -> None:
    world = committed_world
    a_neighbour(world, "oka")
    offer_by_address(world.actor("kato"), OKA)
    offer_id, oka = newest(), world.actor("oka")

    told = told_meanwhile(
        partial(answer_offer, oka, offer_id, accepts=True),
        partial(withdraw_offer, world.actor("kato"), offer_id),
    )

    assert told == "NotVisible"
    assert not Connection.objects.exists()
    assert ConnectionOffer.objects.get().outcome == OfferEnd.WITHDRAWN
    assert LoggedFact.objects.filter(kind="groups.ConnectionOfferEnded").count() == 1
