"""The pages of a facility's desk."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from carestation.accounts.choices import Proof
from carestation.facilities.choices import FacilityKind, Profession, StaffRole
from carestation.facilities.commands.places import open_facility
from carestation.facilities.commands.staff import begin_staff
from carestation.facilities.queries.desks import take_desk
from carestation.facilities.rules import DESK_RIGHTS
from carestation.kernel.errors import NotVisible
from tests.accounts.people import clock_later
from tests.accounts.signing_in import sign_in_client
from tests.facilities.people import a_manager, place_of
from tests.world import World


@pytest.fixture
def abe(world: World) -> Client:
    a_manager(world)
    client = Client()
    sign_in_client(client, world.people["abe"], proof=Proof.TOTP)
    return client


def test_home_leads_managers_to_their_desk_and_nobody_else(world: World, abe: Client) -> None:
    kato = Client()
    sign_in_client(kato, world.people["kato"], proof=Proof.TOTP)

    assert reverse("facilities:desks") in abe.get("/").content.decode()
    assert reverse("facilities:desks") not in kato.get("/").content.decode()


def test_who_manages_two_facilities_chooses(world: World, abe: Client) -> None:
    second = open_facility(
        world.actor("abe"), name="雨つぶ循環器クリニック", kind=FacilityKind.CLINIC
    )
    own = world.people["abe"].pk
    begin_staff(
        world.actor("abe"),
        second.pk,
        own,
        profession=Profession.CLERK,
        role=StaffRole.MANAGER,
    )

    page = abe.get(reverse("facilities:desks")).content.decode()

    assert "雨つぶ循環器クリニック" in page
    assert "月見坂在宅クリニック" in page


@pytest.mark.control("5.18")
def test_the_list_is_sifted_by_words_profession_and_state(world: World, abe: Client) -> None:
    path = reverse("facilities:staff", args=[world.facility.pk])

    pages = [
        abe.get(path, asked).content.decode()
        for asked in ({}, {"words": "サトウ"}, {"profession": "physician"}, {"state": "paused"})
    ]

    assert ["佐藤 一郎" in page for page in pages] == [True, True, True, False]
    assert ["加藤 恵子" in page for page in pages] == [True, False, False, False]
    assert "あてはまる人はいません。" in pages[3]


@pytest.mark.control("5.18")
def test_a_manager_makes_another_one(world: World, abe: Client) -> None:
    path = reverse("facilities:change", args=[world.facility.pk, world.staff["sato"].pk])

    answer = abe.post(path, {"profession": "physician", "role": "manager"})

    assert answer.status_code == 302
    assert take_desk(world.actor("sato"), world.facility.pk, *DESK_RIGHTS).role is StaffRole.MANAGER


@pytest.mark.control("8.2")
def test_who_lowers_themselves_is_led_home(world: World, abe: Client) -> None:
    change = [world.facility.pk, world.staff["sato"].pk]
    abe.post(reverse("facilities:change", args=change), {"profession": "nurse", "role": "manager"})
    own = reverse("facilities:change", args=[world.facility.pk, world.staff["abe"].pk])

    answer = abe.post(own, {"profession": "clerk", "role": "member"})

    assert (answer.status_code, answer["Location"]) == (302, "/")
    with pytest.raises(NotVisible):
        take_desk(world.actor("abe"), world.facility.pk, *DESK_RIGHTS)


@pytest.mark.control("5.18")
def test_the_last_manager_reads_why_they_stay_manager(world: World, abe: Client) -> None:
    path = reverse("facilities:change", args=[world.facility.pk, world.staff["abe"].pk])

    answer = abe.post(path, {"profession": "nurse", "role": "member"})

    assert answer.status_code == 422
    assert "管理者がいなくなります。" in answer.content.decode()
    assert place_of(world, "abe").profession == "clerk"


@pytest.mark.control("5.18")
def test_a_signature_is_shown_with_its_name(world: World, abe: Client) -> None:
    path = reverse("facilities:review", args=[world.facility.pk])
    shown = abe.get(path).content.decode()
    assert "まだ確認した記録がありません。" in shown
    mark = re.search(r'name="mark" value="(\w+)"', shown)
    assert mark is not None

    stale = abe.post(path, {"mark": "0" * 64, "is_right": "on"})
    abe.post(path, {"mark": mark[1], "is_right": "on"})

    assert stale.status_code == 422
    assert "見ているあいだに名簿が変わりました。" in stale.content.decode()
    assert "前回：阿部 誠 さんが 5人 の名簿を確認しました。" in abe.get(path).content.decode()


@pytest.mark.control("8.5")
@pytest.mark.parametrize("name", ["facilities:invitations", "facilities:list", "facilities:rules"])
def test_who_gives_rights_has_just_shown_who_they_are(world: World, abe: Client, name: str) -> None:
    path = reverse(name, args=[world.facility.pk])
    fresh = abe.get(path).status_code

    with clock_later(11 * 60):
        late = abe.get(path)

    assert (fresh, late.status_code) == (200, 302)
    assert late["Location"].startswith(reverse("accounts:reopening"))
