"""Archives that leave the house: ZIP files, each member encrypted with AES-256 (WinZip's AE-2).

An open form that ordinary tools read (7-Zip, WinZip, Keka, bsdtar), written while it streams: no
member is ever whole in memory, and nothing in the clear on a disk. Of the names of the members,
which stand in the clear, none says anything.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from stat import S_IFREG
from typing import Final

PART_BYTES: Final = 64 * 1024
READABLE: Final = S_IFREG | 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of an archive: where it stands there, of when it is, and its bytes part by part."""

    path: str
    changed_at: datetime
    parts: Iterable[bytes]


def encrypted_archive(members: Iterable[Member], pass_phrase: str) -> Iterator[bytes]:
    """Yield an archive part by part; `pass_phrase`, in ASCII, is all that opens it."""
    from stream_zip import ZIP_64, stream_zip  # noqa: PLC0415 - large, and few processes write one

    told = ((member.path, member.changed_at, READABLE, ZIP_64, member.parts) for member in members)
    yield from stream_zip(told, chunk_size=PART_BYTES, password=pass_phrase)
