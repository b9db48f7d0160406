"""On the first page: what waits for one's own decision, and nothing that waits for others."""

import pytest
from django.test import Client
from django.urls import reverse

from carestation.accounts.choices import Proof
from carestation.facilities.choices import Right
from carestation.groups.choices import Side
from carestation.groups.commands.approvals import decide_invitation
from carestation.groups.commands.connections import offer_by_address
from carestation.groups.commands.groups import archive_group
from tests.accounts.people import clock_later
from tests.accounts.signing_in import sign_in_client
from tests.facilities.people import a_holder, a_manager
from tests.groups.people import PRO, a_neighbour, agreed, family, invite, the_patient
from tests.patients.custody import a_passing_proposal, proposed, two_facilities
from tests.world import World

INVITED = "承認を待っている招待 1件"
A_WEEK = 7 * 24 * 60 * 60


def home(world: World, name: str) -> str:
    client = Client()
    proof = Proof.PASSWORD if name == "mori" else Proof.TOTP
    sign_in_client(client, world.people[name], proof=proof)
    return client.get("/").text


@pytest.mark.control("5.18")
def test_an_invitation_is_shown_to_who_decides_and_to_nobody_else(world: World) -> None:
    a_manager(world)
    agreed(world)
    invitation = invite(world, "sato", family()).invitation

    assert INVITED in home(world, "kato")
    assert reverse("groups:waiting", args=[world.facility.pk]) in home(world, "abe")
    for name in ("sato", "ito"):
        assert INVITED not in home(world, name)
    decide_invitation(world.seat("kato", PRO), invitation.pk, approves=True)
    for name in ("kato", "abe"):
        assert INVITED not in home(world, name)


@pytest.mark.control("5.18")
def test_the_patient_finds_first_what_they_have_to_agree_to(world: World) -> None:
    agreed(world)
    the_patient(world)
    client = Client()
    sign_in_client(client, world.people["oka"], proof=Proof.TOTP)
    assert client.get("/").status_code == 302

    invitation = invite(world, "sato", family()).invitation
    assert client.get("/").status_code == 302
    decide_invitation(world.seat("kato", PRO), invitation.pk, approves=True)

    page = client.get("/").text
    assert INVITED in page
    assert reverse("timeline:members", args=[world.group.pk, Side.PATIENT]) in page


def test_what_is_over_waits_for_nobody(world: World) -> None:
    agreed(world)
    invite(world, "sato", family())

    with clock_later(A_WEEK):
        assert INVITED not in home(world, "kato")
    archive_group(world.seat("kato", PRO))
    assert INVITED not in home(world, "kato")


@pytest.mark.control("5.18")
def test_a_group_to_take_over_is_shown_to_who_decides_at_that_desk(world: World) -> None:
    giver, taker = two_facilities(world)
    a_holder(world, giver, "sato", Right.SEE_STAFF)
    proposed(world, giver)

    assert "管理施設の変更の提案 1件" in home(world, "oka")
    for name in ("abe", "sato", "kato"):
        assert "管理施設の変更の提案" not in home(world, name)
    assert reverse("patients:custody", args=[taker.facility_id]) in home(world, "oka")


def test_a_proposal_to_where_one_only_works_waits_for_others(world: World) -> None:
    a_passing_proposal(world, a_manager(world), "ito")

    assert "管理施設の変更の提案" not in home(world, "ito")


def test_an_offer_to_be_connected_is_shown_to_who_is_asked(world: World) -> None:
    a_neighbour(world, "oka")
    for name in ("oka", "mori"):
        offer_by_address(world.actor("kato"), f"{name}@tsukimizaka.example")

    assert "つながりの申し込み 1件" in home(world, "oka")
    assert "つながりの申し込み" not in home(world, "kato")
    assert "つながりの申し込み" not in home(world, "mori")
