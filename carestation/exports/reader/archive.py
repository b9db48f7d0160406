"""An archive and its members: where they lie, whether they are as they were made, their bytes."""

from __future__ import annotations

import hashlib
import hmac
import re
import stat
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from carestation.exports.reader.aes import KeyStream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")
KEY_BYTES, SALT_BYTES, MAC_BYTES, HEADER_BYTES = 32, 16, 10, 30
PART_BYTES, WHOLE_BYTES = 1 << 18, 1 << 28
MOST_DEFLATED = 1032  # to so many bytes one grows at the most: a match of 258 takes two bits
AES_EXTRA, WINZIP_AES, EXTRA_HEAD_BYTES = 0x9901, 99, 4


class UnreadableError(Exception):
    """What is wrong with an archive, in a sentence."""


class Archive:
    """An archive and the pass phrase that opens it."""

    def __init__(self, path: Path, pass_phrase: str) -> None:
        self._path, self._pass_phrase = path, pass_phrase.encode()
        try:
            self._members = members_of(path)
        except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
            raise UnreadableError(f"{path}: ファイルを読めません（{error}）。") from error
        self.size_bytes = sum(one.file_size for one in self._members.values())

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
            file.seek(names_bytes(file.read(HEADER_BYTES)), 1)
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
                        raise UnreadableError(f"{name}: 書かれた大きさとちがいます。")
                    yield part
            if not hmac.compare_digest(file.read(MAC_BYTES), mac.digest()[:MAC_BYTES]):
                raise UnreadableError(f"{name}: 書きかえられています。")
            if left_plain:
                raise UnreadableError(f"{name}: 書かれた大きさとちがいます。")

    def whole(self, name: str, most_bytes: int = WHOLE_BYTES) -> bytes:
        """Return a small member."""
        if self.has(name) and self._members[name].file_size > most_bytes:
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


def members_of(path: Path) -> dict[str, zipfile.ZipInfo]:
    """Return the members, each under a name and in bytes of its own, as they lie in the file."""
    members: dict[str, zipfile.ZipInfo] = {}
    with path.open("rb") as file, zipfile.ZipFile(file) as archive:
        free, end = 0, archive.start_dir
        for one in sorted(archive.infolist(), key=lambda one: one.header_offset):
            require_fit(one)
            if one.filename in members:
                raise UnreadableError(f"{one.filename!r}: 使えない名前です。")
            if not free <= one.header_offset < end:
                raise UnreadableError(f"{one.filename}: ほかの部分と重なっています。")
            members[one.filename] = one
            file.seek(one.header_offset)
            before = HEADER_BYTES + names_bytes(file.read(HEADER_BYTES))
            free = one.header_offset + before + one.compress_size
    if free > end:
        raise UnreadableError(f"{path}: 途中で切れています。")
    return members


def require_fit(one: zipfile.ZipInfo) -> None:
    """Refuse a name that leaves its folder on any system, a link, and a size that cannot be."""
    if not NAME.fullmatch(one.filename):
        raise UnreadableError(f"{one.filename!r}: 使えない名前です。")
    if stat.S_IFMT(one.external_attr >> 16) not in {0, stat.S_IFREG}:
        raise UnreadableError(f"{one.filename}: ファイルではありません。")
    if one.file_size > MOST_DEFLATED * one.compress_size:
        raise UnreadableError(f"{one.filename}: 書かれた大きさとちがいます。")


def names_bytes(header: bytes) -> int:
    """Return how much stands between the header of a member and its bytes."""
    return sum(struct.unpack("<HH", header.ljust(HEADER_BYTES)[26:30]))


def inflated(name: str, inflate: zlib._Decompress, plain: bytes) -> Iterator[bytes]:
    """Yield bytes as they were before they were made smaller, never many at once."""
    part = b""
    try:
        while plain or len(part) == PART_BYTES:
            part = inflate.decompress(plain, PART_BYTES)
            yield part
            plain = inflate.unconsumed_tail
            if inflate.unused_data:
                raise UnreadableError(f"{name}: 終わりのあとに続きがあります。")
    except zlib.error as error:
        raise UnreadableError(f"{name}: 書きかえられています。") from error
