"""What the family will read is looked at once more."""

import re
from html import unescape
from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from carestation.accounts.choices import Proof
from carestation.groups.choices import Side
from carestation.kernel.ids import uuid7
from carestation.timeline.models import Attachment
from tests.accounts.signing_in import sign_in_client
from tests.matrix.requests import a_picture
from tests.world import World

QUESTION = "このままでよいですか"


def confirmation(world: World, name: str, body: str) -> str:
    client = Client()
    sign_in_client(client, world.people[name])
    url = reverse("timeline:publish", args=[world.group.pk, Side.PATIENT])
    return unescape(client.post(url, {"draft_id": uuid7(), "body": body}).content.decode())


def test_the_note_at_the_familys_side_counts_whom_it_names(world: World) -> None:
    client = Client()
    sign_in_client(client, world.people["kato"])

    page = client.get(reverse("timeline:timeline", args=[world.group.pk, Side.PATIENT])).text

    assert "ご本人・ご家族も読みます（1人）" in page


def test_a_word_of_professionals_is_underlined_before_the_family_reads_it(world: World) -> None:
    page = confirmation(world, "kato", "予後のことは\n看取りの先生から")

    assert QUESTION in page
    assert "：予後、看取り" in page
    assert '<mark class="doubt">予後</mark>のことは<br>' in page


@pytest.mark.parametrize(
    ("name", "body"), [("kato", "夕食をよく召し上がりました"), ("mori", "予後を教えてください")]
)
def test_nothing_is_asked_about_plain_words_or_of_the_family(
    world: World, name: str, body: str
) -> None:
    page = confirmation(world, name, body)

    assert body in page
    assert QUESTION not in page
    assert "<mark" not in page


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"body": " \n\u3000"}, "本文を書くか、写真や書類を付けてください。"),
        ({"body": "はい", "mentions": uuid7()}, "もうメンバーでない方がいます。"),
    ],
    ids=["empty", "gone"],
)
def test_what_cannot_be_sent_is_said_before_it_is_confirmed(
    world: World, said: dict[str, object], told: str
) -> None:
    client = Client()
    sign_in_client(client, world.people["kato"])
    url = reverse("timeline:publish", args=[world.group.pk, Side.PATIENT])

    answer = client.post(url, {"draft_id": uuid7()} | said)

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = unescape(answer.content.decode())
    assert told in page
    assert "ご家族へ送る…" in page
    assert str(said["body"]).strip() in page


def test_the_confirmation_says_whom_it_is_about(world: World) -> None:
    page = confirmation(world, "kato", "夕食をよく召し上がりました")

    assert "佐伯 千代</bdi> 様</strong>（" in page
    assert "歳・女性）" in page


def test_other_words_under_a_draft_that_was_sent_stay_and_are_another_post(
    world: World, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = Client()
    sign_in_client(client, world.people["kato"])
    url = reverse("timeline:publish", args=[world.group.pk, Side.PROFESSIONAL])
    sent = {"draft_id": str(uuid7()), "body": "体温 36.9"}
    client.post(url, sent)

    with django_capture_on_commit_callbacks() as pushes:
        again = client.post(url, sent | {"body": "体温 38.9"})

    # Who wrote the post may have been killed before open pages were told.
    assert len(pushes) == 1
    page = unescape(again.text)
    [draft_id] = re.findall(r'name="draft_id" value="([^"]+)"', page)
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "もう投稿されています" in page
    assert "\n体温 38.9</textarea>" in page
    assert client.post(url, {"draft_id": draft_id, "body": "体温 38.9"}).status_code == 302
    shown = client.get(reverse("timeline:timeline", args=[world.group.pk, Side.PROFESSIONAL])).text
    assert ("体温 36.9" in shown, "体温 38.9" in shown) == (True, True)


@pytest.mark.control("8.3")
def test_no_file_is_taken_in_from_who_does_not_sit_there(world: World) -> None:
    client = Client()
    sign_in_client(client, world.people["mori"], proof=Proof.PASSWORD)
    url = reverse("timeline:publish", args=[world.group.pk, Side.PROFESSIONAL])
    photo = SimpleUploadedFile("a.png", a_picture())

    answer = client.post(url, {"draft_id": uuid7(), "body": "写真です。", "files": photo})

    assert (answer.status_code, Attachment.objects.count()) == (HTTPStatus.NOT_FOUND, 0)
