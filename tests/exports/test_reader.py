"""The program for outside: it reads an archive alone, and names what is wrong with one."""

import hashlib
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Thread
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from carestation.exports import reader
from carestation.exports.queries.archives import FORMAT
from carestation.vault.archives import Member, encrypted_archive
from tests.exports.people import PHRASE

LISTING = b'{"format": "carestation export 1", "at": "2026-11-28", "lists": {"posts": {"rows": 2}}}'
BODIES = {
    "index.html": b"<!doctype html><title>x</title>",
    "data/posts.jsonl": b'{"body":"one"}\n{"body":"two"}\n',
    "files/a.jpg": Random(7).randbytes(300_000),  # noqa: S311 - no secret
    "export.json": LISTING,
}


def an_archive(folder: Path, bodies: dict[str, bytes] | None = None) -> Path:
    contents = dict(bodies or BODIES)
    lines = [f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in contents.items()]
    contents.setdefault("MANIFEST.sha256", "".join(lines).encode())
    members = (
        Member(path=name, changed_at=timezone.now(), parts=[body])
        for name, body in contents.items()
    )
    path = folder / "export.zip"
    path.write_bytes(b"".join(encrypted_archive(members, PHRASE)))
    return path


def checked(path: Path, pass_phrase: str = PHRASE) -> dict[str, object]:
    found: dict[str, object] = reader.check(reader.Archive(path, pass_phrase))
    return found


@pytest.mark.control("8.13")
def test_an_archive_is_read_and_every_member_compared(tmp_path: Path) -> None:
    assert checked(an_archive(tmp_path))["members"] == len(BODIES)
    assert reader.FORMAT == FORMAT


def test_another_pass_phrase_opens_nothing(tmp_path: Path) -> None:
    with pytest.raises(reader.UnreadableError, match="合言葉"):
        checked(an_archive(tmp_path), PHRASE.upper())


@pytest.mark.parametrize("place", [0.2, 0.5, 0.9])
def test_one_changed_byte_is_found(tmp_path: Path, place: float) -> None:
    path = an_archive(tmp_path)
    data = bytearray(path.read_bytes())
    data[int(len(data) * place)] ^= 1
    path.write_bytes(data)

    with pytest.raises(reader.UnreadableError, match="書きかえられています"):
        checked(path)


@pytest.mark.parametrize(
    ("bodies", "words"),
    [
        (BODIES | {"MANIFEST.sha256": b""}, "余分です"),
        ({"export.json": LISTING}, "件数がちがいます"),
        (BODIES | {"data/posts.jsonl": b"{}\n"}, "件数がちがいます"),
        (BODIES | {"MANIFEST.sha256": b"00  files/gone.jpg\n"}, "余分です|ありません"),
    ],
)
def test_what_is_missing_or_too_much_is_named(
    tmp_path: Path, bodies: dict[str, bytes], words: str
) -> None:
    with pytest.raises(reader.UnreadableError, match=words):
        checked(an_archive(tmp_path, bodies))


@given(st.binary(min_size=32, max_size=32), st.integers(1, 5))
@settings(max_examples=20, deadline=None)
def test_without_openssl_it_counts_the_same(key: bytes, blocks: int) -> None:
    plain = bytes(range(16)) * blocks

    assert reader.slow_cipher(key)(plain) == reader.block_cipher(key)(plain)


def test_its_own_aes_is_that_of_the_standard() -> None:
    key, plain = bytes(range(32)), bytes.fromhex("00112233445566778899aabbccddeeff")

    sealed = reader.slow_cipher(key)(plain)

    assert sealed.hex() == "8ea2b7ca516745bfeafc49904b496089", "FIPS 197, C.3"


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[str]:
    server, url = reader.server_of(reader.Archive(an_archive(tmp_path), PHRASE))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield url
    server.shutdown()
    server.server_close()


def asked(url: str, path: str, host: str = "") -> tuple[int, bytes]:
    parts = urlsplit(url)
    way = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    way.request("GET", path, headers={"Host": host or parts.netloc})
    answer = way.getresponse()
    return answer.status, answer.read()


@pytest.mark.control("8.24")
def test_it_shows_an_archive_to_this_machine_under_its_own_address_alone(
    shown: str,
) -> None:
    url, root = shown, urlsplit(shown).path

    assert asked(url, root) == (200, BODIES["index.html"])
    assert asked(url, f"{root}files/a.jpg") == (200, BODIES["files/a.jpg"])
    assert asked(url, "/index.html")[0] == 404
    assert asked(url, f"{root}../etc/passwd")[0] == 404
    assert asked(url, root, host="evil.example")[0] == 404


def test_it_runs_alone_with_the_standard_library(tmp_path: Path) -> None:
    path, copy = an_archive(tmp_path), tmp_path / "reader.py"
    copy.write_bytes(Path(reader.__file__).read_bytes())

    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-I", "-S", str(copy), "check", str(path)],
        input=PHRASE + "\n",
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        env={"PYTHONUTF8": "1"},
    )

    assert done.returncode == 0, done.stderr
    assert "すべて正しく読めました：4 個" in done.stdout


@pytest.mark.parametrize(
    "name",
    ["../outside", "/etc/passwd", "a/../../b", "C:evil", "a\\b", "a//b", ".hidden", "a:b", ""],
)
def test_a_name_that_leaves_its_folder_on_any_system_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(reader.UnreadableError, match="使えない名前"):
        reader.Archive(an_archive(tmp_path, BODIES | {name: b"x"}), PHRASE)


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    # Whoever has no phrase can put one beside it that other tools unpack.
    path = an_archive(tmp_path)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("index.html", "<script>")

    with pytest.raises(reader.UnreadableError, match="使えない名前"):
        reader.Archive(path, PHRASE)


def test_a_member_put_beside_the_others_or_swapped_with_one_is_found(tmp_path: Path) -> None:
    path = an_archive(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("pages.html", "<script>")
    with pytest.raises(reader.UnreadableError, match="余分"):
        checked(path)

    # Of the same length, so that every offset stays: each of them opens, and is the other one.
    a, b = b"files/a.jpg", b"files/b.jpg"
    whole = an_archive(tmp_path, BODIES | {"files/b.jpg": b"another"}).read_bytes()
    swapped = whole.replace(a, b"files/?.jpg").replace(b, a).replace(b"files/?.jpg", b)
    path.write_bytes(swapped)
    with pytest.raises(reader.UnreadableError, match="指紋"):
        checked(path)


def test_a_bomb_is_unpacked_piece_by_piece_and_no_further_than_it_says(tmp_path: Path) -> None:
    zeros = bytes(64 << 20)
    path = an_archive(tmp_path, BODIES | {"data/zeros.jsonl": zeros})
    archive = reader.Archive(path, PHRASE)
    tracemalloc.start()
    assert archive.size_bytes > len(zeros) > 100 * path.stat().st_size

    assert max(len(part) for part in archive.parts("data/zeros.jsonl")) <= reader.PART_BYTES
    assert sum(len(part) for part in archive.parts("data/zeros.jsonl")) == len(zeros)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 16 << 20
    archive._members["data/zeros.jsonl"].file_size = 1000
    with pytest.raises(reader.UnreadableError, match="大きさ"):
        archive.whole("data/zeros.jsonl")
    archive._members["data/zeros.jsonl"].file_size = reader.WHOLE_BYTES + 1
    with pytest.raises(reader.UnreadableError, match="大きすぎます"):
        archive.whole("data/zeros.jsonl")


@pytest.mark.parametrize(
    "listing",
    [b"", b"[]", b"[" * 100_000, b'{"lists": 1}', b'{"format": "x", "at": 1, "lists": {}}'],
)
def test_a_listing_that_is_none_is_refused_in_a_sentence(tmp_path: Path, listing: bytes) -> None:
    with pytest.raises(reader.UnreadableError):
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
        with suppress(reader.UnreadableError):
            checked(path)
