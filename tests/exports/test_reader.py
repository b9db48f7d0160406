"""The program for outside: it reads an archive alone, and names what is wrong with one."""

import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carestation.exports.queries.archives import FORMAT
from carestation.exports.queries.program import program_for_outside
from carestation.exports.reader import aes, program
from carestation.exports.reader.archive import Archive, UnreadableError
from tests.exports.archived import BODIES, LISTING, an_archive, checked
from tests.exports.people import PHRASE


@pytest.mark.control("8.13")
def test_an_archive_is_read_and_every_member_compared(tmp_path: Path) -> None:
    assert checked(an_archive(tmp_path))["members"] == len(BODIES)
    assert program.FORMAT == FORMAT


def test_another_pass_phrase_opens_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="合言葉"):
        checked(an_archive(tmp_path), PHRASE.upper())


@pytest.mark.parametrize("place", [0.2, 0.5, 0.9])
def test_one_changed_byte_is_found(tmp_path: Path, place: float) -> None:
    path = an_archive(tmp_path)
    data = bytearray(path.read_bytes())
    data[int(len(data) * place)] ^= 1
    path.write_bytes(data)

    with pytest.raises(UnreadableError, match="書きかえられています"):
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
    with pytest.raises(UnreadableError, match=words):
        checked(an_archive(tmp_path, bodies))


@given(st.binary(min_size=32, max_size=32), st.integers(1, 5))
@settings(max_examples=20, deadline=None)
def test_without_openssl_it_counts_the_same(key: bytes, blocks: int) -> None:
    plain = bytes(range(16)) * blocks

    assert aes.slow_cipher(key)(plain) == aes.block_cipher(key)(plain)


def test_its_own_aes_is_that_of_the_standard() -> None:
    key, plain = bytes(range(32)), bytes.fromhex("00112233445566778899aabbccddeeff")

    sealed = aes.slow_cipher(key)(plain)

    assert sealed.hex() == "8ea2b7ca516745bfeafc49904b496089", "FIPS 197, C.3"


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[str]:
    server, url = program.server_of(Archive(an_archive(tmp_path), PHRASE))
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
    path, copy = an_archive(tmp_path), tmp_path / "read_export.py"
    copy.write_text(program_for_outside(), encoding="utf-8")

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
