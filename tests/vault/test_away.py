"""The key service is away: who runs it reads so at once, people what is safe; nothing is lost."""

import time
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from carestation.groups.choices import Side
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.posts import publish_post
from carestation.timeline.models import Post
from carestation.vault import transit
from carestation.vault.roots import root
from carestation.vault.scopes import forget_all
from tests.accounts.signing_in import sign_in_client
from tests.vault.key_service import KeyService, forget_answers, forget_waits
from tests.world import World, a_draft, settle

PRO = Side.PROFESSIONAL
SAFE = "何も失われていません"


@pytest.fixture(autouse=True)
def kept_there(believed: KeyService, settings: Settings, tmp_path: Path) -> None:
    settings.KEY_URL, settings.BLOB_URL = believed.url, f"file://{tmp_path}"
    if not root().is_there():
        root().make()


@pytest.fixture
def world(kept_there: None, db: None) -> World:
    return settle()


def signed_in(world: World) -> Client:
    client = Client(raise_request_exception=False)
    sign_in_client(client, world.people["kato"])
    return client


def timeline(world: World) -> str:
    return reverse("timeline:timeline", args=[world.group.pk, PRO])


def test_readiness_says_that_the_service_is_away_in_bounded_time_and_when_it_is_back(
    service: KeyService, db: None
) -> None:
    client, elsewhere = Client(), {"X-Forwarded-For": "203.0.113.7"}
    assert client.get("/ready").content == b"ready\n"

    with service.stopped():
        forget_waits()
        began = time.monotonic()
        # What was opened can be served, so nobody takes this process out.
        kept = client.get("/ready")
        forget_answers()
        asked = [client.get("/ready") for _ in range(5)]
        took = time.monotonic() - began
        from_outside = client.get("/ready", headers=elsewhere)
    forget_waits()

    assert kept.status_code == 200
    assert kept.content.startswith(b"ready, but The key service is away")
    assert b"for 5 minutes at most" in kept.content
    assert {one.status_code for one in asked} == {503}
    assert b"The key service is away" in asked[0].content
    assert from_outside.content == b"not ready\n"
    # One of them waits for an answer, the others are told at once.
    assert took < 2 * transit.ANSWER_SECONDS
    assert client.get("/ready").status_code == 200
    assert client.get("/health").status_code == 200


def test_readiness_asks_the_service_every_few_seconds_at_most(
    service: KeyService, settings: Settings, tmp_path: Path, db: None
) -> None:
    assert Client().get("/ready").status_code == 200
    settings.KEY_TOKEN_FILE = tmp_path / "missing"

    assert Client().get("/ready").status_code == 200
    forget_waits()
    assert b"KEY_TOKEN_FILE cannot be read" in Client().get("/ready").content


@pytest.mark.control("8.24")
def test_what_was_opened_reads_on_and_the_rest_says_what_is_safe(
    world: World, service: KeyService
) -> None:
    publish_post(world.seat("kato", PRO), a_draft("朝の様子"))
    client = signed_in(world)
    assert "朝の様子" in client.get(timeline(world)).content.decode()

    with service.stopped():
        kept = client.get(timeline(world))
        forget_all()
        began = time.monotonic()
        page, again = client.get(timeline(world)), client.get(timeline(world))
        took = time.monotonic() - began
        said = client.get(f"/api/v1/groups/{world.group.pk}/professional/posts")
    forget_waits()

    assert "朝の様子" in kept.content.decode()
    assert (page.status_code, again.status_code) == (503, 503)
    assert SAFE in page.content.decode()
    assert page.headers["Retry-After"]
    assert took < 2 * transit.ANSWER_SECONDS
    assert (said.status_code, said.json()["reason"]) == (503, "keys_away")
    assert "朝の様子" in client.get(timeline(world)).content.decode()


@pytest.mark.control("8.24")
def test_what_is_sent_meanwhile_is_refused_whole_and_taken_when_it_is_back(
    world: World, service: KeyService
) -> None:
    client, url = signed_in(world), reverse("timeline:publish", args=[world.group.pk, PRO])
    draft = {"body": "夕方の様子", "draft_id": str(uuid7())}

    with service.stopped():
        forget_all()
        refused = client.post(url, draft, headers={"HX-Request": "true"})
    forget_waits()

    assert refused.status_code == 503
    assert SAFE in refused.content.decode()
    assert not Post.objects.exists()
    assert client.post(url, draft).status_code == 302
    assert "夕方の様子" in client.get(timeline(world)).content.decode()


@pytest.mark.control("8.24")
def test_what_a_page_cannot_put_aside_is_told_as_all_else_and_asked_again(
    world: World, service: KeyService
) -> None:
    client, search = signed_in(world), reverse("search:search")

    with service.stopped():
        forget_all()
        told = client.post(search, {"words": "むくみ"})
    forget_waits()

    # The view has done its part by then: what it put aside is sealed when it is over.
    assert told.status_code == 503
    assert SAFE in told.content.decode()
    assert told.headers["Retry-After"]
    assert client.get(client.post(search, {"words": "むくみ"})["Location"]).status_code == 200
