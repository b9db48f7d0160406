"""The record of acts, taken away alone: as it was sifted, for people and for other programs."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from carestation.accounts.choices import Proof
from carestation.audit import verifier
from carestation.audit.choices import Deed
from carestation.audit.queries.record import Asked
from carestation.exports.choices import Extent
from carestation.exports.commands.exports import Wish, ask_export
from carestation.exports.models import Export
from carestation.exports.queries.sifting import asked_of, sifting_of
from carestation.facilities.choices import Right
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.support.choices import Measured
from carestation.support.commands.clocks import mind_clock
from carestation.support.commands.readings import keep_readings
from carestation.timeline.commands.looks import note_timeline_viewed
from carestation.timeline.commands.posts import publish_post
from carestation.ui.times import TOKYO, day_begins, local_date
from tests.accounts.signing_in import sign_in_client
from tests.audit.sealed import enter_all, seal_and_sign
from tests.exports.people import PHRASE, fetched, make_as_it_stands, opened, written
from tests.facilities.people import a_holder, a_manager
from tests.world import FACE_SHEET, World, a_draft

TYPED = {"reason": "保健所への報告", "pass_phrase": PHRASE, "again": PHRASE}


def page_of(world: World) -> str:
    return reverse("exports:record", args=[world.facility.pk])


def signed_in(world: World, name: str) -> Client:
    client = Client()
    sign_in_client(client, world.people[name], proof=Proof.TOTP)
    return client


def rows_of(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.control("8.15")
def test_the_whole_record_is_read_by_people_and_programs_and_verified_apart(
    committed_world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = a_manager(committed_world)
    sign_in_client(Client(), committed_world.people["sato"], proof=Proof.PASSWORD)
    publish_post(committed_world.seat("sato", Side.PROFESSIONAL), a_draft("むくみ"))
    seal_and_sign()

    found = opened(written(desk, tmp_path, Extent.RECORD, Asked()))

    folder = tmp_path / "record"
    folder.mkdir()
    for name, text in found.items():
        (folder / name).write_text(text, encoding="utf-8")
    assert verifier.main([str(folder)]) == 0, capsys.readouterr().out
    assert not [name for name in found if name.startswith("data/")]
    table, access = rows_of(found["record.csv"]), rows_of(found["access-log.csv"])
    assert list(access[0]) == ["ユーザーID", "氏名", "時刻", "カテゴリ", "操作情報"]
    posted = next(one for one in access if one["操作情報"].startswith("投稿した（対象 "))
    fact = LoggedFact.objects.get(kind="timeline.PostPublished")
    at = fact.at.astimezone(TOKYO)
    assert posted == {
        "ユーザーID": str(fact.actor_id),
        "氏名": "佐藤 一郎",
        "時刻": f"{at.year}/{at.month}/{at.day} {at.hour}:{at:%M:%S}",
        "カテゴリ": "書いた・直した",
        "操作情報": f"投稿した（対象 {fact.object_id}、グループ {fact.group_id}）",
    }
    assert "サインインした" in {one["何を"] for one in table}
    lines = [json.loads(line) for line in found["record.jsonl"].splitlines()]
    bundle = json.loads(found["audit-events.json"])
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")
    assert len(bundle["entry"]) == len(lines) == len(table) == len(access)
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    assert all("むくみ" not in text and FACE_SHEET.name not in text for text in found.values())


@pytest.mark.control("8.15")
def test_what_was_sifted_is_taken_away_and_nothing_else(world: World, tmp_path: Path) -> None:
    desk = a_manager(world)
    for name in ("kato", "sato"):
        publish_post(world.seat(name, Side.PROFESSIONAL), a_draft())
        note_timeline_viewed(world.seat(name, Side.PROFESSIONAL))
    enter_all()
    today = day_begins(local_date())
    sato = world.people["sato"].pk

    def told(asked: Asked) -> list[tuple[str, str]]:
        found = opened(written(desk, tmp_path, Extent.RECORD, asked))
        assert "facts.jsonl" not in found
        assert json.loads(found["export.json"])["sifted"] == sifting_of(asked)
        return [(one["だれが"], one["何を"]) for one in rows_of(found["record.csv"])]

    looks = told(Asked(person_id=sato, deed=Deed.LOOKED, group_id=world.group.pk))
    before = told(Asked(until=today))
    today_alone = told(Asked(since=today, until=today + timedelta(days=1), deed=Deed.LOOKED))

    assert looks == [("佐藤 一郎", "投稿の画面を見た")]
    assert before == []
    assert {who for who, _ in today_alone} == {"加藤 恵子", "佐藤 一郎"}
    assert {what for _, what in today_alone} == {"投稿の画面を見た"}


@pytest.mark.control("8.17")
def test_a_doubted_time_is_marked_in_what_is_taken_away(world: World, tmp_path: Path) -> None:
    desk = a_manager(world)
    publish_post(world.seat("sato", Side.PROFESSIONAL), a_draft())
    vouched = LoggedFact.objects.latest("pk").pk
    keep_readings("node-a", {Measured.UNSYNCHRONISED: 1.0})
    mind_clock(vouched)
    note_timeline_viewed(world.seat("kato", Side.PROFESSIONAL))
    enter_all()

    found = opened(written(desk, tmp_path, Extent.RECORD, Asked(group_id=world.group.pk)))

    looked = [one["何を"] == "投稿の画面を見た" for one in rows_of(found["record.csv"])]
    assert looked.count(True) == 1
    assert looked.count(False) > 1
    assert [one["時刻の確認"] == "未確認" for one in rows_of(found["record.csv"])] == looked
    assert ["時刻未確認" in one["操作情報"] for one in rows_of(found["access-log.csv"])] == looked
    lines = [json.loads(line) for line in found["record.jsonl"].splitlines()]
    assert [line["is_time_doubted"] for line in lines] == looked
    events = [one["resource"] for one in json.loads(found["audit-events.json"])["entry"]]
    assert ["tag" in one.get("meta", {}) for one in events] == looked


def test_from_the_page_of_the_record_it_is_asked_for_made_and_fetched(
    world: World, tmp_path: Path
) -> None:
    desk = a_manager(world)
    publish_post(world.seat("sato", Side.PROFESSIONAL), a_draft())
    enter_all()
    client, sato = signed_in(world, "abe"), str(world.people["sato"].pk)
    sieve = {"person": sato, "deed": "wrote", "since": f"{local_date()}"}

    record = client.get(reverse("audit:record", args=[world.facility.pk]), sieve).text
    form = client.get(page_of(world), sieve | {"group": str(world.group.pk)}).text
    answer = client.post(page_of(world), TYPED | sieve)

    export = Export.objects.get()
    make_as_it_stands(export)
    found = opened(fetched(desk, export.pk, tmp_path))
    assert f"{page_of(world)}?since={local_date()}" in record
    for words in (f'value="{sato}" selected', "選んだグループ", f'value="{local_date()}"'):
        assert words in form
    assert answer.status_code == 302
    assert (export.extent, export.pass_phrase_sealed is None) == ("record", False)
    assert export.sifted == sifting_of(asked_of(export.sifted or {}))
    assert {one["何を"] for one in rows_of(found["record.csv"])} >= {"投稿した"}
    kinds = LoggedFact.objects.filter(kind__startswith="exports.").order_by("id")
    assert list(kinds.values_list("kind", "detail__extent")) == [
        ("exports.ExportAsked", "record"),
        ("exports.ExportMade", None),
    ]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"since": "2026-11-28", "until": "2026-11-27"}, "おわりの日は、はじめの日より後に"),
        ({"person": "x"}, "正しく選択してください"),
        ({"reason": "\u200b"}, "理由を書いてください"),
        ({"again": "x"}, "合言葉が同じではありません"),
    ],
)
def test_what_makes_no_sense_is_said_and_what_was_typed_stays(
    world: World, typed: dict[str, str], words: str
) -> None:
    a_manager(world)

    answer = signed_in(world, "abe").post(page_of(world), TYPED | {"deed": "looked"} | typed)

    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="looked" selected' in answer.text
    assert PHRASE not in answer.text
    assert not Export.objects.exists()


def test_from_the_first_to_the_last_day_of_the_calendar_is_all_of_it(
    world: World, tmp_path: Path
) -> None:
    desk, ever = a_manager(world), {"since": "0001-01-01", "until": "9999-12-31"}
    enter_all()

    answer = signed_in(world, "abe").post(page_of(world), TYPED | ever)

    assert answer.status_code == 302
    export = Export.objects.get()
    make_as_it_stands(export)
    found = opened(fetched(desk, export.pk, tmp_path))
    assert "患者さんを登録した" in {one["何を"] for one in rows_of(found["record.csv"])}


def test_who_reads_the_record_may_not_for_that_take_it_away(world: World) -> None:
    abe = a_manager(world)
    a_holder(world, abe, "ito", Right.READ_RECORD)
    client = signed_in(world, "ito")

    assert client.get(reverse("audit:record", args=[world.facility.pk])).status_code == 200
    assert client.get(page_of(world)).status_code == 403
    assert client.post(page_of(world), TYPED).status_code == 403
    assert not Export.objects.exists()


def test_a_record_that_was_taken_away_is_no_copy_of_the_facility(world: World) -> None:
    desk = a_manager(world)
    wish = Wish(extent=Extent.RECORD, reason="点検", pass_phrase=PHRASE, asked=Asked())

    export = ask_export(desk, wish)

    assert not Export.objects.whole().exists()
    assert asked_of(export.sifted or {}) == Asked()
    assert export.asked_at <= timezone.now()
