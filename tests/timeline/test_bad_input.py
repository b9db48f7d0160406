"""What is typed wrong is answered clearly, never with 500, and is still in the form."""

from http import HTTPStatus
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from carestation.groups.choices import Side
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.posts import publish_post
from carestation.timeline.models import Post
from tests.accounts.signing_in import sign_in_client
from tests.world import World, a_draft

PRO = Side.PROFESSIONAL
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def kato(world: World) -> Client:
    client = Client(raise_request_exception=False)
    sign_in_client(client, world.people["kato"])
    return client


def send(world: World, client: Client, **said: object) -> tuple[int, str]:
    url = reverse("timeline:publish", args=[world.group.pk, PRO])
    answer = client.post(url, {"draft_id": str(uuid7())} | said)
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "本文を書くか、写真や書類を付けてください。"),
        (" \n\u3000", "本文を書くか、写真や書類を付けてください。"),
        ("あ" * 20_000, "1万字まで"),
        ("a\x00b", "使えない文字"),
        ("a\x07b", "使えない文字"),
    ],
    ids=["empty", "blank", "long", "nul", "bell"],
)
def test_a_body_that_cannot_be_kept_is_refused_and_stays(
    world: World, kato: Client, body: str, said: str
) -> None:
    status, page = send(world, kato, body=body)

    assert status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said in page
    assert body.strip(" \n\u3000\x00") in page or "\x00" in body
    assert not Post.objects.exists()


def test_signs_that_turn_the_direction_do_not_reach_the_page(world: World, kato: Client) -> None:
    send(world, kato, body="写真\u202egpj.exe\u2066")

    page = kato.get(reverse("timeline:timeline", args=[world.group.pk, PRO])).content.decode()

    assert "写真gpj.exe" in page
    assert "\u202e" not in page


def test_markup_is_shown_as_it_was_typed(world: World, kato: Client) -> None:
    send(world, kato, body="<script>alert(1)</script><b>{{ 7*7 }}")

    page = kato.get(reverse("timeline:timeline", args=[world.group.pk, PRO])).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;{{ 7*7 }}" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "said",
    [
        {"draft_id": "x"},
        {"draft_id": ""},
        {"manner": "shout"},
        {"mentions": ["x"]},
        {"mentions": ["0192f5c0-0000-7000-8000-000000000001"]},
        {"attachments": ["0192f5c0-0000-7000-8000-000000000002"]},
        {"parent_id": "x"},
        {"parent_id": "0192f5c0-0000-7000-8000-000000000000"},
    ],
    ids=lambda said: next(iter(said)),
)
def test_wrong_types_and_foreign_ids_are_refused(
    world: World, kato: Client, said: dict[str, object]
) -> None:
    status, _ = send(world, kato, **({"body": "お変わりありません。"} | said))

    assert status in {HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_FOUND}
    assert not Post.objects.exists()


def test_a_reply_to_the_other_side_is_not_found(world: World, kato: Client) -> None:
    there = publish_post(world.seat("kato", Side.PATIENT), a_draft()).post

    status, _ = send(world, kato, body="x", parent_id=str(there.pk))

    assert status == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("timeline:publish", b"body=%ff%fe&draft_id=%00"),
        ("timeline:publish", b"\xff\xfe\x00"),
        ("timeline:publish", urlencode([("a", "b")] * 2000).encode()),
        ("timeline:read", b"number=-1"),
        ("timeline:read", b"number=99999999999999999999999"),
        ("timeline:read", b"number=x"),
        ("patients:invite", b"email=%00&role=boss"),
        ("patients:consents", b"given_on=9999-99-99&scope=%00&form=x"),
        ("patients:edit_face_sheet", b"name=%ff&birth_date=9999-99-99&sex=x&version=x"),
    ],
)
def test_broken_bytes_never_break_the_server(
    world: World, kato: Client, name: str, raw: bytes
) -> None:
    url = reverse(name, args=[world.group.pk, PRO])

    answer = kato.post(url, raw, content_type=FORM)

    assert HTTPStatus.BAD_REQUEST <= answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR


@pytest.mark.parametrize(
    "query", ["before=x", "before=-1", "before=%00", "sent=%ff", "a=" + "b" * 9000]
)
def test_a_question_that_makes_no_sense_shows_the_page(
    world: World, kato: Client, query: str
) -> None:
    url = reverse("timeline:timeline", args=[world.group.pk, PRO])

    assert kato.get(f"{url}?{query}").status_code == HTTPStatus.OK
