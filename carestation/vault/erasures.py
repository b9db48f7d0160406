"""The list of what was erased, kept beside the database and beside its copies.

A line is written, and on disk, before the keys are gone: what stands in the list opens no more,
whatever a copy of the database that was put back may hold.

Controls: ISO/IEC 27017 8.10, 8.24; white paper 「暗号化」.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from carestation.vault.disk import keep_names
from carestation.vault.keyfiles import path_of

PRIVATE_FILE: Final = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """One line of the list."""

    erasure_id: UUID
    scope_id: UUID
    erased_by: UUID
    erased_at: datetime


def list_erased(one: Erased) -> None:
    """Put one more line into the list; it is on disk after."""
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    said = {
        "erasure_id": str(one.erasure_id),
        "scope_id": str(one.scope_id),
        "erased_by": str(one.erased_by),
        "erased_at": one.erased_at.isoformat(),
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
    with os.fdopen(descriptor, "a") as file:
        # On a line of its own, also behind one that was broken off.
        file.write(f"\n{json.dumps(said)}\n")
        file.flush()
        os.fsync(file.fileno())
    keep_names(path.parent)


def listed_erasures() -> tuple[Erased, ...]:
    """Return the lines of the list; read again when the file was changed."""
    try:
        stat = _path().stat()
    except FileNotFoundError:
        return ()
    return _read(_path(), stat.st_mtime_ns, stat.st_size)


def erased_scopes() -> frozenset[UUID]:
    """Return the scopes in the list."""
    return _scopes_of(listed_erasures())


@lru_cache(maxsize=4)
def _scopes_of(listed: tuple[Erased, ...]) -> frozenset[UUID]:
    return frozenset(one.scope_id for one in listed)


@lru_cache(maxsize=4)
def _read(path: Path, _changed_ns: int, _size: int) -> tuple[Erased, ...]:
    # What a full disk took a part of alone is no line, and nothing was erased for it.
    lines = path.read_text().splitlines()
    return tuple(_erased(line) for line in lines if line.endswith("}"))


def _erased(line: str) -> Erased:
    said = json.loads(line)
    return Erased(
        erasure_id=UUID(said["erasure_id"]),
        scope_id=UUID(said["scope_id"]),
        erased_by=UUID(said["erased_by"]),
        erased_at=datetime.fromisoformat(said["erased_at"]),
    )


def _path() -> Path:
    return path_of(settings.ERASED_URL)
