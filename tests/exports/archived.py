"""Archives of a few members, and what the program for outside finds in one."""

import hashlib
from pathlib import Path
from random import Random

from django.utils import timezone

from carestation.exports.reader import program
from carestation.exports.reader.archive import Archive
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
    found: dict[str, object] = program.check(Archive(path, pass_phrase))
    return found
