"""A patient's group is opened on its page; who could be the same person is shown first."""

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from carestation.facilities.choices import FacilityKind, Profession, StaffRole
from carestation.facilities.commands.places import open_facility
from carestation.facilities.commands.staff import begin_staff
from carestation.facilities.models.facilities import Facility
from carestation.facilities.models.staff import Staff
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Relation, Role, Side
from carestation.groups.commands.memberships import begin_membership
from carestation.groups.models.memberships import Membership
from carestation.groups.rules import Newcomer
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Refused
from carestation.patients.commands import likenesses
from carestation.patients.commands.face_sheets import change_face_sheet, register_patient
from carestation.patients.commands.likenesses import fill_likenesses
from carestation.patients.models import Patient
from carestation.patients.queries.alike import Alike, who_is_alike
from carestation.patients.queries.face_sheets import FaceSheet, patients_of
from carestation.patients.views import registering
from carestation.vault.models import Scope
from carestation.vault.scopes import forget_all
from tests.accounts.signing_in import sign_in_client
from tests.accounts.test_races import at_once, won
from tests.world import FACE_SHEET, World

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

TYPED: Final = {
    "name": "野口 清",
    "kana": "のぐち きよし",
    "birth_date": "1938-11-02",
    "sex": "male",
    "care_level": "care_2",
    "allergies": "そば",
}
SAME_SURNAME: Final = TYPED | {"name": "佐伯　清"}


def a_client(world: World, who: str) -> Client:
    client = Client()
    sign_in_client(client, world.people[who])
    return client


def a_place_elsewhere(world: World, who: str) -> Staff:
    other = open_facility(world.actor("kato"), name="桜台薬局", kind=FacilityKind.PHARMACY)
    return begin_staff(
        world.actor("kato"),
        other.pk,
        world.people[who].pk,
        profession=Profession.PHARMACIST,
        role=StaffRole.MEMBER,
    )


def register(world: World, who: str, **typed: object) -> "Response":
    said = TYPED | {"place": world.staff[who].pk} | typed
    return a_client(world, who).post(reverse("patients:register"), said)


def told(world: World) -> list[UUID]:
    return [world.group.pk]


def told_of(world: World) -> dict[str, object]:
    return {"told": str(world.group.pk), "is_another": "on"}


def test_who_opens_a_patients_group_manages_it_for_their_facility(world: World) -> None:
    answer = register(world, "ito")

    patient = Patient.objects.exclude(group=world.group).get()
    own = Membership.objects.get(group=patient.group)
    assert answer["Location"] == reverse(
        "timeline:members", args=[patient.group_id, "professional"]
    )
    assert (own.user_id, own.role) == (world.people["ito"].pk, Role.MANAGER)
    assert own.staff_id == world.staff["ito"].pk
    assert patient.managing_facility_id == world.facility.pk
    sheet = patients_of(world.actor("ito"))[patient.group_id].face_sheet
    assert (sheet.name, sheet.birth_date.isoformat(), sheet.allergies) == (
        "野口 清",
        "1938-11-02",
        "そば",
    )


@pytest.mark.parametrize(
    ("day", "said"), [("きのう", "きのう"), ("2999-01-01", "2999-01-01"), ("", "のぐち きよし")]
)
def test_a_wrong_day_of_birth_loses_nothing_that_was_typed(
    world: World, day: str, said: str
) -> None:
    answer = register(world, "kato", birth_date=day)

    page = answer.content.decode()
    assert answer.status_code == 422
    for words in ("野口 清", "のぐち きよし", "そば", said):
        assert words in page
    assert Patient.objects.count() == 1


@pytest.mark.parametrize("alike", [{"name": "佐伯　清"}, {"kana": "サエキ　チヨ"}])
def test_a_same_surname_or_reading_must_be_said_to_be_another(
    world: World, alike: dict[str, str]
) -> None:
    asked = register(world, "kato", **alike)
    page = asked.content.decode()

    assert asked.status_code == 422
    assert "似た方が、参加しているグループにいます" in page
    assert reverse("patients:face_sheet", args=[world.group.pk, "professional"]) in page
    assert [words for words in ("1938-11-02", "そば", *alike.values()) if words not in page] == []
    assert Patient.objects.count() == 1

    assert register(world, "kato", **alike, **told_of(world)).status_code == 302
    assert Patient.objects.count() == 2


def test_a_box_ticked_for_one_says_nothing_of_one_who_was_not_shown(world: World) -> None:
    register_patient(world.actor("kato"), world.staff["kato"], FACE_SHEET, apart_from=told(world))

    answer = register(world, "kato", **SAME_SURNAME, **told_of(world))

    assert answer.status_code == 422
    assert " checked" not in answer.content.decode().partition('name="is_another"')[2][:20]
    assert Patient.objects.count() == 2


@pytest.mark.control("8.3")
def test_who_does_not_sit_with_a_patient_learns_nothing_of_them(world: World) -> None:
    assert register(world, "ito", **SAME_SURNAME).status_code == 302


@pytest.mark.control("8.3")
def test_a_relative_who_works_elsewhere_is_shown_no_face_sheet(world: World) -> None:
    ito = Newcomer(user_id=world.people["ito"].pk, role=Role.FAMILY, relation=Relation.FAMILY)
    begin_membership(world.seat("kato", Side.PROFESSIONAL), ito)

    assert register(world, "ito", **SAME_SURNAME).status_code == 302


@pytest.mark.control("8.3")
def test_a_colleague_learns_of_the_same_reading_and_day_that_there_is_a_group_and_no_more(
    world: World,
) -> None:
    same = {"name": "三枝 千夜", "kana": "サエキ　ちよ", "birth_date": "1940-03-05"}

    asked = register(world, "ito", **same)
    page = asked.content.decode()

    assert asked.status_code == 422
    assert "同じ方のグループが、この施設にあるようです" in page
    assert "加藤 恵子 さんにたのんで" in page
    for words in (FACE_SHEET.name, FACE_SHEET.allergies, FACE_SHEET.conditions, "face-sheet"):
        assert words not in page
    assert register(world, "ito", **same, **told_of(world)).status_code == 302
    assert Patient.objects.count() == 2


@pytest.mark.control("8.3")
@pytest.mark.parametrize("other", [{"birth_date": "1940-03-06"}, {"kana": "さえき ちえ"}])
def test_another_day_or_another_reading_tells_a_colleague_nothing(
    world: World, other: dict[str, str]
) -> None:
    same = {"kana": FACE_SHEET.kana, "birth_date": "1940-03-05"}

    assert register(world, "ito", **(same | other)).status_code == 302


@pytest.mark.control("8.3")
def test_another_facility_learns_nothing_of_the_same_person(world: World) -> None:
    place = a_place_elsewhere(world, "ito")

    answer = register(world, "ito", kana=FACE_SHEET.kana, birth_date="1940-03-05", place=place.pk)

    assert answer.status_code == 302


@pytest.mark.control("8.24")
def test_who_takes_the_database_cannot_tell_a_person_of_two_facilities(world: World) -> None:
    place = a_place_elsewhere(world, "ito")
    register_patient(world.actor("ito"), place, FACE_SHEET)

    kept = {bytes(one.likeness or b"") for one in Patient.objects.all()}
    assert [len(one) for one in kept] == [32, 32]


def test_a_reading_that_is_put_right_counts_from_then_on(world: World) -> None:
    seat, right = world.seat("kato", Side.PROFESSIONAL), replace(FACE_SHEET, kana="さいき ちよ")
    change_face_sheet(seat, right, version=1)

    before = register(world, "ito", kana=FACE_SHEET.kana, birth_date="1940-03-05")
    after = register(world, "ito", kana="さいき ちよ", birth_date="1940-03-05")

    assert (before.status_code, after.status_code) == (302, 422)


def test_of_sixteen_who_register_the_same_person_at_once_one_does(committed_world: World) -> None:
    world, sheet = committed_world, replace(FACE_SHEET, kana="のぐち きよし")

    results = at_once(16, lambda _: register_patient(world.actor("ito"), world.staff["ito"], sheet))

    assert won(results) == 1
    assert Patient.objects.count() == 2


def test_who_was_second_in_the_same_moment_is_asked_and_loses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(actor: Actor, facility_id: UUID, sheet: FaceSheet) -> Alike:
        # A colleague is done between the look and the lock.
        monkeypatch.setattr(registering, "who_is_alike", who_is_alike)
        with acting_as(Work.CONTENT):
            register_patient(world.actor("ito"), world.staff["ito"], sheet)
        return Alike()

    monkeypatch.setattr(registering, "who_is_alike", look)

    answer = register(world, "kato")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert [words for words in ("伊藤 実 さん", "野口 清", "そば") if words not in page] == []
    assert Patient.objects.count() == 2


@pytest.mark.control("8.15")
def test_who_is_shown_who_is_alike_leaves_a_fact_for_each(world: World) -> None:
    shown = LoggedFact.objects.filter(kind="patients.AlikeShown")
    register(world, "kato")
    before = shown.count()

    register(world, "kato", **(SAME_SURNAME | {"kana": "さいき きよし"}))

    fact = shown.get()
    assert (before, fact.group_id, fact.actor_id) == (0, world.group.pk, world.people["kato"].pk)


@pytest.mark.control("8.3")
@pytest.mark.parametrize("name", ["patients:register", "groups:open_free"])
@pytest.mark.parametrize("lack", ["family", "paused", "not approved"])
def test_without_a_standing_place_there_is_no_page_and_no_link(
    world: World, name: str, lack: str
) -> None:
    if lack == "paused":
        Staff.objects.filter(pk=world.staff["ito"].pk).update(paused_at=timezone.now())
    if lack == "not approved":
        Facility.objects.filter(pk=world.facility.pk).update(approved_at=None)
    client = a_client(world, "mori" if lack == "family" else "ito")

    assert client.get(reverse(name)).status_code == 404
    assert client.post(reverse(name), TYPED).status_code == 404
    assert reverse(name) not in client.get("/", follow=True).content.decode()


def test_home_leads_to_both_pages(world: World) -> None:
    page = a_client(world, "ito").get("/").content.decode()

    assert reverse("patients:register") in page
    assert reverse("groups:open_free") in page


def test_who_works_in_two_facilities_says_for_which(world: World) -> None:
    place = a_place_elsewhere(world, "ito")

    asked = register(world, "ito", place="")
    anothers = register(world, "ito", place=world.staff["kato"].pk)
    answer = register(world, "ito", place=place.pk)

    assert (asked.status_code, anothers.status_code, answer.status_code) == (422, 422, 302)
    assert "桜台薬局" in asked.content.decode()
    patient = Patient.objects.exclude(group=world.group).get()
    assert patient.managing_facility_id == place.facility_id


@pytest.mark.control("8.3")
def test_a_place_that_is_paused_or_anothers_opens_no_group(world: World) -> None:
    Staff.objects.filter(pk=world.staff["ito"].pk).update(paused_at=timezone.now())

    for place in ("ito", "kato"):
        with pytest.raises(Refused):
            register_patient(world.actor("ito"), world.staff[place], FACE_SHEET)


@pytest.mark.control("8.3")
def test_a_patient_from_before_is_told_alike_once_their_likeness_is_filled_in(
    world: World,
) -> None:
    Patient.objects.update(likeness=None)
    before = who_is_alike(world.actor("ito"), world.facility.pk, FACE_SHEET).doubles

    filled = (fill_likenesses(), fill_likenesses())

    told = who_is_alike(world.actor("ito"), world.facility.pk, FACE_SHEET).doubles
    assert (filled, before) == ((1, 0), ())
    assert [one.group_id for one in told] == [world.group.pk]
    fact = LoggedFact.objects.get(kind="patients.LikenessFilled")
    assert (fact.facility_id, fact.group_id) == (world.facility.pk, world.group.pk)


def test_filling_in_goes_on_behind_what_cannot_be_opened_and_batch_by_batch(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likenesses, "BATCH", 2)
    sheets = [replace(FACE_SHEET, kana=f"さえき {name}") for name in "あいうえ"]
    groups = [
        register_patient(world.actor("ito"), world.staff["ito"], one).group_id for one in sheets
    ]
    Patient.objects.update(likeness=None)
    Scope.objects.filter(pk=groups[0]).delete()
    forget_all()

    assert fill_likenesses() == 4
    assert Patient.objects.get(likeness=None).group_id == groups[0]
    assert fill_likenesses() == 0
