"""Sealing of files, piece by piece.

Each file has a key of its own, which its owner's scope seals. Each piece is sealed by itself and
bound to the file, the variant, its number and how many there are: any part can be read from the
middle, and what was cut, moved or exchanged is refused before a byte of it leaves.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

import tink
from tink import aead, secret_key_access

from carestation.vault.blobs import blobs
from carestation.vault.sealing import new_sealing_keyset, sealing_primitive

FORMAT: Final = b"file 1"
STREAM: Final = b"stream 1"
PIECE_BYTES: Final = 256 * 1024
# So many are read at once: of an object store each reading is a request.
READ_AT_ONCE: Final = 8
# Tink's prefix (5), the nonce (12) and the tag (16) of AES-256-GCM.
SEALED_MORE_BYTES: Final = 33


class Variant(StrEnum):
    """What of a file is kept."""

    CONTENT = "content"
    THUMBNAIL = "thumbnail"


class FileDamagedError(Exception):
    """What is kept is not what was sealed: cut, moved, exchanged or changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """One variant of a file and what opens it; `size_bytes` as it was before it was sealed."""

    file_id: UUID
    variant: Variant
    size_bytes: int
    key: bytes = field(repr=False)

    @property
    def pieces(self) -> int:
        """How many pieces there are; an empty file has one."""
        return max(1, -(-self.size_bytes // PIECE_BYTES))

    def bound_to(self, number: int) -> bytes:
        """Return what a piece is bound to."""
        return _bound(FORMAT, self.file_id, self.variant, number, self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedStream(SealedFile):
    """A file that was sealed while it came: the last piece alone says how many there are."""

    variant: Variant = Variant.CONTENT

    def bound_to(self, number: int) -> bytes:
        """Return what a piece is bound to: 0 stands for a number that nobody knew yet."""
        count = self.pieces if number == self.pieces - 1 else 0
        return _bound(STREAM, self.file_id, self.variant, number, count)


def new_file_key() -> bytes:
    """Return a fresh key for one file, to be sealed under its owner's scope."""
    keyset = new_sealing_keyset()
    return bytes(tink.proto_keyset_format.serialize(keyset, secret_key_access.TOKEN))


def seal_file(file: SealedFile, data: bytes) -> None:
    """Seal a variant of a file and keep it; it is on disk after.

    Raises:
        ValueError: the data are not as long as the file says.
    """
    if len(data) != file.size_bytes:
        message = "The data are not as long as the file says."
        raise ValueError(message)
    blobs().write(file.file_id, file.variant, _sealed_pieces(file, data))


def seal_stream(file_id: UUID, key: bytes, parts: Iterable[bytes]) -> SealedStream:
    """Seal what comes part by part, of a length that nobody knows yet; it is on disk after.

    No more than a piece or a part of it is held at once.
    """
    sealer = sealing_primitive(tink.proto_keyset_format.parse(key, secret_key_access.TOKEN))
    variant = Variant.CONTENT

    def sealed() -> Iterator[bytes]:
        for number, (piece, is_last) in enumerate(_in_pieces(parts)):
            count = number + 1 if is_last else 0
            bound = _bound(STREAM, file_id, variant, number, count)
            yield bytes(sealer.encrypt(piece, bound))

    blobs().write(file_id, variant, sealed())
    kept = blobs().size(file_id, variant)
    pieces = -(-kept // (PIECE_BYTES + SEALED_MORE_BYTES))
    return SealedStream(file_id=file_id, key=key, size_bytes=kept - pieces * SEALED_MORE_BYTES)


def unseal_file(file: SealedFile, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """Yield the bytes from `start` up to `stop`, piece by piece, each opened before it leaves.

    Raises:
        FileDamagedError: before the first byte where the length is wrong, else before the first
            byte of the piece that does not open.
    """
    end = file.size_bytes if stop is None else min(stop, file.size_bytes)
    expected = file.size_bytes + file.pieces * SEALED_MORE_BYTES
    if blobs().size(file.file_id, file.variant) != expected:
        raise FileDamagedError
    for number, piece in _opened_pieces(file, start // PIECE_BYTES, -(-end // PIECE_BYTES)):
        begins = number * PIECE_BYTES
        yield piece[max(0, start - begins) : end - begins]


def remove_file(file_id: UUID) -> None:
    """Forget every variant of a file."""
    for variant in Variant:
        blobs().remove(file_id, variant)


def _bound(form: bytes, file_id: UUID, variant: Variant, number: int, count: int) -> bytes:
    """Return what a piece is bound to: each part behind its length."""
    numbers = (number.to_bytes(4, "big"), count.to_bytes(4, "big"))
    parts = (form, file_id.bytes, variant.encode(), *numbers)
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def _in_pieces(parts: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield whole pieces, and with each whether it is the last: one is held back until it shows."""
    held = bytearray()
    for part in parts:
        held += part
        while len(held) > PIECE_BYTES:
            yield bytes(held[:PIECE_BYTES]), False
            del held[:PIECE_BYTES]
    yield bytes(held), True


def _sealed_pieces(file: SealedFile, data: bytes) -> Iterator[bytes]:
    sealer, view = _opener(file), memoryview(data)
    for number in range(file.pieces):
        piece = view[number * PIECE_BYTES : (number + 1) * PIECE_BYTES]
        yield bytes(sealer.encrypt(bytes(piece), file.bound_to(number)))


def _opened_pieces(file: SealedFile, first: int, last: int) -> Iterator[tuple[int, bytes]]:
    """Yield the pieces from `first` up to `last`, each with its number."""
    opener, sealed_bytes = _opener(file), PIECE_BYTES + SEALED_MORE_BYTES
    for begin in range(first, last, READ_AT_ONCE):
        count = min(READ_AT_ONCE, last - begin)
        read = blobs().read(file.file_id, file.variant, begin * sealed_bytes, count * sealed_bytes)
        for at in range(count):
            sealed = read[at * sealed_bytes : (at + 1) * sealed_bytes]
            yield begin + at, _opened(file, opener, begin + at, sealed)


def _opened(file: SealedFile, opener: aead.Aead, number: int, sealed: bytes) -> bytes:
    try:
        return bytes(opener.decrypt(sealed, file.bound_to(number)))
    except tink.TinkError as error:
        raise FileDamagedError from error


def _opener(file: SealedFile) -> aead.Aead:
    keyset = tink.proto_keyset_format.parse(file.key, secret_key_access.TOKEN)
    return sealing_primitive(keyset)
