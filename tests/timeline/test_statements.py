"""A page asks the database a fixed number of things, however much there is to show."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from carestation.groups.choices import Side
from carestation.groups.commands.connections import answer_offer, offer_by_address
from carestation.groups.commands.groups import open_free_group
from carestation.groups.models.connections import ConnectionOffer
from carestation.timeline.commands.posts import publish_post
from tests.accounts.signing_in import sign_in_client
from tests.groups.people import a_neighbour
from tests.world import World, a_draft

PRO = Side.PROFESSIONAL


@pytest.fixture
def kato(world: World) -> Client:
    client = Client()
    sign_in_client(client, world.people["kato"])
    return client


def asked(client: Client, path: str) -> int:
    """Return how many statements a look takes, when the keys are open."""
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


def test_home_is_five_statements_with_one_group_and_with_many(world: World, kato: Client) -> None:
    publish_post(world.seat("sato", PRO), a_draft())
    few = asked(kato, reverse("timeline:home"))
    for number in range(3):
        open_free_group(world.actor("kato"), world.staff["kato"], f"退院調整 {number}")
        publish_post(world.seat("sato", PRO), a_draft())

    many = asked(kato, reverse("timeline:home"))

    # The session, the groups with patients, what waits, where one works, the fact of the look.
    assert few == many == 5


def test_a_timeline_is_seven_statements_with_one_post_and_with_many(
    world: World, kato: Client
) -> None:
    page = reverse("timeline:timeline", args=[world.group.pk, PRO])
    publish_post(world.seat("sato", PRO), a_draft())
    few = asked(kato, page)
    for _ in range(5):
        publish_post(world.seat("sato", PRO), a_draft())

    # Session, seat; patients, members, the other side; the fact of the look, and the posts.
    assert few == asked(kato, page) == 6


def test_the_members_are_listed_as_quickly_to_who_is_connected_with_many(
    world: World, kato: Client
) -> None:
    page = reverse("timeline:members", args=[world.group.pk, PRO])
    alone = asked(kato, page)
    a_neighbour(world, "oka")
    offer_by_address(world.actor("kato"), "oka@tsukimizaka.example")
    answer_offer(world.actor("oka"), ConnectionOffer.objects.latest("id").pk, accepts=True)

    # What stands around a page, the look; invitations, emergencies, custody; who may be talked to.
    assert asked(kato, page) == alone == 15


def test_who_has_missed_nothing_asks_three_things(world: World, kato: Client) -> None:
    post = publish_post(world.seat("sato", PRO), a_draft()).post
    place = [world.group.pk, PRO]
    missed = asked(kato, reverse("timeline:after", args=[*place, post.changed_seq - 1]))

    # Session, seat, and what came after; else the members too, and the fact of the look.
    assert asked(kato, reverse("timeline:after", args=[*place, post.changed_seq])) == 3
    assert missed == 5
