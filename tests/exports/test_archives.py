"""What an archive holds: all that the facility may see, and nothing of what it may not."""

import json
import subprocess
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from carestation.exports.choices import Extent
from carestation.exports.queries.left_out import LEFT_OUT
from carestation.exports.queries.tables import TABLES
from carestation.exports.reader.archive import Archive
from carestation.exports.reader.program import extract
from carestation.facilities.choices import Allowed, FacilityKind, Profession, Right, StaffRole
from carestation.facilities.commands.places import open_facility
from carestation.facilities.commands.policies import change_policy
from carestation.facilities.commands.staff import begin_staff, pause_staff
from carestation.facilities.queries.desks import take_desk
from carestation.facilities.rules import Rules
from carestation.groups.choices import Kind, Role, Side
from carestation.groups.commands.groups import open_group
from carestation.groups.commands.talks import open_talk
from carestation.groups.queries.seats import take_seat
from carestation.groups.rules import Newcomer
from carestation.kernel.acting import Work, acting_as
from carestation.patients.models import Patient
from carestation.timeline.commands.posts import publish_post
from carestation.timeline.models import Post
from carestation.vault.register import SEALED
from tests.conftest import act_as
from tests.exports.people import (
    PHRASE,
    PRO,
    a_busy_facility,
    a_busy_group,
    opened,
    written,
)
from tests.facilities.people import a_manager
from tests.groups.people import DAUGHTER
from tests.groups.test_talks import a_newcomer
from tests.patients.emergencies import an_emergency
from tests.world import FACE_SHEET, World, a_draft


def rows(found: dict[str, str], name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in found[f"data/{name}.jsonl"].splitlines()]


@pytest.mark.control("8.13")
def test_an_export_holds_all_that_the_facilitys_people_see(world: World, tmp_path: Path) -> None:
    desk, ids = a_manager(world), a_busy_group(world)

    found = opened(written(desk, tmp_path))

    posts = {one["id"]: one for one in rows(found, "posts")}
    assert posts[str(ids["first"])]["body"] == "血圧は150でした。"
    assert posts[str(ids["reply"])]["parent_id"] == str(ids["first"])
    assert posts[str(ids["family"])]["side"] == "patient"
    assert posts[str(ids["gone"])]["body"] is None
    assert [one["body"] for one in rows(found, "earlier_texts")] == ["朝に半錠"]
    assert [one["post_id"] for one in rows(found, "acknowledgements")] == [str(ids["first"])]
    assert [one["name"] for one in rows(found, "files")] == ["足の写真.jpg"]
    assert json.loads(str(rows(found, "patients")[0]["face_sheet"]))["name"] == FACE_SHEET.name
    assert {one["name"] for one in rows(found, "people")} >= {"加藤 恵子", "森 花子", "上田 静"}
    assert len(rows(found, "staff")) == 5
    assert any(one["kind"] == "timeline.PostPublished" for one in rows(found, "facts"))
    page = found[f"pages/{world.group.pk}-professional.html"]
    for words in ("血圧は150でした。", "朝と夕に半錠", "直す前の文", "佐伯 千代", "足の写真.jpg"):
        assert words in page
    assert "昨夜はよく眠れました。" in found[f"pages/{world.group.pk}-patient.html"]
    assert "取り消す言葉" not in "".join(found.values())
    assert '<a href="pages/' in found["index.html"]


def all_words(found: dict[str, str]) -> str:
    return "".join(found.values())


@pytest.mark.control("8.13")
def test_invitations_emergencies_and_rulings_are_in_it_with_their_words(
    world: World, tmp_path: Path
) -> None:
    desk = a_manager(world)
    typed = a_busy_facility(world, desk)

    found = opened(written(desk, tmp_path))

    lists = "".join(words for name, words in found.items() if name.startswith("data/"))
    assert [words for words in typed if words not in lists] == []
    assert [words for words in typed if words not in found["index.html"]] == []
    assert DAUGHTER not in all_words(found)
    (access,) = rows(found, "emergencies")
    assert access["reviewer_id"] == str(desk.actor.user_id)
    assert [one["ruling"] for one in rows(found, "rulings")] == ["freeze", "unfreeze"]
    change_policy(desk, Rules(may_export=Allowed.EVERYONE), version=0)
    kato = take_desk(world.actor("kato"), world.facility.pk, Right.EXPORT_OWN)
    own = opened(written(kato, tmp_path, Extent.OWN))
    assert [words for words in typed[1:] if words in all_words(own)] == []


@pytest.mark.control("8.13")
def test_every_sealed_column_is_in_an_export_or_left_out_for_a_reason() -> None:
    written_out = {
        f"{table.model._meta.db_table}.{name}" for table in TABLES for name in table.sealed
    }
    sealed = {one.name.removesuffix("_sealed") for one in SEALED}

    assert written_out | set(LEFT_OUT) == sealed
    assert written_out.isdisjoint(LEFT_OUT)


@pytest.mark.control("8.3")
def test_a_group_where_none_of_its_people_sits_is_not_in_it(world: World, tmp_path: Path) -> None:
    desk = a_manager(world)
    other = open_facility(world.actor("ito"), name="星見台薬局", kind=FacilityKind.PHARMACY)
    place = begin_staff(
        world.actor("ito"),
        other.pk,
        world.people["ito"].pk,
        profession=Profession.PHARMACIST,
        role=StaffRole.MANAGER,
    )
    theirs = Newcomer(user_id=world.people["ito"].pk, role=Role.MANAGER, staff_id=place.pk)
    group = open_group(
        world.actor("ito"), Kind.FREE, theirs, facility_id=other.pk, name="薬局だけの話"
    )
    publish_post(take_seat(world.actor("ito"), group.pk, Side.ALL), a_draft("在庫の秘密"))

    found = opened(written(desk, tmp_path))

    assert str(world.elsewhere.pk) in found["data/groups.jsonl"]
    assert str(group.pk) not in all_words(found)
    assert "在庫の秘密" not in all_words(found)
    assert "星見台薬局" not in all_words(found)


@pytest.mark.control("8.3")
def test_the_wall_shows_a_facility_nothing_but_where_its_people_sit(world: World) -> None:
    other = open_facility(world.actor("ito"), name="星見台薬局", kind=FacilityKind.PHARMACY)
    publish_post(world.seat("kato", PRO), a_draft("血圧は150でした。"))
    talk = open_talk(world.actor("kato"), a_newcomer(world, "kato"), a_newcomer(world, "sato"))
    publish_post(take_seat(world.actor("kato"), talk.pk, Side.ALL), a_draft("ふたりだけの話"))
    act_as("")

    with acting_as(Work.EXPORT, of=world.facility.pk):
        own = list(Post.objects.values_list("group_id", flat=True))
    with acting_as(Work.EXPORT, of=other.pk):
        others = [Post.objects.count(), Patient.objects.count()]

    assert own == [world.group.pk]
    assert others == [0, 0]


@pytest.mark.control("8.3")
def test_a_talk_of_two_is_the_twos_own(world: World, tmp_path: Path) -> None:
    desk = a_manager(world)
    talk = open_talk(world.actor("kato"), a_newcomer(world, "kato"), a_newcomer(world, "sato"))
    publish_post(take_seat(world.actor("kato"), talk.pk, Side.ALL), a_draft("ふたりだけの話"))

    found = opened(written(desk, tmp_path))

    assert str(talk.pk) not in found["data/groups.jsonl"] + found["data/members.jsonl"]
    assert "ふたりだけの話" not in all_words(found)


@pytest.mark.control("8.3")
def test_with_the_seats_of_its_people_a_facility_loses_sight_of_a_group(
    world: World, tmp_path: Path
) -> None:
    desk = a_manager(world)
    a_busy_group(world)
    for name in ("sato", "kato"):
        pause_staff(desk, world.staff[name].pk)

    found = opened(written(desk, tmp_path))

    assert "血圧は150でした。" not in all_words(found)
    assert found["data/patients.jsonl"] == ""


@pytest.mark.control("8.3")
def test_an_hour_in_an_emergency_opens_no_group_to_an_export(world: World, tmp_path: Path) -> None:
    desk = a_manager(world)
    an_emergency(world, "ito")
    for name in ("sato", "kato"):
        pause_staff(desk, world.staff[name].pk)

    found = opened(written(desk, tmp_path))

    assert found["data/patients.jsonl"] == ""


@pytest.mark.control("8.3")
def test_who_may_write_out_their_own_groups_gets_those_and_no_more(
    world: World, tmp_path: Path
) -> None:
    change_policy(a_manager(world), Rules(may_export=Allowed.EVERYONE), version=0)
    a_busy_group(world)
    desk = take_desk(world.actor("ito"), world.facility.pk, Right.EXPORT_OWN)

    found = opened(written(desk, tmp_path, Extent.OWN))

    assert [one["id"] for one in rows(found, "groups")] == [str(world.elsewhere.pk)]
    assert "血圧は150でした。" not in all_words(found)
    assert found["data/facts.jsonl"] + found["data/rules.jsonl"] == ""
    assert [one["user_id"] for one in rows(found, "staff")] == [str(world.people["ito"].pk)]


def test_what_people_wrote_is_words_in_the_pages_and_never_markup(
    world: World, tmp_path: Path
) -> None:
    desk = a_manager(world)
    publish_post(world.seat("kato", PRO), a_draft("<script>alert(1)</script>"))

    page = opened(written(desk, tmp_path))[f"pages/{world.group.pk}-professional.html"]

    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_ordinary_tools_check_the_manifest(world: World, tmp_path: Path) -> None:
    desk = a_manager(world)
    a_busy_group(world)
    archive = Archive(written(desk, tmp_path), PHRASE)

    extract(archive, tmp_path / "out")

    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "MANIFEST.sha256"],  # noqa: S607 - of coreutils
        cwd=tmp_path / "out",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = (tmp_path / "out" / "MANIFEST.sha256").read_text().splitlines()
    assert len(lines) + 1 == len(archive.names())
    assert done.stdout.count(": OK") == len(lines)


def test_an_export_reads_no_more_often_the_more_is_written(
    world: World, tmp_path: Path, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    desk, seat = a_manager(world), world.seat("kato", PRO)
    for number in range(3):
        publish_post(seat, a_draft(f"{number}回目"))
    with CaptureQueriesContext(connection) as few:
        written(desk, tmp_path)
    for number in range(12):
        publish_post(seat, a_draft(f"{number}回目"))

    with django_assert_max_num_queries(len(few)):
        written(desk, tmp_path)
