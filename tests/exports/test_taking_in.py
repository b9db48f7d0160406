"""Written out, wiped, taken in: nothing differs, and people work on."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from carestation.accounts.models import User
from carestation.accounts.queries.people import find_by_email
from carestation.exports.choices import Extent
from carestation.exports.commands.taking_in import LONGEST_LINE_BYTES, take_in
from carestation.exports.queries.archives import MANIFEST
from carestation.exports.queries.reach import reach_of
from carestation.exports.queries.rows import hash_by_database
from carestation.exports.queries.rows import written as to_line
from carestation.exports.queries.tables import TABLES
from carestation.exports.reader.archive import Archive
from carestation.exports.reader.program import check
from carestation.facilities.choices import Letters
from carestation.facilities.commands.policies import change_policy
from carestation.facilities.models.facilities import Facility
from carestation.facilities.queries.policies import rules_of
from carestation.facilities.rules import Rules
from carestation.factlog.models import LoggedFact
from carestation.groups.models.groups import Group
from carestation.groups.queries.seats import take_seat
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, DomainError
from carestation.kernel.ids import uuid7
from carestation.patients.queries.alike import groups_alike, known_likeness
from carestation.patients.queries.emergencies import accesses_at
from carestation.patients.queries.face_sheets import take_face_sheet
from carestation.timeline.commands.posts import publish_post
from carestation.timeline.queries.files import bytes_of, take_file
from carestation.timeline.queries.messages import page_of_threads, versions_of
from carestation.vault.blobs import blobs
from carestation.vault.models import OPERATOR
from carestation.vault.scopes import forget_all
from config.cli import main
from config.exporting import require_room
from tests.accounts.test_races import at_once
from tests.exports.people import PHRASE, PRO, a_busy_facility, a_busy_group, written
from tests.facilities.people import a_manager, desk_of
from tests.patients.emergencies import REASON
from tests.world import FACE_SHEET, World, a_draft


def wiped() -> None:
    call_command("flush", interactive=False, verbosity=0)
    forget_all()
    assert not User.objects.exists()


def an_archive(path: Path) -> Archive:
    archive = Archive(path, PHRASE)
    check(archive)
    return archive


@pytest.mark.control("8.13")
def test_after_writing_out_wiping_and_taking_in_nothing_differs(
    committed_world: World, tmp_path: Path
) -> None:
    world, ids = committed_world, a_busy_group(committed_world)
    desk = a_manager(world)
    a_busy_facility(world, desk)
    archive = an_archive(written(desk, tmp_path))
    wiped()
    blobs().remove(ids["file"], "content")

    compared = take_in(archive)

    assert len(compared) > 35
    assert [one.name for one in compared if not one.is_same] == []
    assert [one.reason for one in accesses_at(desk_of(world, "abe"))] == [REASON]
    seat = take_seat(
        Actor(user_id=world.people["kato"].pk, request_id=uuid7()), world.group.pk, PRO
    )
    threads = {one.id: one for one in page_of_threads(seat).threads}
    assert threads[ids["first"]].body == "血圧は150でした。"
    assert threads[ids["first"]].replies[0].id == ids["reply"]
    assert threads[ids["gone"]].body == ""
    assert [one.body for one in versions_of(seat, ids["edited"])] == ["朝に半錠"]
    assert take_face_sheet(seat).face_sheet == FACE_SHEET
    file = take_file(seat.actor, ids["file"])
    assert b"".join(bytes_of(file, file.content, 0, 4)).startswith(b"\xff\xd8")
    likeness = known_likeness(seat.actor, world.facility.pk, FACE_SHEET)
    assert groups_alike(world.facility.pk, likeness or b"") == [world.group.pk]
    kinds = set(LoggedFact.objects.values_list("kind", flat=True))
    assert "exports.ExportTakenIn" in kinds
    assert "timeline.PostPublished" not in kinds
    post = publish_post(seat, a_draft("引っ越しました。")).post
    assert post.number == 6


def test_own_people_find_their_account_and_others_none(
    committed_world: World, tmp_path: Path
) -> None:
    archive = an_archive(written(a_manager(committed_world), tmp_path))
    wiped()

    take_in(archive)

    kato = find_by_email("kato@tsukimizaka.example")
    assert kato is not None
    assert not kato.has_usable_password()
    assert find_by_email("mori@tsukimizaka.example") is None
    assert User.objects.filter(pk=committed_world.people["mori"].pk).exists()


class Bent:
    """An archive in whose lists a word is another."""

    def __init__(self, archive: Archive, before: bytes, after: bytes) -> None:
        self._archive, self._before, self._after = archive, before, after

    def names(self) -> list[str]:
        return list(self._archive.names())

    def parts(self, name: str) -> Iterator[bytes]:
        for part in self._archive.parts(name):
            yield part.replace(self._before, self._after) if name.startswith("data/") else part

    def whole(self, name: str) -> bytes:
        return b"".join(self.parts(name))


@pytest.mark.control("8.13")
@pytest.mark.parametrize(
    ("before", "after"),
    [("血圧は150", "血圧は120"), ('"number":2', '"number":9'), ("佐伯 千代", "佐伯 千夜")],
)
def test_what_differs_in_one_place_is_not_taken_in(
    committed_world: World, tmp_path: Path, before: str, after: str
) -> None:
    a_busy_group(committed_world)
    archive = an_archive(written(a_manager(committed_world), tmp_path))
    wiped()

    with pytest.raises(DomainError, match="differs"):
        take_in(Bent(archive, before.encode(), after.encode()))

    assert not Group.objects.exists()
    assert not User.objects.exists()


NEWER: Final = ("kana", "phone", "checkpoint_letters", "changer_id")
LISTS_OF_BEFORE: Final = ("facility", "other_facilities", "rules", "patients")


class Earlier(Bent):
    """An archive as a version wrote it that knew neither readings nor how often letters go."""

    def __init__(self, archive: Archive, facility_id: UUID) -> None:
        super().__init__(archive, b"", b"")
        reach = reach_of(facility_id, OPERATOR, Extent.FACILITY)
        self._told = json.loads(archive.whole("export.json"))
        for table in TABLES:
            rows, hashed = hash_by_database(table.as_told_by(()), reach)
            self._told["lists"][table.name] = {"rows": rows, "database_hash": hashed}

    def parts(self, name: str) -> Iterator[bytes]:
        if name == "export.json":
            yield json.dumps(self._told).encode()
        elif name == MANIFEST:
            yield b"".join(map(self._line_of_manifest, self._archive.whole(name).splitlines()))
        elif name in {f"data/{one}.jsonl" for one in LISTS_OF_BEFORE}:
            for line in map(json.loads, self._archive.whole(name).splitlines()):
                yield to_line({key: said for key, said in line.items() if key not in NEWER})
        else:
            yield from self._archive.parts(name)

    def _line_of_manifest(self, line: bytes) -> bytes:
        path = line.decode().partition("  ")[2]
        return f"{sha256(self.whole(path)).hexdigest()}  {path}\n".encode()


@pytest.mark.control("8.13")
def test_a_copy_of_an_earlier_version_is_taken_in_and_what_came_since_is_as_usual(
    committed_world: World, tmp_path: Path
) -> None:
    desk = a_manager(committed_world)
    change_policy(desk, Rules(checkpoint_letters=Letters.DAILY, idle_minutes=5), version=0)
    archive = Earlier(an_archive(written(desk, tmp_path)), committed_world.facility.pk)
    wiped()

    compared = take_in(archive)

    assert [one.name for one in compared if not one.is_same] == []
    assert Facility.objects.get().kana == ""
    assert rules_of(committed_world.facility.pk) == Rules(idle_minutes=5)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


MADE_UP = (
    ('"id":"', '"id":"x'),
    ('"body":', '"bodies":'),
    ('"group_id":"', '"group_id":"00000000-0000-0000-0000-000000000000","was":"'),
    ("{", "["),
    ("{", '{"deep":' + "[" * 99_999),
    ('"number":', '"number":1e999,"was":'),
    ('"media_type":"', '"media_type":"x'),
    ("\n", " " * LONGEST_LINE_BYTES),
)


@pytest.mark.control("8.13")
def test_lists_that_nobody_wrote_out_are_refused_whole_and_leave_no_file(
    committed_world: World, tmp_path: Path, settings: Settings
) -> None:
    a_busy_group(committed_world)
    archive = an_archive(written(a_manager(committed_world), tmp_path))
    wiped()
    settings.BLOB_URL = f"file://{tmp_path}/files"

    for before, after in MADE_UP:
        with pytest.raises(DomainError, match=r"malformed|differs"):
            take_in(Bent(archive, before.encode(), after.encode()))
    # Here the files were entered before the difference was found.
    with pytest.raises(DomainError, match="differs"):
        take_in(Bent(archive, "血圧は150".encode(), "血圧は120".encode()))

    assert not User.objects.exists()
    assert files_in(tmp_path / "files") == []


@pytest.mark.control("8.13")
def test_of_two_that_are_taken_in_at_once_one_is_and_its_files_open(
    committed_world: World, tmp_path: Path, settings: Settings
) -> None:
    ids = a_busy_group(committed_world)
    archive = an_archive(written(a_manager(committed_world), tmp_path))
    wiped()
    settings.BLOB_URL = f"file://{tmp_path}/files"

    def taken_in(_number: int) -> int:
        with acting_as(Work.CONTENT):
            return len(take_in(archive))

    found = at_once(2, taken_in)

    assert len([one for one in found if isinstance(one, int)]) == 1
    assert "Conflict" in found
    file = take_file(committed_world.actor("kato"), ids["file"])
    assert b"".join(bytes_of(file, file.content, 0, 4)).startswith(b"\xff\xd8")


def test_the_command_checks_takes_in_and_says_what_it_compared(
    committed_world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = written(a_manager(committed_world), tmp_path)
    monkeypatch.setattr("getpass.getpass", lambda _: PHRASE)
    monkeypatch.setattr("config.exporting.join_running", lambda _: None)
    wiped()

    codes = [main(["export", act, "--file", str(path), "--json"]) for act in ("check", "import")]

    checked, taken_in = map(json.loads, capsys.readouterr().out.splitlines())
    assert codes == [0, 0]
    assert checked["members"] > 25
    assert taken_in["differences"] == 0
    assert taken_in["compared"] > 35
    assert main(["export", "import", "--file", str(path)]) == 1
    assert "not empty" in capsys.readouterr().err
    large = Archive(path, PHRASE)
    large.size_bytes = 1 << 60
    with pytest.raises(SystemExit, match="GB are free"):
        require_room(large)


def test_only_an_empty_installation_takes_one_in(world: World, tmp_path: Path) -> None:
    archive = an_archive(written(a_manager(world), tmp_path))

    with pytest.raises(Conflict, match="not_empty"):
        take_in(archive)


def test_one_persons_groups_are_no_facility(committed_world: World, tmp_path: Path) -> None:
    archive = an_archive(written(a_manager(committed_world), tmp_path, Extent.OWN))
    wiped()

    with pytest.raises(DomainError, match="not_whole"):
        take_in(archive)
