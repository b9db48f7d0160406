"""A facility's telephone number: said at its desk, shown where its people sit."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from carestation.accounts.choices import Proof
from carestation.facilities.choices import FacilityKind, Right
from carestation.facilities.commands.places import describe_facility, open_facility
from carestation.facilities.models.facilities import Facility
from carestation.facilities.models.staff import Staff
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.kernel.errors import Refused
from carestation.timeline.commands.posts import publish_post
from tests.accounts.signing_in import sign_in_client
from tests.facilities.people import a_holder, a_manager, desk_of
from tests.world import World, a_draft

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT
NUMBER = "03-1234-5678"
CALLS = 'href="tel:0312345678"'
BUTTON = f'<a class="btn btn--block" {CALLS}>'
SHOWN = "/groups/%s/patient/#phones"
IN_THE_BAR = f'<li class="only-narrow"><a class="navitem" {CALLS} aria-label="電話：'
Executes = Callable[..., object]
CHANGED = "facilities.FacilityPhoneChanged"


def client_of(world: World, name: str) -> Client:
    client = Client()
    sign_in_client(client, world.people[name], proof=Proof.TOTP)
    return client


def page_of(world: World, name: str, page: str, side: Side) -> str:
    where = reverse(f"timeline:{page}", args=[world.group.pk, side])
    return client_of(world, name).get(where).text


@pytest.mark.parametrize(
    ("typed", "status", "kept"),
    [
        ("03-1234-5678", 302, NUMBER),
        ("０３ー１２３４−５６７８", 302, NUMBER),
        ("0312345678", 302, "0312345678"),
        ("", 302, ""),
        ("本社の総務", 422, ""),
        ("3-1234-5678", 422, ""),
        ("03-1234-5678-9", 422, ""),
    ],
)
def test_the_desk_says_the_number(world: World, typed: str, status: int, kept: str) -> None:
    a_manager(world)
    where = reverse("facilities:facility", args=[world.facility.pk])

    answer = client_of(world, "abe").post(where, {"kana": "つきみざか", "phone": typed})

    assert (answer.status_code, Facility.objects.get().phone) == (status, kept)


def test_reading_and_number_are_kept_together_or_not_at_all(world: World) -> None:
    a_manager(world)
    client, before = client_of(world, "abe"), Facility.objects.get()
    where = reverse("facilities:facility", args=[world.facility.pk])

    def lose_the_right_at_the_first_change(
        execute: Executes, statement: str, *rest: object
    ) -> object:
        told = execute(statement, *rest)
        if statement.startswith('UPDATE "facilities_facility"'):
            Staff.objects.filter(user=world.people["abe"]).update(paused_at=timezone.now())
        return told

    with connection.execute_wrapper(lose_the_right_at_the_first_change):
        client.post(where, {"kana": "つきみざか", "phone": NUMBER})

    after = Facility.objects.get()
    assert (after.kana != before.kana, after.phone != before.phone) in {
        (True, True),
        (False, False),
    }


@pytest.mark.control("8.15")
def test_a_changed_number_is_a_fact_once_and_the_fact_does_not_say_it(world: World) -> None:
    desk = a_manager(world)

    changed = [describe_facility(desk, kana=world.facility.kana, phone=NUMBER) for _ in range(2)]

    fact = LoggedFact.objects.get(kind=CHANGED)
    assert changed == [True, False]
    assert (fact.actor_id, fact.facility_id) == (desk.actor.user_id, world.facility.pk)
    assert NUMBER not in str(fact.detail)


@pytest.mark.control("5.18")
def test_who_may_not_change_the_rules_does_not_change_the_number(world: World) -> None:
    a_holder(world, a_manager(world), "kato", Right.SEE_STAFF)

    with pytest.raises(Refused):
        describe_facility(desk_of(world, "kato"), kana="かな", phone=NUMBER)

    assert not Facility.objects.get().phone


@pytest.mark.parametrize(
    ("name", "page", "side"),
    [
        ("mori", "timeline", PAT),
        ("mori", "write", PAT),
        ("mori", "members", PAT),
        ("sato", "write", PRO),
        ("sato", "members", PRO),
    ],
)
def test_a_facility_is_called_once_from_where_its_people_sit(
    world: World, name: str, page: str, side: Side
) -> None:
    before = page_of(world, name, page, side)
    Facility.objects.update(phone=NUMBER)

    after = page_of(world, name, page, side)

    assert (before.count(BUTTON), after.count(BUTTON)) == (0, 1)
    assert after.count(NUMBER) == 1


def test_a_number_that_someone_wrote_calls_too(world: World) -> None:
    draft = a_draft(f"息苦しいときは、お電話ください（わたげ {NUMBER}・24時間）。")
    publish_post(world.seat("kato", PAT), draft)

    assert f"<a {CALLS}>{NUMBER}</a>・24時間" in page_of(world, "mori", "timeline", PAT)


def test_the_bar_of_the_family_leads_to_the_numbers_where_there_are_some(world: World) -> None:
    way = reverse("timeline:timeline", args=[world.group.pk, PAT]) + "#phones"
    before = page_of(world, "mori", "album", PAT)
    Facility.objects.update(phone=NUMBER)

    assert (way in before, way in page_of(world, "mori", "album", PAT)) == (False, True)
    assert way not in page_of(world, "sato", "album", PAT)


def test_on_a_telephone_the_bar_calls_the_only_number_at_once(world: World) -> None:
    other = open_facility(world.actor("kato"), name="桜台薬局", kind=FacilityKind.PHARMACY)
    Staff.objects.filter(user=world.people["sato"]).update(facility=other)
    Facility.objects.filter(pk=world.facility.pk).update(phone=NUMBER)
    alone = page_of(world, "mori", "album", PAT)
    Facility.objects.filter(pk=other.pk).update(phone="03-8765-4321")

    several = page_of(world, "mori", "album", PAT)

    assert (alone.count(IN_THE_BAR), several.count("tel:")) == (1, 0)
    assert f'<li class="only-wide"><a class="navitem" href="{SHOWN % world.group.pk}"' in alone
    assert f'<li><a class="navitem" href="{SHOWN % world.group.pk}"' in several
