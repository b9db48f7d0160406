"""A free group is opened on its page."""

import pytest
from django.test import Client
from django.urls import reverse

from carestation.groups.choices import Kind, Role, Side
from carestation.groups.commands.groups import open_free_group
from carestation.groups.models.groups import Group
from carestation.groups.models.memberships import Membership
from carestation.groups.queries.seats import members_at, take_seat, title_of
from carestation.kernel.errors import Refused
from tests.accounts.signing_in import sign_in_client
from tests.world import World


def a_client(world: World, who: str) -> Client:
    client = Client()
    sign_in_client(client, world.people[who])
    return client


def test_who_opens_a_free_group_manages_it(world: World) -> None:
    said = {"name": " 勉強会\u202e ", "place": world.staff["sato"].pk}

    answer = a_client(world, "sato").post(reverse("groups:open_free"), said)

    own = Membership.objects.get(user=world.people["sato"], group__kind=Kind.FREE)
    seat = take_seat(world.actor("sato"), own.group_id, Side.ALL)
    assert answer["Location"] == reverse("timeline:members", args=[own.group_id, "all"])
    assert (own.role, own.staff_id) == (Role.MANAGER, world.staff["sato"].pk)
    assert title_of(seat, members_at(seat)) == "勉強会"
    assert seat.facility_id == world.facility.pk


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "あ" * 101, "会\x07議"])
def test_a_free_group_without_a_fit_name_is_not_opened(world: World, name: str) -> None:
    said = {"name": name, "place": world.staff["sato"].pk}

    answer = a_client(world, "sato").post(reverse("groups:open_free"), said)

    assert answer.status_code == 422
    assert Group.objects.filter(kind=Kind.FREE).count() == 1


@pytest.mark.control("8.3")
def test_nobody_opens_a_group_from_anothers_place(world: World) -> None:
    with pytest.raises(Refused):
        open_free_group(world.actor("sato"), world.staff["kato"], "勉強会")
