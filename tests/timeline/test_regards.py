"""A thread that was rendered for one reader shows another nothing of the first one's own."""

import re
from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from carestation.facilities.choices import Profession, StaffRole
from carestation.facilities.commands.staff import begin_staff
from carestation.groups.choices import Role, Side
from carestation.groups.commands.memberships import begin_membership
from carestation.groups.queries.seats import members_at
from carestation.groups.rules import Newcomer, Seat
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.acknowledgements import acknowledge_post
from carestation.timeline.commands.changes import edit_post, withdraw_post
from carestation.timeline.commands.posts import Draft, publish_post
from carestation.timeline.commands.reading import mark_read
from carestation.timeline.models import Post
from carestation.timeline.queries import board
from carestation.timeline.queries.messages import thread
from carestation.timeline.queries.regards import Regard, regard_of
from carestation.timeline.queries.standing import standing_of
from carestation.ui.keeping import forget_kept
from tests.accounts.signing_in import sign_in_client
from tests.world import World, a_draft, a_person

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT
READERS = {PRO: ("kato", "sato", "abe"), PAT: ("kato", "sato", "mori")}


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    forget_kept()
    yield
    forget_kept()


def threads_of(client: Client, world: World, side: Side = PAT) -> str:
    page = client.get(reverse("timeline:timeline", args=[world.group.pk, side])).content.decode()
    found = re.search(r'<ol class="stack threads".*</ol>\s*</cs-reading>', page, re.DOTALL)
    assert found is not None
    return found[0]


def threads_seen_by_nobody_else(client: Client, world: World, side: Side) -> str:
    forget_kept()
    with patch.object(board, "regard_of", _whole_regard):
        return threads_of(client, world, side)


def _whole_regard(seat: Seat, *_: object) -> Regard:
    return Regard(me=seat.actor.user_id, mark=seat.mark)


def a_lively_side(world: World, side: Side) -> None:
    first, second, third = (world.seat(name, side) for name in READERS[side])
    old, other, mine = (publish_post(first, a_draft(body)).post for body in ("一", "二", "三"))
    publish_post(third, Draft(id=uuid7(), body="ありがとうございます", parent_id=old.pk))
    publish_post(second, Draft(id=uuid7(), body="見ました", parent_id=other.pk))
    acknowledge_post(second, old.pk)
    acknowledge_post(third, other.pk)
    withdraw_post(first, mine.pk)
    mark_read(world.seat("sato", side), 2)
    publish_post(world.seat(READERS[side][2], side), a_draft("四"))
    if side is PRO:
        publish_post(first, Draft(id=uuid7(), body="確認を", asks_acknowledgement=True))
        named = (second.actor.user_id,)
        publish_post(
            first, Draft(id=uuid7(), body="先生へ", asks_acknowledgement=True, mentions=named)
        )


def abe_joins(world: World) -> None:
    world.people["abe"] = a_person("abe")
    staff = begin_staff(
        world.actor("kato"),
        world.facility.pk,
        world.people["abe"].pk,
        profession=Profession.PHARMACIST,
        role=StaffRole.MEMBER,
    )
    newcomer = Newcomer(user_id=staff.user_id, role=Role.PROFESSIONAL, staff_id=staff.pk)
    begin_membership(world.seat("kato", PRO), newcomer)


@pytest.mark.parametrize("side", [PRO, PAT])
def test_each_sees_their_own_whoever_looked_before(world: World, side: Side) -> None:
    abe_joins(world)
    a_lively_side(world, side)
    clients = {name: Client() for name in READERS[side]}
    for name, client in clients.items():
        sign_in_client(client, world.people[name])
    alone = {
        name: threads_seen_by_nobody_else(client, world, side) for name, client in clients.items()
    }

    forget_kept()
    together = {name: threads_of(client, world, side) for name, client in clients.items()}
    again = {name: threads_of(clients[name], world, side) for name in reversed(READERS[side])}

    assert together == alone
    assert again == alone
    assert len(set(alone.values())) == len(READERS[side])


def test_a_change_is_seen_at_once(world: World) -> None:
    kato = world.seat("kato", PAT)
    post = publish_post(kato, a_draft("一")).post
    client = Client()
    sign_in_client(client, world.people["mori"])
    before = threads_of(client, world)

    edit_post(kato, post.pk, "壱")
    edited = threads_of(client, world)
    mark_read(world.seat("sato", PAT), 1)
    read = threads_of(client, world)
    withdraw_post(kato, post.pk)
    withdrawn = threads_of(client, world)

    assert ("壱" in before, "壱" in edited) == (False, True)
    assert ("<span data-read>0</span>" in edited, "<span data-read>1</span>" in read) == (
        True,
        True,
    )
    assert ("取り消されました" in withdrawn, "壱" in withdrawn) == (True, False)


def test_what_may_no_longer_be_put_right_offers_it_no_longer(world: World) -> None:
    post = publish_post(world.seat("kato", PAT), a_draft("一")).post
    client = Client()
    sign_in_client(client, world.people["kato"])
    fresh = threads_of(client, world)
    Post.objects.filter(pk=post.pk).update(published_at=timezone.now() - timedelta(minutes=16))

    assert [f"{post.pk}/edit/" in page for page in (fresh, threads_of(client, world))] == [
        True,
        False,
    ]


def test_who_had_no_part_and_has_read_all_regards_it_as_the_others_do(world: World) -> None:
    post = publish_post(world.seat("kato", PRO), a_draft()).post
    mark_read(world.seat("sato", PRO), 1)
    publish_post(world.seat("kato", PRO), a_draft("次"))
    seats = {name: world.seat(name, PRO) for name in ("kato", "sato")}
    shown = thread(seats["kato"], post.pk).message
    standing = standing_of(shown, members_at(seats["kato"]))

    regards = {name: regard_of(seat, shown, standing) for name, seat in seats.items()}

    assert (regards["kato"].me, regards["sato"].me) == (world.people["kato"].pk, None)
    assert (regards["sato"].mark, seats["sato"].mark) == (1, 1)
    mark_read(seats["sato"], 2)
    assert regard_of(world.seat("sato", PRO), shown, standing) == regards["sato"]
