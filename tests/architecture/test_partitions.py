"""The tables of a group can be divided by it: no hot statement touches more than one part."""

from collections.abc import Iterator
from typing import Final

import pytest
from django.test import Client
from django.urls import reverse

from carestation.accounts.choices import Proof
from carestation.groups.choices import Side
from carestation.groups.queries.answers import ANSWERS
from carestation.groups.queries.seats import SEATS, take_seats
from carestation.kernel.ids import uuid7
from carestation.kernel.sql import rows_of
from carestation.live import queries as live
from carestation.patients.queries.face_sheets import ONE_OF_OWN, OWN
from carestation.timeline.commands.acknowledgements import acknowledge_post
from carestation.timeline.commands.changes import edit_post
from carestation.timeline.commands.files import upload_file
from carestation.timeline.commands.posts import Draft, publish_post
from carestation.timeline.models import Post
from carestation.timeline.queries.home import OWN_SIDES
from tests.accounts.signing_in import sign_in_client
from tests.api.callers import program_of
from tests.architecture.partitions import Rehearsal, rehearsing, run, touches
from tests.conftest import act_as
from tests.matrix.requests import a_picture
from tests.world import World, a_draft

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT
# What goes through all groups of a person, each with its reason.
ACROSS: Final = {
    OWN_SIDES: "home shows all groups of a person",
    ANSWERS: "and what waits there for their answer",
    SEATS: "all seats of a person",
    OWN: "two patients of a person's with one surname are told apart",
    ONE_OF_OWN: "and on a page of one of them, too",
    live.SEATS_OF_PERSON: "an open page hears of all groups of its person",
}


@pytest.fixture
def rehearsal(world: World) -> Iterator[Rehearsal]:
    """The cast, with posts, replies, signs and files at both sides, in tables with parts."""
    for side in (PRO, PAT):
        file = upload_file(world.actor("kato"), "a.png", a_picture()).file
        draft = Draft(id=uuid7(), body="写真です。", attachments=(file.id,))
        post = publish_post(world.seat("kato", side), draft).post
        publish_post(world.seat("sato", side), Draft(id=uuid7(), body="はい。", parent_id=post.pk))
        acknowledge_post(world.seat("sato", side), post.pk)
        edit_post(world.seat("kato", side), post.pk, "写真を送ります。")
    publish_post(world.seat("mori", PAT), a_draft())
    with rehearsing() as found:
        yield found


def test_a_day_of_a_group_touches_one_part(world: World, rehearsal: Rehearsal) -> None:
    for name, sides, proof in (("kato", (PRO, PAT), Proof.TOTP), ("mori", (PAT,), Proof.PASSWORD)):
        client = Client()
        sign_in_client(client, world.people[name], proof=proof)
        # Someone of the family with one group is led there at once.
        assert client.get(reverse("timeline:home")).status_code in {200, 302}
        for side in sides:
            a_day_at(world, side, client, name)
    live_looks(world)

    assert {said for said in rehearsal.several if said not in ACROSS} == set()
    assert set(ACROSS) - rehearsal.seen == set()


def test_what_names_no_group_is_found(world: World, rehearsal: Rehearsal) -> None:
    assert Post.objects.filter(draft_id=uuid7()).first() is None

    assert list(rehearsal.several.values()) == [{"timeline_post"}]


def test_what_holds_a_post_looks_at_one_part(world: World, rehearsal: Rehearsal) -> None:
    before = touches()
    seat = world.seat("kato", PRO)
    post = publish_post(seat, a_draft()).post
    publish_post(seat, Draft(id=uuid7(), body="追記です。", parent_id=post.pk))
    run("SET CONSTRAINTS ALL IMMEDIATE")

    touched = [part for part, count in touches().items() if count > before[part]]
    assert len({part.rpartition("_")[0] for part in touched}) == len(touched) > 3


def a_day_at(world: World, side: Side, client: Client, name: str) -> None:
    """Do at a side what people do there all day."""
    place = [world.group.pk, side]
    page = reverse("timeline:timeline", args=place)
    first = Post.objects.of(world.seat("sato", side)).order_by("number")[0]
    for path in (
        page,
        f"{page}?at={first.pk}",
        f"{page}?since=0",
        reverse("timeline:after", args=[*place, 0]),
        reverse("timeline:post", args=[*place, first.pk]),
    ):
        assert client.get(path).status_code == 200, path
    program = program_of(world, name)
    posts = f"groups/{world.group.pk}/{side}/posts"
    assert program.get(posts).status_code == program.get(f"{posts}?after=0").status_code == 200
    for parent in ({}, {"parent": str(first.pk)}):
        sent = {"draft_id": str(uuid7()), "body": "訪問しました。", **parent}
        assert program.post(posts, sent).status_code == 201
    newest = publish_post(world.seat("sato", side), a_draft()).post
    number = {"number": newest.number}
    assert client.post(reverse("timeline:read", args=place), number).status_code == 302
    sign = reverse("timeline:acknowledgement", args=[*place, newest.pk])
    for said in ("yes", "no"):
        assert client.post(sign, {"acknowledged": said}).status_code == 302


def live_looks(world: World) -> None:
    """Ask what live asks when a page is opened, and when it has missed something."""
    kato = world.actor("kato")
    assert take_seats(kato)
    act_as("system:live")
    assert len(rows_of(live.SEATS_OF_PERSON, {"user_id": kato.user_id})) == 2
    for statement in (live.SEATS_OF_GROUPS, live.NUMBERS):
        assert len(rows_of(statement, {"group_ids": [world.group.pk]})) == 2
