"""What a checkpoint says, in the form of C2SP tlog-checkpoint: lines, and a signature below.

    care.example.jp/facts
    4218
    <root, base64>
    at 2026-06-10T10:00:00+09:00
    previous <SHA-256 of the checkpoint before, base64>

    — care.example.jp/facts <4 bytes that name the key, and the signature, base64>

A facility's part has its id behind the origin, and a line `whole` with the SHA-256 of the
checkpoint of the whole log that it was taken with. Where parts were taken with the one before, the
whole has a line `parts`: the SHA-256 of theirs, folded in the order of their ids (`with_part`).

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from carestation.factlog.merkle import HASH_BYTES

FIRST: Final = bytes(HASH_BYTES)  # what the first one names as the one before
ED25519: Final = b"\x01"
KEY_HASH_BYTES: Final = 4
HEAD_LINES: Final = 3
NOTE: Final = re.compile(
    r"^\S+/facts(?:/[0-9a-f-]{36})?\n\d+\n[\w+/=]+\n(?:[a-z]+ \S+\n)+\n— \S+ [\w+/=]+\n",
    re.MULTILINE,
)


class NotACheckpointError(Exception):
    """The lines do not say what a checkpoint says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What is signed. `whole`: of a facility's part, which checkpoint of the whole it goes with.

    `parts`: of the whole, which checkpoints of parts went with the one before.
    """

    origin: str
    size: int
    root: bytes
    at: datetime
    previous: bytes
    whole: bytes | None = None
    parts: bytes | None = None

    def text(self) -> str:
        """Return the lines that are signed."""
        lines = [
            self.origin,
            str(self.size),
            _told(self.root),
            f"at {self.at.isoformat(timespec='seconds')}",
            f"previous {_told(self.previous)}",
        ]
        if self.whole is not None:
            lines.append(f"whole {_told(self.whole)}")
        if self.parts is not None:
            lines.append(f"parts {_told(self.parts)}")
        return "".join(f"{line}\n" for line in lines)

    def digest(self) -> bytes:
        """Return by what the next one names this one."""
        return sha256(self.text().encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A checkpoint and its signature."""

    head: Head
    key_hash: bytes
    signature: bytes


def key_hash(name: str, public: bytes) -> bytes:
    """Return the four bytes by which a signature names its key (C2SP signed-note)."""
    return sha256(f"{name}\n".encode() + ED25519 + public).digest()[:KEY_HASH_BYTES]


def with_part(parts: bytes, digest: bytes) -> bytes:
    """Return what stands for checkpoints of parts and one more, in the order of the parts' ids.

    `parts`: of those before; FIRST where there are none.
    """
    return sha256(parts + digest).digest()


def told_key(name: str, public: bytes) -> str:
    """Return a public key as it is published: its name, its short hash, and the key."""
    return f"{name}+{key_hash(name, public).hex()}+{_told(ED25519 + public)}"


def note_of(signed: Signed, name: str) -> str:
    """Return the note: the lines, an empty one, and who signed."""
    return f"{signed.head.text()}\n— {name} {_told(signed.key_hash + signed.signature)}\n"


def notes_in(text: str) -> list[str]:
    """Return the notes that stand somewhere in a text: a file of them, or a whole mail."""
    plain = "".join(f"{line.strip()}\n" for line in text.splitlines())
    return NOTE.findall(plain)


def read_note(note: str) -> Signed:
    """Return what a note says; whether the signature is right is not asked here.

    Raises:
        NotACheckpointError: it says something else.
    """
    try:
        text, _, signatures = note.partition("\n\n")
        head = _head(text.split("\n"))
        raw = b64decode(signatures.split("\n")[0].rpartition(" ")[2], validate=True)
    except (ValueError, KeyError) as error:
        raise NotACheckpointError from error
    if head.text() != f"{text}\n":
        raise NotACheckpointError
    return Signed(head=head, key_hash=raw[:KEY_HASH_BYTES], signature=raw[KEY_HASH_BYTES:])


def _head(lines: list[str]) -> Head:
    origin, size, root = lines[:HEAD_LINES]
    more = dict(line.split(" ", 1) for line in lines[HEAD_LINES:])
    return Head(
        origin=origin,
        size=int(size),
        root=_read(root),
        at=datetime.fromisoformat(more["at"]),
        previous=_read(more["previous"]),
        whole=_read(more["whole"]) if "whole" in more else None,
        parts=_read(more["parts"]) if "parts" in more else None,
    )


def _told(value: bytes) -> str:
    return b64encode(value).decode()


def _read(value: str) -> bytes:
    return b64decode(value, validate=True)
