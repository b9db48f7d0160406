"""The pages of who is invited (by mail, by code, on the first page) and of who invites."""

import re
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from carestation.accounts.choices import Proof, Standing
from carestation.accounts.queries.sessions import find_entry
from carestation.facilities.choices import Profession, StaffRole
from carestation.facilities.commands.staff import begin_staff
from carestation.factlog.models import LoggedFact
from carestation.groups.commands.approvals import decide_invitation
from carestation.groups.commands.memberships import end_membership
from carestation.groups.models.invitations import Invitation
from carestation.groups.models.memberships import Membership
from carestation.groups.queries.seats import take_seat
from carestation.patients.choices import ConsentScope
from carestation.patients.commands.consents import record_consent
from carestation.patients.commands.face_sheets import register_patient
from carestation.patients.commands.invitations import invite_member
from tests.accounts.signing_in import sign_in_client
from tests.facilities.people import a_manager
from tests.groups.people import (
    DAUGHTER,
    DRAFT,
    PAT,
    PRO,
    a_neighbour,
    agreed,
    family,
    invite,
    professional,
    the_patient,
    token_of,
)
from tests.patients.test_consents import a_consent
from tests.world import FACE_SHEET, World

JOIN = "groups:join"
TYPED = {"name": DRAFT.name, "kana": "サエキ ミキ", "password": DRAFT.password}


def a_client(world: World, name: str, proof: Proof = Proof.TOTP) -> Client:
    client = Client()
    sign_in_client(client, world.people[name], proof=proof)
    return client


def at(world: World, name: str, side: str = PRO, **more: object) -> str:
    return reverse(name, kwargs={"group_id": world.group.pk, "side": side, **more})


@pytest.mark.control("5.16")
def test_the_family_is_led_from_the_mail_to_its_timeline(world: World) -> None:
    agreed(world)
    token = token_of(invite(world, "kato", family()).invitation)
    client = Client()

    page = client.get(reverse(JOIN), {"token": token}).text
    weak = client.post(reverse(JOIN), TYPED | {"token": token, "password": "short"})
    answer = client.post(reverse(JOIN), TYPED | {"token": token})
    home = client.get(answer["Location"])

    assert "月見坂在宅クリニック の 加藤 恵子 さんからの招待です。" in page
    assert "佐伯 千代" not in page
    assert (weak.status_code, "短すぎます。" in weak.text, 'value="佐伯 美紀"' in weak.text) == (
        422,
        True,
        True,
    )
    assert (answer.status_code, home["Location"]) == (302, at(world, "timeline:timeline", PAT))
    entry = find_entry(client.cookies["session"].value)
    assert entry is not None
    assert entry.standing is Standing.FULL
    assert client.get(reverse(JOIN), {"token": token}).status_code == 404


@pytest.mark.control("5.16")
def test_a_professional_without_an_account_is_told_the_way(world: World) -> None:
    agreed(world)
    token = token_of(invite(world, "kato", professional("new@example.org")).invitation)

    page = Client().get(reverse(JOIN), {"token": token}).text
    refused = Client().post(reverse(JOIN), TYPED | {"token": token})

    assert "施設のスタッフとして参加します" in page
    assert reverse("facilities:apply") in page
    assert 'name="password"' not in page
    assert refused.status_code == 404
    assert Client().get(reverse(JOIN), {"token": token}).status_code == 200


@pytest.mark.control("5.16")
def test_an_invitation_stands_on_the_first_page_and_takes_one_press(world: World) -> None:
    agreed(world)
    a_neighbour(world)
    invitation = invite(world, "kato", professional("abe@tsukimizaka.example")).invitation
    abe = a_client(world, "abe")

    home = abe.get(reverse("timeline:home")).text
    answer = abe.post(reverse("groups:accept"), {"invitation_id": invitation.pk})

    assert "グループに招待されています" in home
    assert "佐伯 千代" not in home
    assert answer.status_code == 302
    assert "佐伯 千代" in abe.get(reverse("timeline:home")).text
    assert abe.post(reverse("groups:accept"), {"invitation_id": invitation.pk}).status_code == 404


def test_who_works_at_two_places_chooses_one(world: World) -> None:
    agreed(world)
    a_neighbour(world)
    second = begin_staff(
        world.actor("kato"),
        world.facility.pk,
        world.people["abe"].pk,
        profession=Profession.CLERK,
        role=StaffRole.MEMBER,
    )
    invitation = invite(world, "kato", professional("abe@tsukimizaka.example")).invitation
    abe = a_client(world, "abe")

    home = abe.get(reverse("timeline:home")).text
    abe.post(reverse("groups:accept"), {"invitation_id": invitation.pk, "staff_id": second.pk})

    assert "どの施設から参加しますか" in home
    assert Membership.objects.get(user=world.people["abe"]).staff_id == second.pk


def test_who_has_no_place_or_sits_there_already_is_told_so(world: World) -> None:
    agreed(world)
    invite(world, "kato", family("abe@tsukimizaka.example"))
    a_neighbour(world)
    code = invite(world, "kato", professional("")).code
    mori, sato = a_client(world, "mori", Proof.PASSWORD), a_client(world, "sato")

    stranger = Client().get(reverse("groups:code"), {"code": code}).text
    placeless = mori.get(reverse("groups:code"), {"code": code}).text
    refused = mori.post(reverse("groups:accept"), {"code": code})
    twice = sato.post(reverse("groups:accept"), {"code": code})

    assert "施設のスタッフとして参加します" in placeless
    assert "施設のスタッフとして参加します" in stranger
    assert "はじめての方" not in stranger
    assert refused.status_code == 422
    assert "もうこのグループに参加しています" in twice.text


@pytest.mark.control("5.16")
def test_who_says_no_finds_no_invitation_any_more(world: World) -> None:
    agreed(world)
    invitation = invite(world, "kato", professional()).invitation
    ito, sato = a_client(world, "ito"), a_client(world, "sato")
    path = reverse("groups:decline", args=[invitation.pk])

    assert sato.post(path).status_code == 404
    assert ito.post(path).status_code == 302
    assert "グループに招待されています" not in ito.get(reverse("timeline:home")).text


@pytest.mark.control("5.17")
def test_a_code_is_shown_again_to_who_made_it_and_reading_it_makes_nothing(world: World) -> None:
    agreed(world)
    kato, typed = a_client(world, "kato"), {"name": "伊藤", "role": "professional", "way": "code"}
    answer = kato.post(at(world, "patients:invite"), typed)
    page = answer["Location"]

    pages = [kato.get(page).text for _ in range(2)]

    codes = [re.findall(r'<p class="rule num">([A-Z2-7 ]+)</p>', one) for one in pages]
    assert answer.status_code == 302
    assert len(codes[0]) == 1
    assert codes[0] == codes[1]
    invitation = Invitation.objects.get()
    elsewhere = a_client(world, "kato").get(page)
    assert (elsewhere.status_code, elsewhere["Location"]) == (302, at(world, "timeline:members"))
    assert a_client(world, "sato").get(page).status_code == 403
    again = kato.post(at(world, "patients:resend", invitation_id=invitation.pk), follow=True).text
    assert codes[0][0] not in again
    assert "このQRコードを" in again


@pytest.mark.control("5.16")
def test_a_code_leads_the_family_to_a_mail_and_others_to_sign_in(world: World) -> None:
    agreed(world)
    kato = a_client(world, "kato")
    shown = kato.post(
        at(world, "patients:invite", PAT),
        {"name": "佐伯 美紀", "role": "family", "relation": "family", "way": "code"},
        follow=True,
    ).text
    [written] = re.findall(r'<p class="rule num">([A-Z2-7 ]+)</p>', shown)
    letters = written.replace(" ", "")
    stranger, path = Client(), reverse("groups:code")

    page = stranger.get(path, {"code": letters}).text
    wrong = stranger.post(path, {"code": letters, "email": "not an address"})
    asked = stranger.post(path, {"code": letters, "email": DAUGHTER})
    token = token_of(Invitation.objects.get())
    answer = stranger.post(reverse(JOIN), TYPED | {"token": token})

    assert len(letters) == 26
    assert "<svg" in shown
    assert "サインインして進む" in page
    assert (wrong.status_code, "not an address" in wrong.text) == (422, True)
    assert "メールを送りました" in asked.text
    assert answer.status_code == 302
    assert stranger.get(path, {"code": letters}).status_code == 404
    assert "招待コードを入れる" in Client().get(path).text


@pytest.mark.control("5.18")
def test_the_members_page_says_who_is_invited_why_they_wait_and_what_can_be_done(
    world: World,
) -> None:
    agreed(world)
    the_patient(world)
    own = invite(world, "sato", family()).invitation
    pages = {
        who: a_client(world, who).get(at(world, "timeline:members", side)).text
        for who, side in (("kato", PRO), ("sato", PRO), ("mori", PAT), ("oka", PAT))
    }

    for page in pages.values():
        assert "招待中（1人）" in page
        assert "管理者の承認待ち" in page
        assert "一般ユーザーのため" in page
    assert {who: "承認する" in page for who, page in pages.items()} == {
        "kato": True,
        "sato": False,
        "mori": False,
        "oka": False,
    }
    assert {who for who, page in pages.items() if "再送する" in page} == {"sato"}
    assert {who for who, page in pages.items() if DAUGHTER in page} == {"kato", "sato"}
    decide_invitation(world.seat("kato", PRO), own.pk, approves=True)
    oka = a_client(world, "oka")
    assert "患者本人の承認待ち" in oka.get(at(world, "timeline:members", PAT)).text
    oka.post(at(world, "patients:agree", PAT, invitation_id=own.pk), {"approves": "yes"})
    assert "ユーザ登録待ち" in oka.get(at(world, "timeline:members", PAT)).text


@pytest.mark.control("5.18")
def test_a_missing_consent_is_said_with_the_way_to_record_it(world: World) -> None:
    sato = a_client(world, "sato")
    path = at(world, "patients:invite")
    typed = {"name": "佐伯 美紀", "role": "family", "email": DAUGHTER}

    before = sato.get(path).text
    refused = sato.post(path, typed)
    agreed(world, ConsentScope.TEAM)
    narrow = sato.post(path, typed)
    agreed(world)
    taken = sato.post(path, typed)

    assert "先に、同意の記録が必要です" in before
    assert (refused.status_code, "患者さんの同意が記録されていません" in refused.text) == (
        422,
        True,
    )
    assert at(world, "patients:consents") in refused.text
    assert DAUGHTER in refused.text
    assert (narrow.status_code, "ご家族との共有が入っていません" in narrow.text) == (422, True)
    assert (taken.status_code, taken["Location"]) == (302, at(world, "timeline:members"))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"email": ""}, "メールアドレス"),
        ({"email": "x"}, "メールアドレスの形になっていません。"),
        ({"email": "x@[127.0.0.1]"}, "メールアドレスの形になっていません。"),
        ({"name": "\u202e\u200b"}, "お名前"),
        ({"role": "manager"}, "役割"),
        ({"email": "mori@tsukimizaka.example"}, "この方は、すでに参加しています。"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    world: World, typed: dict[str, str], words: str
) -> None:
    agreed(world)
    sato = a_client(world, "sato")
    right = {"name": "佐伯 美紀", "role": "family", "relation": "key_person", "email": DAUGHTER}

    answer = sato.post(at(world, "patients:invite"), right | typed)

    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="key_person" selected' in answer.text
    assert not Invitation.objects.exists()


@pytest.mark.control("5.18")
def test_a_facilitys_desk_approves_without_reading_the_patients_name(world: World) -> None:
    agreed(world)
    a_manager(world)
    invitation = invite(world, "sato", family()).invitation
    abe = a_client(world, "abe")
    path = reverse("groups:waiting", args=[world.facility.pk])
    decide = reverse("groups:decide_at_desk", args=[world.facility.pk, invitation.pk])

    page = abe.get(path).text
    answer = abe.post(decide, {"approves": "yes"})

    assert "佐伯 美紀 さん" in page
    assert "招待した人：佐藤 一郎" in page
    assert "千代" not in page
    assert answer.status_code == 302
    assert "承認を待っている招待はありません。" in abe.get(path).text
    assert abe.post(decide, {"approves": "yes"}).status_code == 409
    fact = LoggedFact.objects.get(kind="groups.InvitationApproved")
    assert fact.actor_id == world.people["abe"].pk


def test_the_side_says_whom_one_is_about_to_invite(world: World) -> None:
    kato = a_client(world, "kato")

    at_sides = {side: kato.get(at(world, "patients:invite", side)).text for side in (PRO, PAT)}

    assert 'value="professional" checked' in at_sides[PRO]
    assert 'value="family" checked' in at_sides[PAT]


def test_in_a_free_group_professionals_alone_are_invited(world: World) -> None:
    ito, free = a_client(world, "ito"), {"group_id": world.elsewhere.pk, "side": "all"}
    path = reverse("patients:invite", kwargs=free)

    page = ito.get(path).text
    family_refused = ito.post(path, {"name": "x", "role": "family", "email": DAUGHTER})
    taken = ito.post(
        path, {"name": "佐藤", "role": "professional", "email": "sato@tsukimizaka.example"}
    )

    assert "ご家族の場合" not in page
    assert "同意" not in page
    assert (family_refused.status_code, taken.status_code) == (422, 302)


def test_the_family_of_one_group_finds_an_invitation_to_another_first(world: World) -> None:
    mori = a_client(world, "mori", Proof.PASSWORD)
    before = mori.get("/")
    sheet = replace(FACE_SHEET, name="森 茂", kana="もり しげる")
    group = register_patient(world.actor("kato"), world.staff["kato"], sheet).group
    seat = take_seat(world.actor("kato"), group.pk, PRO)
    record_consent(seat, a_consent())
    invite_member(seat, family("mori@tsukimizaka.example"))

    home = mori.get("/").text
    mori.post(reverse("groups:accept"), {"invitation_id": Invitation.objects.get().pk})

    assert (before.status_code, before["Location"]) == (302, at(world, "timeline:timeline", PAT))
    assert "グループに招待されています" in home
    assert "森 茂" not in home
    assert "森 茂" in mori.get("/").text


def test_where_no_family_has_joined_its_side_leads_to_inviting_them(world: World) -> None:
    kato, path = a_client(world, "kato"), at(world, "timeline:timeline", PAT)
    before = kato.get(path).text
    end_membership(world.seat("kato", PRO), world.membership("mori").pk)

    after = kato.get(path).text

    assert "まだ、ご本人もご家族も参加していません" not in before
    assert "まだ、ご本人もご家族も参加していません" in after
    assert at(world, "patients:invite", PAT) in after
