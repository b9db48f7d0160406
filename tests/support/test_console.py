"""The console's pages: what stands there, and what never does."""

from datetime import timedelta
from typing import Final

import pytest
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from carestation.accounts.choices import Proof
from carestation.facilities.choices import FacilityKind
from carestation.facilities.commands.places import open_facility
from carestation.facilities.models.facilities import Facility
from carestation.groups.choices import Side
from carestation.kernel.doors import Door, entrances
from carestation.support.models import Outage
from carestation.timeline.commands.posts import publish_post
from config.urls import urlpatterns
from tests.accounts.operating import an_operator
from tests.accounts.signing_in import sign_in_client
from tests.facilities.people import a_manager
from tests.facilities.test_applications import found, token_of
from tests.world import FACE_SHEET, NAMES, World, a_draft

CANARY: Final = "カナリア投稿kanaria5y"
CONSOLE: Final = [one for one in entrances(urlpatterns) if one.door is Door.CONSOLE]


@pytest.fixture
def oka(world: World) -> Client:
    client = Client()
    sign_in_client(client, an_operator(), proof=Proof.PASSKEY)
    telling = {"title": "写真が開けません", "began_at": "2026-01-05T08:30"}
    client.post(reverse("support:outages"), telling)
    return client


def paths(facility: Facility) -> list[str]:
    outage_id = Outage.objects.get().pk
    known = {"facility_id": facility.pk, "ruling": "freeze", "outage_id": outage_id}
    return [
        reverse(
            one.name, kwargs={name: known[name] for name in known if f":{name}>" in one.pattern}
        )
        for one in CONSOLE
    ]


def is_page(answer: HttpResponseBase) -> bool:
    return answer["Content-Type"].startswith("text/html")


@pytest.mark.control("8.2")
def test_no_page_of_the_console_shows_a_post_a_patient_or_who_works_or_sits_where(
    world: World, oka: Client
) -> None:
    a_manager(world)
    publish_post(world.seat("kato", Side.PROFESSIONAL), a_draft(CANARY))
    publish_post(world.seat("mori", Side.PATIENT), a_draft(CANARY))
    words = [CANARY, "佐伯", "千代", FACE_SHEET.kana, "退院調整チーム"]
    words += [name for pair in NAMES.values() for name in pair]

    pages = {path: oka.get(path) for path in paths(world.facility)}
    read = [one.text for one in pages.values() if is_page(one)]

    assert len(read) == len(pages) - 1, "but the record of operators as a file"
    assert len(pages) == len(CONSOLE) >= 4
    assert all(page.status_code == 200 for page in pages.values())
    assert all("患者の投稿・氏名は、この画面から見られません" in one for one in read)
    assert {
        (path, word) for path, one in pages.items() for word in words if word in one.text
    } == set()


@pytest.mark.control("8.2")
def test_every_page_of_the_console_is_dressed_apart(world: World, oka: Client) -> None:
    answers = [oka.get(path) for path in paths(world.facility)]
    pages = [one.text for one in answers if is_page(one)]

    assert all('data-side="ops"' in page for page in pages)
    assert all(one.pattern.startswith("console/") for one in CONSOLE)
    assert 'href="/console/"' in oka.get("/").text


@pytest.mark.control("5.18")
def test_who_waits_comes_first_and_the_list_is_sifted(world: World, oka: Client) -> None:
    found(token_of())
    waiting = Facility.objects.get(name="夕やけ診療所")
    open_facility(
        world.actor("kato"),
        name="雨つぶ循環器クリニック",
        kana="あまつぶじゅんかんきくりにっく",
        kind=FacilityKind.CLINIC,
    )

    page, waits, named, read, nothing = (
        oka.get("/console/", asked).text
        for asked in (
            {},
            {"state": "waiting"},
            {"words": "雨ツブ"},
            {"words": "ｱﾏﾂﾌﾞ じゅんかんき"},
            {"words": "どこにもない"},
        )
    )

    assert page.index("夕やけ診療所") < page.index("雨つぶ循環器クリニック") < page.index("月見坂")
    assert "3施設（承認待ち 1・凍結中 0）" in page
    assert ("夕やけ診療所" in waits, "雨つぶ" in waits) == (True, False)
    assert ("雨つぶ循環器" in named, "夕やけ診療所" in named) == (True, False)
    assert ("あまつぶじゅんかんき" in read, "夕やけ診療所" in read) == (True, False)
    assert "あてはまる施設はありません。" in nothing
    assert "03-0000-0000" in oka.get(reverse("groups:facility", args=[waiting.pk])).text


@pytest.mark.control("5.18")
def test_a_waiting_facility_is_approved_without_a_reason_and_refused_with_one(
    oka: Client,
) -> None:
    found(token_of())
    facility = Facility.objects.get(name="夕やけ診療所")
    refuse, approve = (
        reverse("groups:rule_facility", args=[facility.pk, ruling])
        for ruling in ("refuse", "approve")
    )

    bare = oka.post(refuse)
    refused = oka.post(refuse, {"reason": "所在地を確かめられないため"})
    approved = oka.post(approve)
    again = oka.get(approve).text

    assert [bare.status_code, refused.status_code, approved.status_code] == [422, 302, 302]
    facility.refresh_from_db()
    assert facility.approved_at is not None
    assert "いまはそう決められません" in again


def test_the_list_asks_no_more_of_more_facilities(world: World, oka: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert oka.get("/console/").status_code == 200
        return len(queries)

    few = asked()
    for number in range(10):
        open_facility(world.actor("kato"), name=f"家{number}", kind=FacilityKind.CLINIC)

    assert asked() == few


def test_the_operators_are_named_to_each_other(oka: Client) -> None:
    page = oka.get("/console/operators/").text

    assert "運営 さくら" in page
    assert "担当者がひとりだけです" in page
    assert "未設定：運営の画面に入れません" in page


@pytest.mark.control("8.2")
def test_an_operator_signs_the_list_that_they_looked_at(oka: Client) -> None:
    page = "/console/operators/review/"
    shown = oka.get(page).text
    mark = shown.partition('name="mark" value="')[2].partition('"')[0]
    assert "一覧の確認の時期です" in oka.get("/console/operators/").text

    unread = oka.post(page, {"mark": mark})
    another = oka.post(page, {"mark": "another", "is_right": "on"})
    signed = oka.post(page, {"mark": mark, "is_right": "on"})

    assert (unread.status_code, another.status_code, signed.status_code) == (422, 422, 302)
    assert "見ているあいだに一覧が変わりました" in another.text
    after = oka.get("/console/operators/").text
    assert "前回：運営 さくら さんが 1人 の一覧を確認しました" in after
    assert "一覧の確認の時期です" not in after


def test_however_many_facilities_there_are_the_oldest_is_found(world: World, oka: Client) -> None:
    later = world.facility.created_at + timedelta(days=1)
    names = (f"増えた事業所{number}" for number in range(1_000))
    kind = FacilityKind.CLINIC
    Facility.objects.bulk_create(
        [Facility(name=one, kind=kind, created_at=later, approved_at=later) for one in names]
    )

    every = oka.get(reverse("support:console")).text
    found = oka.get(reverse("support:console"), {"words": world.facility.name}).text

    assert "1001施設" in every
    assert str(world.facility.pk) in found
