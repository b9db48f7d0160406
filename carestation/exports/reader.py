"""Read what CareStation wrote out: check it, show it in a browser, or unpack it. Offline.

    python3 read_export.py check   carestation-2026-11-28-0900.zip
    python3 read_export.py show    carestation-2026-11-28-0900.zip
    python3 read_export.py extract carestation-2026-11-28-0900.zip FOLDER

Python 3.9 or later is all it needs. The pass phrase is asked for, never given as an argument.
The archive is a ZIP whose members are encrypted with AES-256 (WinZip's AE-2; 7-Zip, Keka and
WinZip open it, too); MANIFEST.sha256 holds the SHA-256 of every other member, as `sha256sum -c`
reads it. `show` answers on this machine alone (127.0.0.1), and puts nothing on its disk.
"""

from __future__ import annotations

import argparse
import ctypes
import ctypes.util
import functools
import getpass
import hashlib
import hmac
import http.server
import json
import mimetypes
import re
import secrets
import struct
import sys
import webbrowser
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MANIFEST, LISTING = "MANIFEST.sha256", "export.json"
FORMAT = "carestation export 1"
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")
KEY_BYTES, SALT_BYTES, MAC_BYTES, BLOCK_BYTES = 32, 16, 10, 16
PART_BYTES, WHOLE_BYTES, ROUNDS, MIDDLE_WORD = 1 << 18, 1 << 28, 14, 4
AES_EXTRA, WINZIP_AES, EXTRA_HEAD_BYTES = 0x9901, 99, 4


class UnreadableError(Exception):
    """What is wrong with an archive, in a sentence."""


class Archive:
    """An archive and the pass phrase that opens it."""

    def __init__(self, path: Path, pass_phrase: str) -> None:
        self._path, self._pass_phrase = path, pass_phrase.encode()
        try:
            with zipfile.ZipFile(path) as archive:
                listed = archive.infolist()
        except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
            raise UnreadableError(f"{path}: ファイルを読めません（{error}）。") from error
        self._members = {one.filename: one for one in listed}
        for one in listed:
            # A name stays in its folder on any system, and stands for one member alone.
            is_one = self._members[one.filename] is one and NAME.fullmatch(one.filename)
            if not is_one or not 0 <= one.header_offset < path.stat().st_size:
                raise UnreadableError(f"{one.filename!r}: 使えない名前です。")
        self.size_bytes = sum(one.file_size for one in listed)

    def names(self) -> list[str]:
        """Return the paths of all members."""
        return list(self._members)

    def has(self, name: str) -> bool:
        """Whether there is such a member."""
        return name in self._members

    def parts(self, name: str) -> Iterator[bytes]:
        """Yield a member part by part; only at its end is it sure that nobody changed it."""
        method, size = self._said(name)
        left_plain = self._members[name].file_size
        with self._path.open("rb") as file:
            file.seek(self._members[name].header_offset)
            header = file.read(30).ljust(30)
            file.seek(sum(struct.unpack("<HH", header[26:30])), 1)
            keys = self._keys(file.read(SALT_BYTES))
            if not hmac.compare_digest(file.read(2), keys[2 * KEY_BYTES :]):
                raise UnreadableError("合言葉がちがいます。")
            mac = hmac.new(keys[KEY_BYTES : 2 * KEY_BYTES], digestmod="sha1")
            stream = KeyStream(keys[:KEY_BYTES])
            inflate = zlib.decompressobj(-15) if method == zipfile.ZIP_DEFLATED else None
            left = size - SALT_BYTES - 2 - MAC_BYTES
            while left > 0:
                sealed = file.read(min(PART_BYTES, left))
                if not sealed:
                    raise UnreadableError(f"{name}: 途中で切れています。")
                left -= len(sealed)
                mac.update(sealed)
                plain = stream.opened(sealed)
                for part in inflated(name, inflate, plain) if inflate else (plain,):
                    left_plain -= len(part)
                    if left_plain < 0:
                        raise UnreadableError(f"{name}: 書かれた大きさより大きくなります。")
                    yield part
            if not hmac.compare_digest(file.read(MAC_BYTES), mac.digest()[:MAC_BYTES]):
                raise UnreadableError(f"{name}: 書きかえられています。")

    def whole(self, name: str) -> bytes:
        """Return a small member."""
        if self.has(name) and self._members[name].file_size > WHOLE_BYTES:
            raise UnreadableError(f"{name}: 大きすぎます。")
        return b"".join(self.parts(name))

    def _keys(self, salt: bytes) -> bytes:
        return hashlib.pbkdf2_hmac("sha1", self._pass_phrase, salt, 1000, 2 * KEY_BYTES + 2)

    def _said(self, name: str) -> tuple[int, int]:
        member = self._members.get(name)
        if member is None:
            raise UnreadableError(f"{name}: ありません。")
        extra = member.extra
        while len(extra) >= EXTRA_HEAD_BYTES:
            kind, length = struct.unpack("<HH", extra[:4])
            if (kind, length, member.compress_type) == (AES_EXTRA, 7, WINZIP_AES):
                version, vendor, strength, method = struct.unpack("<H2sBH", extra[4 : 4 + length])
                if (version, vendor, strength) == (2, b"AE", 3):
                    return method, member.compress_size
            extra = extra[4 + length :]
        raise UnreadableError(f"{name}: AES-256 で暗号化されていません。")


def inflated(name: str, inflate: zlib._Decompress, plain: bytes) -> Iterator[bytes]:
    """Yield bytes as they were before they were made smaller, never many at once."""
    try:
        while plain:
            yield inflate.decompress(plain, PART_BYTES)
            plain = inflate.unconsumed_tail
    except zlib.error as error:
        raise UnreadableError(f"{name}: 書きかえられています。") from error


class KeyStream:
    """AES-256 in counter mode, counting from 1 with the lowest byte first, as WinZip does."""

    def __init__(self, key: bytes) -> None:
        self._encrypt, self._number = block_cipher(key), 1

    def opened(self, sealed: bytes) -> bytes:
        """Return the next bytes; each call but the last one takes whole blocks."""
        blocks = -(-len(sealed) // BLOCK_BYTES)
        numbers = range(self._number, self._number + blocks)
        self._number += blocks
        stream = self._encrypt(b"".join(one.to_bytes(BLOCK_BYTES, "little") for one in numbers))
        mixed = int.from_bytes(sealed, "big") ^ int.from_bytes(stream[: len(sealed)], "big")
        return mixed.to_bytes(len(sealed), "big")


def block_cipher(key: bytes) -> Callable[[bytes], bytes]:
    """Return what encrypts whole blocks: OpenSSL's, if it is here, or our own, which is slow."""
    for name in ("libcrypto-3.dll", "libcrypto-3-x64.dll", ctypes.util.find_library("crypto")):
        try:
            return openssl_cipher(ctypes.CDLL(name), key) if name else slow_cipher(key)
        except (OSError, AttributeError):
            continue
    return slow_cipher(key)


def openssl_cipher(library: ctypes.CDLL, key: bytes) -> Callable[[bytes], bytes]:
    """Return AES-256 of OpenSSL, without any mode."""
    pointer = ctypes.c_void_p
    library.EVP_aes_256_ecb.restype = library.EVP_CIPHER_CTX_new.restype = pointer
    context = pointer(library.EVP_CIPHER_CTX_new())
    kind = pointer(library.EVP_aes_256_ecb())
    if library.EVP_EncryptInit_ex(context, kind, None, key, None) != 1:
        raise OSError("OpenSSL")

    def encrypt(blocks: bytes) -> bytes:
        room, length = ctypes.create_string_buffer(len(blocks) + BLOCK_BYTES), ctypes.c_int()
        library.EVP_EncryptUpdate(context, room, ctypes.byref(length), blocks, len(blocks))
        return room.raw[: length.value]

    return encrypt


def doubled(byte: int) -> int:
    """Return a byte times two, as AES counts."""
    return (byte << 1) ^ (0x11B if byte & 0x80 else 0)


@functools.lru_cache(maxsize=1)
def substitutes() -> bytes:
    """Return the S-box of AES (FIPS 197, 5.1.1)."""
    box, p, q = bytearray(256), 1, 1
    while True:
        p ^= doubled(p)
        for shift in (1, 2, 4):
            q ^= q << shift & 0xFF
        q ^= 0x09 if q & 0x80 else 0
        turned = [(q << n | q >> 8 - n) & 0xFF for n in range(5)]
        box[p] = functools.reduce(lambda a, b: a ^ b, turned) ^ 0x63
        if p == 1:
            box[0] = 0x63
            return bytes(box)


def round_keys(key: bytes) -> list[bytes]:
    """Return the fifteen round keys of AES-256 (FIPS 197, 5.2)."""
    box, words, factor = substitutes(), [key[i : i + 4] for i in range(0, 32, 4)], 1
    for i in range(8, 60):
        word = words[-1]
        if i % 8 == 0:
            word = bytes(box[one] for one in word[1:] + word[:1])
            word, factor = bytes((word[0] ^ factor, *word[1:])), doubled(factor)
        elif i % 8 == MIDDLE_WORD:
            word = bytes(box[one] for one in word)
        words.append(bytes(a ^ b for a, b in zip(words[i - 8], word)))  # noqa: B905 - Python 3.9 does not know it
    return [b"".join(words[i : i + 4]) for i in range(0, 60, 4)]


def slow_cipher(key: bytes) -> Callable[[bytes], bytes]:
    """Return AES-256 in plain Python, for machines without OpenSSL (FIPS 197, 5.1)."""
    keys, box = round_keys(key), substitutes()
    twice = bytes(doubled(byte) & 0xFF for byte in range(256))
    order = [(i + 4 * (i % 4)) % 16 for i in range(16)]

    def one(block: bytes) -> bytes:
        state = bytes(a ^ b for a, b in zip(block, keys[0]))  # noqa: B905 - Python 3.9 does not know it
        for number in range(1, ROUNDS + 1):
            state = bytes(box[state[i]] for i in order)
            if number < ROUNDS:
                mixed = bytearray()
                for i in range(0, 16, 4):
                    a, b, c, d = state[i : i + 4]
                    every = a ^ b ^ c ^ d
                    mixed += bytes(
                        x ^ every ^ twice[x ^ y] for x, y in ((a, b), (b, c), (c, d), (d, a))
                    )
                state = bytes(mixed)
            state = bytes(a ^ b for a, b in zip(state, keys[number]))  # noqa: B905 - Python 3.9 does not know it
        return state

    return lambda blocks: b"".join(one(blocks[i : i + 16]) for i in range(0, len(blocks), 16))


def manifest_of(archive: Archive) -> dict[str, str]:
    """Return the hash of every member, by its path; all are there, and no others."""
    lines = archive.whole(MANIFEST).decode(errors="replace").splitlines()
    manifest = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    for name in sorted((set(archive.names()) - {MANIFEST}) ^ set(manifest)):
        raise UnreadableError(f"{name}: " + ("ありません。" if name in manifest else "余分です。"))
    return manifest


def check(archive: Archive) -> dict[str, object]:
    """Return what an archive says of itself, once each member was found to be as it was made."""
    manifest, counts = manifest_of(archive), {}
    for name, expected in manifest.items():
        found, counts[name] = hashlib.sha256(), 0
        for part in archive.parts(name):
            found.update(part)
            counts[name] += part.count(b"\n")
        if found.hexdigest() != expected:
            raise UnreadableError(f"{name}: 指紋（SHA-256）がちがいます。")
    try:
        said = json.loads(archive.whole(LISTING))
        rows = {f"data/{name}.jsonl": table["rows"] for name, table in said["lists"].items()}
        told = {"at": said["at"], "members": len(manifest), "bytes": archive.size_bytes}
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise UnreadableError(f"{LISTING}: 読めません。") from error
    if said.get("format") != FORMAT:
        raise UnreadableError(f"知らない形式です：{said.get('format')}")
    for name, count in rows.items():
        if counts.get(name) != count:
            raise UnreadableError(f"{name}: 件数がちがいます。")
    return told


def extract(archive: Archive, folder: Path) -> None:
    """Unpack an archive into a folder that is not there yet."""
    folder.mkdir(mode=0o700)
    for name in archive.names():
        target = folder / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.writelines(archive.parts(name))


def server_of(archive: Archive) -> tuple[http.server.HTTPServer, str]:
    """Return what shows an archive to this machine alone, and the address that nobody can guess."""
    root = f"/{secrets.token_urlsafe(16)}/"

    class Reader(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path[len(root) :] or "index.html"
            asked_here = self.headers.get("Host", "") == here
            if not (asked_here and self.path.startswith(root) and archive.has(name)):
                self.send_error(404)
                return
            kind = mimetypes.guess_type(name)[0] or "text/plain"
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            policy = "default-src 'none'; style-src 'self'; img-src 'self'"
            self.send_header("Content-Security-Policy", policy)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Cache-Control", "no-store")
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()
            for part in archive.parts(name):
                self.wfile.write(part)

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Reader)
    here = f"127.0.0.1:{server.server_port}"
    return server, f"http://{here}{root}"


def show(archive: Archive) -> None:
    """Show an archive in the browser until Ctrl-C."""
    server, url = server_of(archive)
    sys.stdout.write(f"{url}\n終えるときは Ctrl-C を押してください。\n")
    webbrowser.open(url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


def main() -> int:
    """Check an archive, and do what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("act", choices=("check", "show", "extract"))
    parser.add_argument("archive", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("export"))
    options = parser.parse_args()
    try:
        archive = Archive(options.archive, getpass.getpass("合言葉： "))
        said = check(archive)
        sys.stdout.write(f"すべて正しく読めました：{said['members']} 個、{said['at']}\n")
        if options.act == "show":
            show(archive)
        elif options.act == "extract":
            extract(archive, options.folder)
    except UnreadableError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
