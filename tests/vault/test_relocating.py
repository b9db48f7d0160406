"""Files move from one store to another while all serve, and none is lost or left behind."""

import json
import threading
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from carestation.kernel.ids import uuid7
from carestation.vault.alone import Alone, alone
from carestation.vault.blobs import FolderBlobs, blobs
from carestation.vault.files import PIECE_BYTES, SealedFile, Variant, remove_file, seal_file
from carestation.vault.relocating import CopyDamagedError, MovingBlobs, OneStoreError
from config import cli
from config.prepare import _ensure_store
from tests.vault.store import Store, store
from tests.vault.test_files import a_file, read, some_bytes

SIZES = (0, 1, PIECE_BYTES, 20 * PIECE_BYTES + 17)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with store(tmp_path_factory.mktemp("store")) as one:
        yield one


@pytest.fixture
def bucket(running: Store) -> str:
    return f"{running.url()}/{uuid7().hex}"


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> str:
    settings.BLOB_URL = f"file://{tmp_path}/files"
    blobs().prepare()
    return f"file://{tmp_path}/files"


def move_to(settings: Settings, url: str) -> MovingBlobs:
    """Start anew, with another store for new files."""
    settings.BLOB_URL, settings.BLOB_URL_BEFORE = url, settings.BLOB_URL
    both = blobs()
    assert isinstance(both, MovingBlobs)
    both.prepare()
    return both


def pictured(data: bytes) -> SealedFile:
    """Keep a file with its small picture."""
    file = a_file(data)
    small = SealedFile(file_id=file.file_id, variant=Variant.THUMBNAIL, size_bytes=1, key=file.key)
    seal_file(small, b"x")
    return file


@pytest.mark.control("8.24")
@pytest.mark.usefixtures("folder")
def test_to_a_bucket_and_back_every_file_is_read_at_every_moment(
    settings: Settings, bucket: str, folder: str
) -> None:
    data = {pictured(some_bytes(size)): some_bytes(size) for size in SIZES}
    for goal in (bucket, folder):
        both = move_to(settings, goal)
        fresh = a_file(b"written meanwhile")
        data[fresh] = b"written meanwhile"
        for _ in both.move():
            assert all(read(file) == kept for file, kept in data.items())

        assert both.count_left() == 0
        settings.BLOB_URL_BEFORE = ""
        assert all(read(file) == kept for file, kept in data.items())
        assert {name for name, _ in blobs().names()} == {file.file_id for file in data}


def test_stopped_half_way_it_goes_on_with_what_is_left(
    settings: Settings, bucket: str, folder: str
) -> None:
    files = [a_file(some_bytes(size)) for size in (5, 6, 7)]
    both = move_to(settings, bucket)
    next(both.move())
    # Killed behind the copy, before the first place was told to forget it.
    twice = next(file for file in files if FolderBlobs(Path(folder[7:])).size(*whole(file)))
    sealed = both.read(*whole(twice), 0, 10_000)
    both.write(*whole(twice), [sealed])

    assert both.count_left() == 2
    assert len(list(both.move())) == 2
    settings.BLOB_URL_BEFORE = ""
    assert [read(file) for file in files] == [some_bytes(size) for size in (5, 6, 7)]


@pytest.mark.control("8.24")
def test_what_is_thrown_away_while_it_is_copied_is_in_neither(tmp_path: Path) -> None:
    class Slow(FolderBlobs):
        def write(self, blob_id: UUID, variant: str, parts: Iterable[bytes]) -> None:
            super().write(blob_id, variant, parts)
            both.remove(blob_id, variant)
            super().write(blob_id, variant, [b"sealed"])

    before, now = FolderBlobs(tmp_path / "before"), Slow(tmp_path / "now")
    both, blob_id = MovingBlobs(now, before), uuid7()
    before.write(blob_id, "content", [b"sealed"])

    assert list(both.move()) == [0]
    assert list(both.names()) == []


def test_a_copy_that_is_damaged_is_not_taken_for_one(tmp_path: Path) -> None:
    class Worn(FolderBlobs):
        def write(self, blob_id: UUID, variant: str, parts: Iterable[bytes]) -> None:
            super().write(blob_id, variant, [b"".join(parts).replace(b"e", b"a")])

    before, blob_id = FolderBlobs(tmp_path / "before"), uuid7()
    before.write(blob_id, "content", [b"sealed"])

    with pytest.raises(CopyDamagedError):
        list(MovingBlobs(Worn(tmp_path / "now"), before).move())

    assert before.read(blob_id, "content", 0, 10) == b"sealed"


@pytest.mark.control("8.24")
def test_one_store_by_two_names_keeps_all_and_nothing_moves(
    settings: Settings, folder: str, tmp_path: Path
) -> None:
    (tmp_path / "other").symlink_to(tmp_path / "files")
    file = a_file(b"the only copy")
    for name in (f"{folder}/", f"file://{tmp_path}/other"):
        settings.BLOB_URL, settings.BLOB_URL_BEFORE = name, folder
        both = blobs()
        assert isinstance(both, MovingBlobs)

        with pytest.raises(OneStoreError):
            list(both.move())
        with pytest.raises(SystemExit, match="one store by two names"):
            _ensure_store()

        assert read(file) == b"the only copy"
        assert [name for name, _ in FolderBlobs(tmp_path / "files").names()] == [file.file_id]


@pytest.mark.control("8.24")
def test_a_bucket_that_is_told_in_two_ways_is_one(settings: Settings, bucket: str) -> None:
    settings.BLOB_URL = bucket
    file = a_file(b"the only copy")
    settings.BLOB_URL_BEFORE = bucket.replace("127.0.0.1", "localhost")
    both = blobs()
    assert isinstance(both, MovingBlobs)

    with pytest.raises(OneStoreError):
        list(both.move())

    assert read(file) == b"the only copy"


@pytest.mark.control("8.24")
def test_out_of_a_bucket_into_a_folder_of_it_every_file_comes_over(
    settings: Settings, bucket: str
) -> None:
    settings.BLOB_URL = bucket
    blobs().prepare()
    old = pictured(b"old")
    both = move_to(settings, f"{bucket}/care")
    fresh = pictured(b"fresh")

    for _ in both.move():
        assert [read(old), read(fresh)] == [b"old", b"fresh"]

    settings.BLOB_URL_BEFORE = ""
    assert both.count_left() == 0
    assert [read(old), read(fresh)] == [b"old", b"fresh"]


def test_into_a_folder_within_a_folder_every_file_comes_over(
    settings: Settings, folder: str
) -> None:
    file = a_file(b"old")
    both = move_to(settings, f"{folder}/care")
    fresh = a_file(b"fresh")
    Path(folder[7:], "lost+found/a/b").mkdir(parents=True)

    assert len(list(both.move())) == 1

    settings.BLOB_URL_BEFORE = ""
    assert [read(file), read(fresh)] == [b"old", b"fresh"]


@pytest.mark.control("8.24")
def test_what_another_run_has_moved_since_it_was_listed_is_kept(tmp_path: Path) -> None:
    class Listed(FolderBlobs):
        def names(self, before: datetime | None = None) -> Iterator[tuple[UUID, str]]:
            return iter(list(super().names(before)))

    before, now = Listed(tmp_path / "before"), FolderBlobs(tmp_path / "now")
    both, ids = MovingBlobs(now, before), [uuid7() for _ in range(3)]
    for blob_id in ids:
        before.write(blob_id, "content", [b"sealed"])
    late = both.move()
    next(late)
    list(both.move())

    assert list(late) == [0, 0]
    assert [now.size(blob_id, "content") for blob_id in ids] == [6, 6, 6]


def test_what_is_thrown_away_while_it_is_read_back_is_no_damage(tmp_path: Path) -> None:
    class Slow(FolderBlobs):
        def write(self, blob_id: UUID, variant: str, parts: Iterable[bytes]) -> None:
            super().write(blob_id, variant, parts)
            if variant == "content":
                both.remove(blob_id, variant)

    before, now = FolderBlobs(tmp_path / "before"), Slow(tmp_path / "now")
    both = MovingBlobs(now, before)
    before.write(uuid7(), "content", [b"sealed"])

    assert list(both.move()) == [0]


def test_who_reads_while_it_moves_finds_all(settings: Settings, folder: str) -> None:
    files = [a_file(some_bytes(PIECE_BYTES)) for _ in range(20)]
    both = move_to(settings, f"{folder}-new")
    over, failed, rounds = threading.Event(), list[str](), [0]

    def read_on() -> None:
        while not over.is_set():
            for file in files:
                try:
                    assert read(file) == some_bytes(PIECE_BYTES)
                except Exception as error:  # noqa: BLE001 - told below
                    failed.append(repr(error))
            rounds[0] += 1

    readers = [threading.Thread(target=read_on) for _ in range(3)]
    for reader in readers:
        reader.start()
    assert len(list(both.move())) == 20
    over.set()
    for reader in readers:
        reader.join(timeout=20)

    assert failed == []
    assert rounds[0] > 0


@pytest.mark.control("8.24")
@pytest.mark.usefixtures("folder")
def test_a_file_that_is_removed_is_gone_from_both(settings: Settings, bucket: str) -> None:
    old = pictured(b"old")
    both = move_to(settings, bucket)
    fresh = pictured(b"fresh")

    for file in (old, fresh):
        remove_file(file.file_id)

    assert list(both.names()) == []


@pytest.fixture
def joined(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command works where the test does: nothing is started to be joined."""
    monkeypatch.setattr("config.filing.join_running", lambda _: None)


@pytest.mark.usefixtures("folder", "db", "joined")
def test_the_command_moves_and_says_what_is_left(
    settings: Settings,
    bucket: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pictured(b"one")
    still = cli.main(["files"])
    said = capsys.readouterr().err
    move_to(settings, bucket)

    codes = [cli.main(["files", "--json", *more]) for more in ([], ["--move"], ["--move"])]

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (still, codes) == (1, [1, 0, 0])
    assert "Nothing moves" in said
    assert told == [{"moved": 0, "left": 2}, {"moved": 2, "left": 0}, {"moved": 0, "left": 0}]


@pytest.mark.usefixtures("joined")
@pytest.mark.django_db(transaction=True)
def test_of_two_runs_one_moves(
    settings: Settings,
    folder: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("carestation.vault.alone.LOCK_TRIES", 2)
    file = a_file(b"one")
    move_to(settings, f"{folder}-new")
    held, over = threading.Event(), threading.Event()

    def move_elsewhere() -> None:
        with alone(Alone.FILES):
            held.set()
            over.wait(30)
        connection.close()

    other = threading.Thread(target=move_elsewhere)
    other.start()
    assert held.wait(10)
    code, said = cli.main(["files", "--move"]), capsys.readouterr().err
    over.set()
    other.join(timeout=20)

    assert code == 1
    assert "by another run" in said
    assert FolderBlobs(tmp_path / "files").size(*whole(file))
    assert cli.main(["files", "--move"]) == 0


@pytest.mark.usefixtures("joined")
@pytest.mark.django_db(transaction=True)
def test_a_run_whose_database_went_away_moves_no_further(
    settings: Settings,
    folder: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    for _ in range(3):
        a_file(b"one")
    both = move_to(settings, f"{folder}-new")
    move_one = MovingBlobs._move_one

    def cut_off(self: MovingBlobs, blob_id: UUID, variant: str) -> int:
        connection.connection.close()
        return move_one(self, blob_id, variant)

    monkeypatch.setattr(MovingBlobs, "_move_one", cut_off)

    assert cli.main(["files", "--move"]) == 1

    assert "database went away" in capsys.readouterr().err
    assert both.count_left() == 2
    connection.close()


@pytest.mark.usefixtures("db", "joined")
def test_a_place_that_takes_nothing_is_told_in_a_sentence(
    settings: Settings,
    folder: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    file = a_file(b"one")
    move_to(settings, f"{folder}-new")
    # A file stands where a folder has to be: for root, too, there is no way.
    (tmp_path / "files-new" / file.file_id.hex[-2:]).write_text("")

    assert cli.main(["files", "--move"]) == 1

    assert "File exists" in capsys.readouterr().err
    assert FolderBlobs(tmp_path / "files").size(*whole(file))


def test_where_files_lay_is_a_place_that_knows_us(settings: Settings, bucket: str) -> None:
    settings.BLOB_URL, settings.BLOB_URL_BEFORE = bucket, f"{bucket}-mistyped"

    with pytest.raises(SystemExit, match="does not know us"):
        _ensure_store()


def whole(file: SealedFile) -> tuple[UUID, str]:
    return file.file_id, file.variant
