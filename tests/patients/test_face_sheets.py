import re
from dataclasses import replace
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.kernel.errors import Conflict, NotVisible, Refused
from carestation.patients.commands.face_sheets import change_face_sheet, register_patient
from carestation.patients.forms.face_sheets import FaceSheetForm, filled_form
from carestation.patients.models import Patient
from carestation.patients.queries.alike import is_alike
from carestation.patients.queries.face_sheets import namesakes, patients_of, take_face_sheet
from carestation.patients.queries.rooms import room_of
from tests.accounts.signing_in import sign_in_client
from tests.world import FACE_SHEET, World

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT
LAST_CHANGE = re.compile(r"最終更新：<cs-moment><time[^>]*>[^<]+</time></cs-moment>　?(.*)</p>")


@pytest.mark.control("8.24")
def test_a_face_sheet_comes_back_and_stands_nowhere_in_the_clear(world: World) -> None:
    card = take_face_sheet(world.seat("sato", PRO))
    row = Patient.objects.get(group=world.group)

    assert card.face_sheet == FACE_SHEET
    for word in (FACE_SHEET.name, FACE_SHEET.kana, FACE_SHEET.allergies, "1940"):
        assert word.encode() not in bytes(row.face_sheet_sealed)


@pytest.mark.control("8.3")
def test_the_family_reads_no_face_sheet_but_knows_whose_page_it_is(world: World) -> None:
    seat = world.seat("mori", PAT)

    with pytest.raises(NotVisible):
        take_face_sheet(seat)
    with pytest.raises(Refused):
        change_face_sheet(seat, FACE_SHEET, version=1)

    assert room_of(seat).title == FACE_SHEET.name


def test_who_saves_second_is_told_and_overwrites_nothing(world: World) -> None:
    first = replace(FACE_SHEET, allergies="なし")
    change_face_sheet(world.seat("kato", PRO), first, version=1)

    with pytest.raises(Conflict):
        change_face_sheet(world.seat("sato", PRO), FACE_SHEET, version=1)

    assert take_face_sheet(world.seat("sato", PRO)).face_sheet == first


def test_the_page_says_who_wrote_it_last(world: World) -> None:
    client = Client()
    sign_in_client(client, world.people["sato"])
    page = reverse("patients:face_sheet", args=[world.group.pk, PRO])
    registered = client.get(page).text
    Patient.objects.update(changer=None)
    from_before = client.get(page).text
    change_face_sheet(world.seat("sato", PRO), FACE_SHEET, version=1)

    changed = client.get(page).text

    assert [LAST_CHANGE.search(one)[1] for one in (registered, from_before, changed)] == [  # type: ignore[index]  # each page has the line
        "<bdi>加藤 恵子</bdi>",
        "",
        "<bdi>佐藤 一郎</bdi>",
    ]


def test_what_was_typed_second_is_still_in_the_form(world: World) -> None:
    change_face_sheet(world.seat("kato", PRO), FACE_SHEET, version=1)
    client = Client()
    sign_in_client(client, world.people["sato"])
    typed = filled_form(replace(FACE_SHEET, conditions="書いた途中の文"), 1)

    answer = client.post(reverse("patients:edit_face_sheet", args=[world.group.pk, PRO]), typed)

    assert answer.status_code == 409
    assert "書いた途中の文" in answer.content.decode()
    assert 'name="version" value="2"' in answer.content.decode()


@pytest.mark.parametrize("name", ["name", "kana"])
def test_a_patient_never_loses_their_name_to_signs_that_show_nothing(
    world: World, name: str
) -> None:
    client = Client()
    sign_in_client(client, world.people["sato"])
    typed = filled_form(replace(FACE_SHEET, conditions="書いた途中の文"), 1) | {
        name: "\u202e\u200b"
    }

    answer = client.post(reverse("patients:edit_face_sheet", args=[world.group.pk, PRO]), typed)

    assert answer.status_code == 422
    assert "書いた途中の文" in answer.content.decode()
    assert take_face_sheet(world.seat("sato", PRO)).face_sheet == FACE_SHEET


def test_namesakes_are_told_apart(world: World) -> None:
    actor = world.actor("kato")
    alone = patients_of(actor)[world.group.pk]
    other = replace(FACE_SHEET, name="佐伯　千代子", birth_date=date(1951, 1, 2))

    register_patient(actor, world.staff["kato"], other)

    assert not alone.has_namesake
    assert all(card.has_namesake for card in patients_of(actor).values())
    assert namesakes([frozenset({"佐伯"}), frozenset({"森"}), frozenset({"佐伯"})]) == {"佐伯"}


@pytest.mark.parametrize(
    ("name", "kana", "is_one"),
    [
        ("佐柄 春", "さえき はる", True),
        ("さえき 春", "サエキ　ハル", True),
        ("佐\u200b伯 春", "さえき はる", True),
        ("森 春", "もり はる", False),
    ],
)
def test_who_is_called_alike_is_a_namesake_however_it_is_written(
    world: World, name: str, kana: str, *, is_one: bool
) -> None:
    actor = world.actor("kato")
    typed = filled_form(replace(FACE_SHEET, name=name, kana=kana), 1)
    form = FaceSheetForm(typed)
    assert form.is_valid(), form.errors

    register_patient(actor, world.staff["kato"], form.face_sheet())

    assert patients_of(actor)[world.group.pk].has_namesake is is_one
    assert is_alike(form.face_sheet(), FACE_SHEET) is is_one


def test_who_looks_at_a_face_sheet_leaves_a_fact(world: World) -> None:
    client = Client()
    sign_in_client(client, world.people["sato"])

    client.get(reverse("patients:face_sheet", args=[world.group.pk, PRO]))

    fact = LoggedFact.objects.filter(kind="patients.FaceSheetViewed").get()
    assert (fact.actor_id, fact.group_id) == (world.people["sato"].pk, world.group.pk)
