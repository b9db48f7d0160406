"""How a facility's name is read: said when it registers, filled in and changed at its desk."""

import pytest
from django.test import Client
from django.urls import reverse

from carestation.accounts.choices import Proof
from carestation.facilities.choices import Right, Todo
from carestation.facilities.commands.places import describe_facility
from carestation.facilities.forms.applications import ApplyForm
from carestation.facilities.models.facilities import Facility
from carestation.facilities.queries.todos import top_of
from carestation.factlog.models import LoggedFact
from carestation.kernel.errors import Refused
from tests.accounts.signing_in import sign_in_client
from tests.facilities.people import a_holder, a_manager, desk_of
from tests.facilities.test_applications import TYPED, found, token_of
from tests.world import World

CHANGED = "facilities.FacilityReadingChanged"


@pytest.mark.django_db
def test_a_facility_that_registers_says_how_it_is_read() -> None:
    found(token_of())

    assert Facility.objects.get().kana == "ゆうやけしんりょうじょ"


@pytest.mark.parametrize(
    "typed", ["ユウヤケ シンリョウジョ", "ﾕｳﾔｹ ｼﾝﾘｮｳｼﾞｮ", "ゆうやけ しんりょうじょ"]
)
def test_a_reading_is_kept_in_hiragana(typed: str) -> None:
    form = ApplyForm(TYPED | {"kana": typed})

    assert form.is_valid()
    assert form.told().kana == "ゆうやけ しんりょうじょ"


def test_a_facility_without_a_reading_does_not_register() -> None:
    form = ApplyForm(TYPED | {"kana": ""})

    assert list(form.errors) == ["kana"]


@pytest.mark.control("5.18")
def test_a_desk_without_a_reading_asks_for_it_until_it_is_there(world: World) -> None:
    desk = a_manager(world)
    Facility.objects.update(kana="")
    client, where = Client(), reverse("facilities:facility", args=[world.facility.pk])
    sign_in_client(client, world.people["abe"], proof=Proof.TOTP)
    top = client.get(reverse("patients:top", args=[world.facility.pk])).text
    page = client.get(where).text

    wrong = client.post(where, {"kana": "\u200b"})
    answer = client.post(where, {"kana": "ツキミザカ"})

    assert (f'todo" href="{where}"' in top, "ふりがなは、まだありません" in page) == (True, True)
    assert (wrong.status_code, answer.status_code) == (422, 302)
    assert "つきみざか" in client.get(where).text
    assert Todo.READING not in {one.what for one in top_of(desk).todos}


@pytest.mark.control("8.15")
def test_a_changed_reading_is_a_fact_once_and_the_fact_does_not_say_it(world: World) -> None:
    desk = a_manager(world)

    changed = [describe_facility(desk, kana="つきみざか", phone="") for _ in range(2)]

    fact = LoggedFact.objects.get(kind=CHANGED)
    assert changed == [True, False]
    assert (fact.actor_id, fact.facility_id) == (desk.actor.user_id, world.facility.pk)
    assert "つきみざか" not in str(fact.detail)


@pytest.mark.control("5.18")
def test_who_may_not_change_the_rules_does_not_change_the_reading(world: World) -> None:
    a_holder(world, a_manager(world), "kato", Right.SEE_STAFF)

    with pytest.raises(Refused):
        describe_facility(desk_of(world, "kato"), kana="べつのよみ", phone="")

    assert Facility.objects.get().kana == "つきみざかざいたくくりにっく"
