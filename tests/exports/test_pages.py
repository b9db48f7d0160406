"""The page at the desk: asking, what is kept after an error, fetching, and who sees what."""

from typing import Final

import pytest
from django.test import Client
from django.urls import reverse

from carestation.exports.choices import Extent
from carestation.exports.models import Export
from carestation.facilities.choices import Allowed, Right
from carestation.facilities.commands.policies import change_policy
from carestation.facilities.rules import Rules
from carestation.factlog.models import LoggedFact
from tests.accounts.signing_in import sign_in_client
from tests.exports.people import PHRASE, a_made, asked
from tests.facilities.people import a_holder, a_manager, desk_of
from tests.world import World

TYPED: Final = {
    "extent": "facility",
    "reason": "夏の点検の前の控え",
    "pass_phrase": PHRASE,
    "again": PHRASE,
}


def a_client(world: World, name: str) -> Client:
    client = Client()
    sign_in_client(client, world.people[name])
    return client


def page_of(world: World) -> str:
    return reverse("exports:exports", args=[world.facility.pk])


def test_a_manager_asks_and_sees_that_it_is_being_made(world: World) -> None:
    a_manager(world)
    client = a_client(world, "abe")

    answer = client.post(page_of(world), TYPED, follow=True)

    page = answer.content.decode()
    assert answer.redirect_chain == [(page_of(world), 302)]
    for words in ("作成中", "施設のすべて", "夏の点検の前の控え", "阿部 誠"):
        assert words in page
    assert PHRASE not in page
    assert LoggedFact.objects.filter(kind="exports.ExportsListed").count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"again": PHRASE + "x"}, "合言葉が同じではありません"),
        ({"pass_phrase": "みじかい", "again": "みじかい"}, "半角の英字・数字・記号だけ"),
        ({"pass_phrase": "short", "again": "short"}, "合言葉が弱すぎます"),
        ({"reason": "\u200b"}, "理由を書いてください"),
        ({"extent": "all"}, "正しく選択してください"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_kept(
    world: World, wrong: dict[str, str], words: str
) -> None:
    a_manager(world)

    answer = a_client(world, "abe").post(page_of(world), TYPED | wrong)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert ("夏の点検の前の控え" in page) == ("reason" not in wrong)
    assert PHRASE not in page
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    ("stands", "words"), [("running", "書き出しています"), ("ready", "受け取れます")]
)
def test_who_asked_is_led_past_the_form_to_their_own(world: World, stands: str, words: str) -> None:
    desk = a_manager(world)
    own = a_made(world) if stands == "ready" else asked(desk)
    a_holder(world, desk, "sato", Right.EXPORT)

    pages = [a_client(world, name).get(page_of(world)).text for name in ("abe", "sato")]

    way = f'todo" href="#x-{own.pk}"'
    assert [page.count(way) for page in pages] == [1, 0]
    assert pages[0].index(way) < pages[0].index("<form")
    assert words in pages[0]


def test_a_second_wish_waits_for_the_first(world: World) -> None:
    asked(a_manager(world))

    answer = a_client(world, "abe").post(page_of(world), TYPED)

    assert answer.status_code == 422
    assert "まだ作成しています" in answer.content.decode()


@pytest.mark.control("8.13")
def test_who_asked_fetches_it_whole_or_in_parts(world: World) -> None:
    a_manager(world)
    export = a_made(world, "abe")
    client = a_client(world, "abe")
    path = reverse("exports:fetch", args=[world.facility.pk, export.pk])

    whole = client.get(path)
    part = client.get(path, headers={"Range": "bytes=10-19"})

    data = whole.getvalue()
    assert whole["Content-Type"] == "application/zip"
    assert whole["Content-Disposition"].startswith('attachment; filename="carestation-')
    assert whole["Cache-Control"] == "no-store"
    assert len(data) == export.size_bytes
    assert part.status_code == 206
    assert part.getvalue() == data[10:20]
    assert LoggedFact.objects.filter(kind="exports.ExportFetched").count() == 2
    page = client.get(page_of(world)).content.decode()
    assert path in page
    assert bytes(export.sha256 or b"").hex() in page


@pytest.mark.control("8.2")
def test_another_with_the_same_right_sees_it_and_gets_no_way_to_it(world: World) -> None:
    abe = a_manager(world)
    export = a_made(world, "abe")
    a_holder(world, abe, "sato", Right.EXPORT)
    client = a_client(world, "sato")

    page = client.get(page_of(world)).content.decode()

    assert "受け取れるのは、書き出した人だけです。" in page
    assert str(export.pk) in page
    for name in ("fetch", "remove"):
        path = reverse(f"exports:{name}", args=[world.facility.pk, export.pk])
        assert path not in page
        method = client.get if name == "fetch" else client.post
        assert method(path).status_code == 404


def test_the_archive_is_removed_with_one_press(world: World) -> None:
    a_manager(world)
    export = a_made(world, "abe")
    client = a_client(world, "abe")

    client.post(reverse("exports:remove", args=[world.facility.pk, export.pk]))

    page = client.get(page_of(world)).content.decode()
    assert "書き出した人が消したため" in page
    fetch = reverse("exports:fetch", args=[world.facility.pk, export.pk])
    assert client.get(fetch).status_code == 404


def test_a_member_is_offered_their_own_groups_where_the_rule_says_so(world: World) -> None:
    change_policy(a_manager(world), Rules(may_export=Allowed.EVERYONE), version=0)
    client = a_client(world, "sato")

    page = client.get(page_of(world)).content.decode()
    refused = client.post(page_of(world), TYPED)
    taken = client.post(page_of(world), TYPED | {"extent": "own"})

    assert Extent.OWN.label in page
    assert Extent.FACILITY.label not in page
    assert refused.status_code == 422
    assert taken.status_code == 302
    assert desk_of(world, "sato").rights & {Right.EXPORT, Right.EXPORT_OWN} == {Right.EXPORT_OWN}


def test_whoever_has_the_right_finds_the_page_in_the_menu(world: World) -> None:
    abe = a_manager(world)
    a_holder(world, abe, "sato", Right.SIGN_REVIEW)
    review = reverse("facilities:review", args=[world.facility.pk])

    assert page_of(world) in a_client(world, "abe").get(review).content.decode()
    assert page_of(world) not in a_client(world, "sato").get(review).content.decode()
