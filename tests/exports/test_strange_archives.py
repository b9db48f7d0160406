"""An archive that a stranger made: whatever is wrong with it is one sentence, said soon."""

import stat
import sys
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carestation.exports.reader import program
from carestation.exports.reader.archive import (
    PART_BYTES,
    WHOLE_BYTES,
    Archive,
    UnreadableError,
    inflated,
)
from config.cli import main
from tests.exports.archived import BODIES, LISTING, an_archive, checked
from tests.exports.people import PHRASE

PICTURE: Final = "files/a.jpg"


def changed(path: Path, change: Callable[[zipfile.ZipFile], None]) -> Path:
    """Write the directory of an archive anew, with what was changed in it."""
    with zipfile.ZipFile(path, "a") as archive:
        change(archive)
        archive._didModify = True  # type: ignore[attr-defined]  # of zipfile itself
    return path


def lies_where_the_picture_does(archive: zipfile.ZipFile) -> None:
    for one in archive.infolist():
        one.header_offset = archive.getinfo(PICTURE).header_offset


def reaches_into_the_next(archive: zipfile.ZipFile) -> None:
    archive.getinfo("index.html").compress_size += 100


def lies_behind_the_end(archive: zipfile.ZipFile) -> None:
    archive.getinfo("index.html").header_offset = 1 << 62


def is_longer_than_the_file(archive: zipfile.ZipFile) -> None:
    archive.getinfo("MANIFEST.sha256").compress_size = 1 << 40


def unpacks_to_more_than_can_be(archive: zipfile.ZipFile) -> None:
    archive.getinfo(PICTURE).file_size = 1 << 60


def unpacks_to_more_than_it_does(archive: zipfile.ZipFile) -> None:
    archive.getinfo(PICTURE).file_size += 1


def unpacks_to_less_than_it_does(archive: zipfile.ZipFile) -> None:
    archive.getinfo(PICTURE).file_size -= 1


def is_a_link(archive: zipfile.ZipFile) -> None:
    archive.getinfo(PICTURE).external_attr = (stat.S_IFLNK | 0o777) << 16


def is_sealed_as_of_old(archive: zipfile.ZipFile) -> None:
    archive.getinfo(PICTURE).compress_type = zipfile.ZIP_DEFLATED


STRANGE: Final = [
    (lies_where_the_picture_does, "重なっています"),
    (reaches_into_the_next, "重なっています"),
    (lies_behind_the_end, "重なっています"),
    (is_longer_than_the_file, "途中で切れています"),
    (unpacks_to_more_than_can_be, "大きさとちがいます"),
    (unpacks_to_more_than_it_does, "大きさとちがいます"),
    (unpacks_to_less_than_it_does, "大きさとちがいます"),
    (is_a_link, "ファイルではありません"),
    (is_sealed_as_of_old, "AES-256 で暗号化されていません"),
]


@pytest.mark.control("8.13")
@pytest.mark.parametrize(("change", "words"), STRANGE)
def test_what_its_directory_says_and_is_not_so_ends_in_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[zipfile.ZipFile], None],
    words: str,
) -> None:
    path = changed(an_archive(tmp_path), change)
    monkeypatch.setattr("getpass.getpass", lambda _words: PHRASE)
    monkeypatch.setattr(sys, "argv", ["read_export.py", "check", str(path)])

    for way in (program.main, lambda: main(["export", "check", "--file", str(path)])):
        status, said = way(), capsys.readouterr()

        assert (status, said.out) == (1, "")
        assert words in said.err
        assert said.err.count("\n") == 1


@pytest.mark.control("8.13")
def test_members_that_share_their_bytes_are_refused_before_any_is_unpacked(tmp_path: Path) -> None:
    # Two hundred times the same 64 MB: hours of work in a file of 70 kB, with the phrase known.
    bomb = {f"data/{number}.jsonl": b"" for number in range(200)} | {PICTURE: bytes(64 << 20)}
    path = changed(an_archive(tmp_path, bomb), lies_where_the_picture_does)

    with pytest.raises(UnreadableError, match="重なっています"):
        Archive(path, "another phrase, which nothing was tried with")


@pytest.mark.parametrize("kept", [0, 3, 21, 40, 0.5, 0.9, -1, -22, -60])
def test_a_directory_that_is_cut_off_is_said_to_be(tmp_path: Path, kept: float) -> None:
    path = an_archive(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole)) if 0 < kept < 1 else int(kept)])

    with pytest.raises(UnreadableError, match="ファイルを読めません"):
        Archive(path, PHRASE)


def test_a_manifest_or_a_listing_that_grows_beyond_its_members_is_not_unpacked(
    tmp_path: Path,
) -> None:
    for name in ("MANIFEST.sha256", "export.json"):
        path = an_archive(tmp_path, BODIES | {name: bytes(2 << 20)})

        with pytest.raises(UnreadableError, match=f"{name}: 大きすぎます"):
            checked(path)


def deflated(plain: bytes, level: int = 9) -> bytes:
    packing = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packing.compress(plain) + packing.flush()


def unpacked(packed: bytes) -> bytes:
    return b"".join(inflated("a", zlib.decompressobj(-15), packed))


def test_what_follows_the_end_of_a_member_is_refused_and_not_gathered() -> None:
    with pytest.raises(UnreadableError, match="終わりのあと"):
        unpacked(deflated(b"plain") + b"more")


@given(st.integers(1, 3), st.integers(-600, 600), st.sampled_from([1, 6, 9]))
@settings(max_examples=80, deadline=None)
def test_a_member_is_whole_wherever_its_pieces_end(pieces: int, more: int, level: int) -> None:
    plain = bytes(pieces * PART_BYTES + more)

    assert unpacked(deflated(plain, level)) == plain


@pytest.mark.control("8.13")
def test_what_cannot_be_laid_down_is_said_and_nothing_there_is_touched(tmp_path: Path) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    twice = an_archive(tmp_path, BODIES | {"pages": b"a file", "pages/a.html": b"in it"})

    with pytest.raises(UnreadableError, match="置けません"):
        program.extract(Archive(twice, PHRASE), folder)
    with pytest.raises(UnreadableError, match="置けません"):
        program.extract(Archive(twice, PHRASE), tmp_path / "new")

    assert list(folder.iterdir()) == []


def test_where_there_is_no_room_nothing_is_laid_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive(an_archive(tmp_path), PHRASE)
    archive.size_bytes = 1 << 60

    with pytest.raises(UnreadableError, match="置き場所が足りません"):
        program.extract(archive, tmp_path / "new")

    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "name",
    ["../outside", "/etc/passwd", "a/../../b", "C:evil", "a\\b", "a//b", ".hidden", "a:b", ""],
)
def test_a_name_that_leaves_its_folder_on_any_system_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableError, match="使えない名前"):
        Archive(an_archive(tmp_path, BODIES | {name: b"x"}), PHRASE)


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    # Whoever has no phrase can put one beside it that other tools unpack.
    path = an_archive(tmp_path)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("index.html", "<script>")

    with pytest.raises(UnreadableError, match="使えない名前"):
        Archive(path, PHRASE)


def test_a_member_put_beside_the_others_or_swapped_with_one_is_found(tmp_path: Path) -> None:
    path = an_archive(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("pages.html", "<script>")
    with pytest.raises(UnreadableError, match="余分"):
        checked(path)

    # Of the same length, so that every offset stays: each of them opens, and is the other one.
    a, b = b"files/a.jpg", b"files/b.jpg"
    whole = an_archive(tmp_path, BODIES | {"files/b.jpg": b"another"}).read_bytes()
    swapped = whole.replace(a, b"files/?.jpg").replace(b, a).replace(b"files/?.jpg", b)
    path.write_bytes(swapped)
    with pytest.raises(UnreadableError, match="指紋"):
        checked(path)


def test_a_bomb_is_unpacked_piece_by_piece_and_no_further_than_it_says(tmp_path: Path) -> None:
    zeros = bytes(64 << 20)
    path = an_archive(tmp_path, BODIES | {"data/zeros.jsonl": zeros})
    archive = Archive(path, PHRASE)
    tracemalloc.start()
    assert archive.size_bytes > len(zeros) > 100 * path.stat().st_size

    assert max(len(part) for part in archive.parts("data/zeros.jsonl")) <= PART_BYTES
    assert sum(len(part) for part in archive.parts("data/zeros.jsonl")) == len(zeros)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 16 << 20
    archive._members["data/zeros.jsonl"].file_size = 1000
    with pytest.raises(UnreadableError, match="大きさ"):
        archive.whole("data/zeros.jsonl")
    archive._members["data/zeros.jsonl"].file_size = WHOLE_BYTES + 1
    with pytest.raises(UnreadableError, match="大きすぎます"):
        archive.whole("data/zeros.jsonl")


@pytest.mark.parametrize(
    "listing",
    [b"", b"[]", b"[" * 100_000, b'{"lists": 1}', b'{"format": "x", "at": 1, "lists": {}}'],
)
def test_a_listing_that_is_none_is_refused_in_a_sentence(tmp_path: Path, listing: bytes) -> None:
    with pytest.raises(UnreadableError):
        checked(an_archive(tmp_path, BODIES | {"export.json": listing}))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_is_done_to_its_bytes_ends_in_a_sentence(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        path = an_archive(Path(folder), {"export.json": LISTING})
        whole = bytearray(path.read_bytes())
        kept = data.draw(st.integers(min_value=0, max_value=len(whole)))
        for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=4)):
            whole[place] = data.draw(st.sampled_from([0, 1, 127, 255]))
        path.write_bytes(whole[: kept or None])
        with suppress(UnreadableError):
            checked(path)
