"""A facility's export carries the record of its acts, and what verifies it."""

import csv
import io
import json
from pathlib import Path
from uuid import UUID

import pytest

from carestation.audit import verifier
from carestation.audit.queries.extracts import access_log_of, table_of
from carestation.exports.choices import Extent
from carestation.groups.choices import Side
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.posts import publish_post
from tests.audit.sealed import change, seal_and_sign, undone
from tests.exports.people import opened, written
from tests.facilities.people import a_manager
from tests.world import World, a_draft

NAMES = {
    "facts.jsonl",
    "checkpoints.txt",
    "key.txt",
    "verify.py",
    "record.csv",
    "record.jsonl",
    "access-log.csv",
    "audit-events.json",
}


def record_of(found: dict[str, str]) -> dict[str, str]:
    head = "record/"
    return {name.removeprefix(head): text for name, text in found.items() if name.startswith(head)}


@pytest.mark.control("8.15")
def test_the_record_in_an_export_is_verified_apart_and_read_by_people_and_programs(
    committed_world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = a_manager(committed_world)
    publish_post(committed_world.seat("sato", Side.PROFESSIONAL), a_draft("むくみ"))
    seal_and_sign()
    record = record_of(opened(written(desk, tmp_path)))
    folder = tmp_path / "record"
    folder.mkdir()
    for name, text in record.items():
        (folder / name).write_text(text, encoding="utf-8")

    verified = verifier.main([str(folder)])

    said = capsys.readouterr().out
    assert verified == 0, said
    assert set(record) == NAMES
    facts = [json.loads(line) for line in record["facts.jsonl"].splitlines()]
    assert f"OK: {len(facts)} facts" in said
    head, *rows = csv.reader(io.StringIO(record["record.csv"].removeprefix("\ufeff")))
    assert record["record.csv"].startswith("\ufeff日時,だれが,何を")
    assert len(rows) >= len(facts)
    posted = [dict(zip(head, row, strict=True)) for row in rows if row[2] == "投稿した"]
    assert [(one["だれが"], one["側"]) for one in posted] == [("佐藤 一郎", "医療・介護")]
    assert all(row[0].endswith("+09:00") for row in rows)
    events = [one["resource"] for one in json.loads(record["audit-events.json"])["entry"]]
    assert len(events) == len(rows) == len(record["record.jsonl"].splitlines())
    seen = [one for one in events if one["subtype"][1]["code"] == "timeline.PostPublished"]
    assert seen[0]["meta"]["profile"][0].endswith("IHE.BasicAudit.PatientCreate")
    assert all("むくみ" not in text for text in record.values())


@pytest.mark.control("8.15")
def test_what_was_bent_goes_into_the_export_as_it_stands_and_is_named_there(
    committed_world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = a_manager(committed_world)
    seal_and_sign()
    with undone():
        change("DELETE FROM factlog_loggedfact WHERE kind = 'groups.GroupOpened'")
        record = record_of(opened(written(desk, tmp_path)))
    for name, text in record.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    assert verifier.main([str(tmp_path)]) == 1
    assert "this fact was taken away" in capsys.readouterr().out


def test_who_writes_out_their_own_groups_gets_no_record(world: World, tmp_path: Path) -> None:
    desk = a_manager(world)

    assert record_of(opened(written(desk, tmp_path, Extent.OWN))) == {}


def a_line(**more: object) -> dict[str, object]:
    ids = ("actor_id", "facility_id", "group_id", "patient_id", "object_id", "request_id")
    said = {"id": 7, "at": "2026-11-28T12:00:00.123456+09:00", "kind": "timeline.PostPublished"}
    said |= {"is_time_doubted": False}
    return {name: str(uuid7()) for name in ids} | said | {"detail": {}} | more


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＠1"])
def test_no_cell_is_read_as_a_formula(name: str) -> None:
    line = a_line()
    names = {UUID(str(line["actor_id"])): name}

    for told in (table_of([line], names), access_log_of([line], names)):
        _, row = told

        assert next(csv.reader(io.StringIO(row.decode(), newline="")))[1] == f"'{name}"
