"""A timeline opens at any post of it, and goes on from there both ways."""

import re
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.changes import withdraw_post
from carestation.timeline.commands.posts import Draft, publish_post
from carestation.timeline.models import Post
from config.loading.history import write_history
from tests.accounts.signing_in import sign_in_client
from tests.world import World, a_draft

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT
POSTS = 200


class Reader:
    """Someone who opens pages of a side."""

    def __init__(self, world: World, who: str, side: Side = PRO) -> None:
        self.client = Client()
        sign_in_client(self.client, world.people[who])
        self.base = reverse("timeline:timeline", args=[world.group.pk, side])

    def page(self, asked: str = "", *, htmx: bool = False) -> str:
        headers = {"HX-Request": "true"} if htmx else {}
        answer = self.client.get(f"{self.base}{asked}", headers=headers)
        assert answer.status_code == 200, asked
        return str(answer.content.decode())


def threads_on(page: str) -> list[UUID]:
    found = re.findall(r'<li id="post-([0-9a-f-]{36})"[^>]*data-last=', page)
    return [UUID(one) for one in found]


def way(page: str, name: str) -> str | None:
    found = re.search(rf'id="{name}"><a class="btn" href="[^"?]*([^"]*)"', page)
    return found[1] if found else None


def in_order() -> list[UUID]:
    threads = Post.objects.filter(parent=None, side=PRO).order_by("-last_number")
    return list(threads.values_list("id", flat=True))


@pytest.fixture
def old_world(world: World) -> World:
    seats = [world.seat(name, PRO) for name in ("kato", "sato")]
    write_history(seats, POSTS, now=timezone.now())
    return world


@pytest.mark.parametrize("place", [0, 9, 10, 11, 80, -1])
def test_a_page_opens_at_a_post_with_newer_ones_above_and_older_ones_below(
    old_world: World, place: int
) -> None:
    order = in_order()
    place %= len(order)

    page = Reader(old_world, "sato").page(f"?at={order[place]}")

    first = max(0, place - 10)
    assert threads_on(page) == order[first : first + 30]
    assert (way(page, "newer") is None) == (first == 0)
    assert ("いちばん新しい投稿へ" in page) == (first > 0)


def test_from_any_post_both_ways_lead_through_all_without_a_gap(old_world: World) -> None:
    order, reader = in_order(), Reader(old_world, "sato")
    start = reader.page(f"?at={order[75]}")

    shown, up, down = threads_on(start), way(start, "newer"), way(start, "older")
    for _ in range(10):
        if up:
            more = reader.page(up, htmx=True)
            assert way(more, "older") is None
            shown, up = threads_on(more) + shown, way(more, "newer")
        if down:
            more = reader.page(down, htmx=True)
            assert way(more, "newer") is None
            shown, down = shown + threads_on(more), way(more, "older")

    assert (up, down) == (None, None)
    assert shown == order


def test_without_a_script_each_page_of_the_past_leads_both_ways(old_world: World) -> None:
    order, reader = in_order(), Reader(old_world, "sato")
    older = reader.page(str(way(reader.page(), "older")))
    back = reader.page(str(way(older, "newer")))

    assert threads_on(older) == order[30:60]
    assert way(older, "older")
    assert threads_on(back) == order[:30]
    assert way(back, "newer") is None
    assert "前の投稿を見ています" in older
    assert "前の投稿を見ています" not in back


def test_a_post_deep_in_the_past_costs_one_look_more_than_the_newest_page(
    old_world: World,
) -> None:
    order, reader = in_order(), Reader(old_world, "sato")
    counts = []
    for asked in ("", "", f"?at={order[20]}", f"?at={order[-20]}"):
        with CaptureQueriesContext(connection) as queries:
            reader.page(asked)
        counts.append(len(queries))

    assert counts[2:] == [counts[1] + 1] * 2


def test_a_reply_stands_in_its_thread_however_many_came_after_it(world: World) -> None:
    thread = publish_post(world.seat("kato", PRO), a_draft()).post.pk
    replies = [
        publish_post(world.seat("kato", PRO), Draft(id=uuid7(), body=f"返信{n}", parent_id=thread))
        for n in range(52)
    ]

    first = replies[0].post.pk
    page = Reader(world, "sato").page(f"?at={first}")

    assert page.count(f'id="post-{first}"') == 1
    assert page.index(f'id="post-{first}"') < page.index(f'id="post-{replies[10].post.pk}"')
    assert f'id="post-{replies[1].post.pk}"' not in page


def test_a_withdrawn_post_is_shown_as_such_in_its_place(old_world: World) -> None:
    post = publish_post(old_world.seat("kato", PRO), a_draft("まちがい")).post.pk
    withdraw_post(old_world.seat("kato", PRO), post)

    page = Reader(old_world, "sato").page(f"?at={post}")

    assert threads_on(page)[0] == post
    assert "取り消されました" in page
    assert "まちがい" not in page


@pytest.mark.control("8.3")
def test_no_page_opens_at_a_post_of_another_side(world: World) -> None:
    staff = publish_post(world.seat("kato", PRO), a_draft()).post.pk
    family = Reader(world, "mori", PAT)

    answers = [family.client.get(f"{family.base}?at={one}") for one in (staff, uuid7())]

    assert [one.status_code for one in answers] == [404, 404]
    viewed = LoggedFact.objects.filter(kind="timeline.TimelineViewed")
    assert not viewed.filter(actor_id=world.people["mori"].pk).exists()


def test_what_is_no_post_or_number_counts_as_not_said(world: World) -> None:
    post = publish_post(world.seat("kato", PRO), a_draft()).post.pk
    reader = Reader(world, "sato")

    for asked in ("?at=x", "?at=%00", "?since=-1", "?since=x", f"?since={2**62}0"):
        assert threads_on(reader.page(asked)) == [post]
