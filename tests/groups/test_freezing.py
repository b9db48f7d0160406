"""A frozen facility gives no seat; what was there before stands again."""

import pytest
from django.test import Client
from django.urls import reverse

from carestation.accounts.choices import Proof
from carestation.facilities.choices import FacilityKind, Profession, StaffRole
from carestation.facilities.commands.places import open_facility
from carestation.facilities.commands.staff import begin_staff
from carestation.groups.choices import Role, Side
from carestation.groups.commands.freezing import freeze_seats, unfreeze_seats
from carestation.groups.commands.memberships import begin_membership
from carestation.groups.models.memberships import Membership
from carestation.groups.queries.consoles import count_groups
from carestation.groups.queries.contacts import contacts_of
from carestation.groups.queries.seats import take_seats
from carestation.groups.rules import Newcomer
from carestation.kernel.errors import NotVisible
from carestation.timeline.commands.posts import publish_post
from tests.accounts.operating import a_console, an_operator
from tests.accounts.signing_in import sign_in_client
from tests.groups.twins import seat_twin
from tests.world import World, a_draft

REASON = "連絡がつかないため"


def seated(world: World) -> set[str]:
    return {name for name in world.people if seats_of(world, name)}


def seats_of(world: World, name: str) -> list[Side]:
    return [one.side for one in take_seats(world.actor(name))]


@pytest.mark.control("8.3")
def test_nobody_sits_anywhere_through_a_frozen_facility(world: World) -> None:
    elsewhere = open_facility(world.actor("kato"), name="別の家", kind=FacilityKind.CLINIC)
    place = begin_staff(
        world.actor("kato"),
        elsewhere.pk,
        world.people["ueda"].pk,
        profession=Profession.HOME_HELPER,
        role=StaffRole.MEMBER,
    )
    newcomer = Newcomer(user_id=place.user_id, role=Role.PROFESSIONAL, staff_id=place.pk)
    begin_membership(world.seat("kato", Side.PROFESSIONAL), newcomer)
    standing = Membership.objects.active().count()

    freeze_seats(a_console(), world.facility.pk, REASON)

    assert seated(world) == {"mori", "ueda"}
    assert Membership.objects.active().count() == standing, "nothing is ended"
    for side in (Side.PROFESSIONAL, Side.PATIENT):
        with pytest.raises(NotVisible):
            world.seat("kato", side)
        assert seat_twin(world, world.actor("kato"), side) is None


@pytest.mark.control("8.3")
def test_every_timeline_counts_so_that_open_pages_read_their_seats_anew(world: World) -> None:
    console = a_console()
    sides = (Side.PROFESSIONAL, Side.PATIENT)
    before = [world.timeline(side).seq for side in sides]

    told = freeze_seats(console, world.facility.pk, REASON)
    frozen = [world.timeline(side).seq for side in sides]
    unfreeze_seats(console, world.facility.pk, REASON)

    assert {one.group_id for one in told} == {world.group.pk, world.elsewhere.pk}
    assert frozen == [one + 1 for one in before]
    assert [world.timeline(side).seq for side in sides] == [one + 2 for one in before]


@pytest.mark.control("8.3")
def test_what_was_read_and_written_is_there_again_when_it_is_unfrozen(world: World) -> None:
    publish_post(world.seat("kato", Side.PROFESSIONAL), a_draft())
    console = a_console()
    unread = world.unread("sato", Side.PROFESSIONAL)

    freeze_seats(console, world.facility.pk, REASON)
    unfreeze_seats(console, world.facility.pk, REASON)

    assert world.unread("sato", Side.PROFESSIONAL) == unread == 1
    assert seated(world) == {"kato", "sato", "mori", "ito"}


def test_groups_are_counted_and_not_named(world: World) -> None:
    numbers = count_groups(a_console(), world.facility.pk)

    assert (numbers.joined, numbers.managed) == (2, 2)


@pytest.mark.control("8.2")
def test_an_operator_freezes_by_the_page_and_must_say_why(world: World) -> None:
    client = Client()
    sign_in_client(client, an_operator(), proof=Proof.PASSKEY)
    page = reverse("groups:rule_facility", args=[world.facility.pk, "freeze"])

    asked = client.get(page).text
    bare = client.post(page, {"reason": "  "})
    done = client.post(page, {"reason": REASON})
    twice = client.post(page, {"reason": "もう一度の理由"})
    shown = client.get(done["Location"]).text

    assert "グループ 2件 を読めなくなります" in asked
    assert bare.status_code == 422
    assert seats_of(world, "kato") == []
    assert (twice.status_code, "もう一度の理由" in twice.text) == (422, True)
    assert "ほかの担当者が先に決めました" in twice.text
    assert REASON in shown
    assert "凍結中" in shown
    unknown = reverse("groups:rule_facility", args=[world.facility.pk, "delete"])
    assert client.get(unknown).status_code == 404


@pytest.mark.control("8.3")
def test_nobody_begins_a_talk_through_a_frozen_facility(world: World) -> None:
    before = [one.name for one in contacts_of(world.actor("kato"))]

    freeze_seats(a_console(), world.facility.pk, REASON)

    assert "佐藤 一郎" in before
    assert contacts_of(world.actor("kato")) == []
