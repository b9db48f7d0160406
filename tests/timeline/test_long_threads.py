"""A thread with very many replies shows the newest, and leads to those before."""

import re
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from carestation.groups.choices import Side
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.posts import Draft, publish_post
from carestation.timeline.queries import messages
from carestation.timeline.queries.messages import REPLIES_BESIDE, REPLIES_SIZE, thread
from tests.accounts.signing_in import sign_in_client
from tests.world import World, a_draft

PRO = Side.PROFESSIONAL


@pytest.fixture
def kato(world: World) -> Client:
    client = Client()
    sign_in_client(client, world.people["kato"])
    return client


def replied(world: World, count: int) -> tuple[UUID, list[UUID]]:
    """Publish a post with so many replies; return its id and theirs, the oldest first."""
    first = publish_post(world.seat("sato", PRO), a_draft()).post.pk
    drafts = [Draft(id=uuid7(), body=f"返信 {at}", parent_id=first) for at in range(count)]
    return first, [publish_post(world.seat("sato", PRO), draft).post.pk for draft in drafts]


def shown(page: str) -> list[UUID]:
    found = re.findall(r'<li id="post-([0-9a-f-]{36})"[^>]*data-parent=', page)
    return [UUID(one) for one in found]


def way(page: str, name: str) -> str | None:
    found = re.search(rf'id="{name}-[0-9a-f-]+"><a class="btn btn--quiet" href="([^"]*)"', page)
    return found[1] if found else None


def page_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_page_of_a_post_shows_the_newest_replies_and_leads_to_all_others(
    world: World, kato: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "REPLIES_SIZE", 3)
    post, replies = replied(world, 7)
    newest = reverse("timeline:post", args=[world.group.pk, PRO, post])

    pages, path = [], newest
    while path:
        pages.append(page_of(kato, path))
        path = way(pages[-1], "earlier") or ""

    assert [shown(page) for page in pages] == [replies[4:], replies[1:4], replies[:1]]
    assert all(f'<li id="post-{post}"' in page for page in pages)
    assert [way(page, "newer") for page in pages] == [None, newest, newest]


def test_a_thousand_replies_are_shown_at_once(world: World) -> None:
    post, replies = replied(world, REPLIES_SIZE + 2)

    found = thread(world.seat("kato", PRO), post)

    assert [one.id for one in found.message.replies] == replies[2:]
    assert found.earlier == found.message.replies[0].number
    before = thread(world.seat("kato", PRO), post, before=found.earlier)
    assert [one.id for one in before.message.replies] == replies[:2]
    assert before.earlier == 0


def test_a_timeline_leads_to_the_replies_that_it_leaves_out(world: World, kato: Client) -> None:
    post, replies = replied(world, REPLIES_BESIDE + 1)
    few, _ = replied(world, 1)

    page = page_of(kato, reverse("timeline:timeline", args=[world.group.pk, PRO]))

    assert shown(page)[1:] == replies[1:]
    assert way(page, "earlier") == reverse("timeline:post", args=[world.group.pk, PRO, post])
    assert f'id="earlier-{few}"' not in page


def test_programs_reach_every_reply_page_by_page(world: World, kato: Client) -> None:
    _, replies = replied(world, 7)
    found: list[str] = []
    more, before = True, ""

    while more:
        answer = kato.get(f"/api/v1/groups/{world.group.pk}/{PRO}/posts?limit=3{before}").json()
        found += [one["id"] for one in answer["posts"]]
        more, before = answer["more"], f"&before={answer['posts'][-1]['number']}"

    assert found[:-1] == [str(one) for one in reversed(replies)]
