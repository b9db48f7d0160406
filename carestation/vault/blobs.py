"""Where sealed bytes lie outside the database: a folder tree, or a bucket of an object store.

Only what is sealed comes here. A write is complete or absent: a temporary name, the disk's own
word that it is kept, and only then its name.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from carestation.vault.disk import keep_names
from carestation.vault.relocating import MovingBlobs
from carestation.vault.storing import Blobs, StoreAwayError

PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600
UNFINISHED: Final = ".new"
# A folder may hold what is not ours, such as lost+found.
OURS: Final = re.compile(r"[0-9a-f]{32}\.[a-z]+")


class FolderBlobs:
    """A folder tree, by the last two bytes of an id: its first ones are time."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, blob_id: UUID, variant: str, parts: Iterable[bytes]) -> None:
        """Keep the parts; they are on disk after."""
        path = self._path(blob_id, variant)
        self.prepare()
        for folder in (path.parent.parent, path.parent):
            folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        fresh = _unfinished(path)
        # Whoever was killed on the way to this very file has left a part of it, sealed.
        fresh.unlink(missing_ok=True)
        try:
            _write_through(fresh, parts)
            fresh.rename(path)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        for folder in (path.parent, path.parent.parent, self._root):
            keep_names(folder)

    def read(self, blob_id: UUID, variant: str, start: int, length: int) -> bytes:
        """Return up to `length` bytes from `start`.

        Raises:
            FileNotFoundError: nothing is kept there.
        """
        with self._path(blob_id, variant).open("rb") as file:
            file.seek(start)
            return file.read(length)

    def size(self, blob_id: UUID, variant: str) -> int:
        """Return how many bytes are kept; 0 where there is nothing."""
        try:
            return self._path(blob_id, variant).stat().st_size
        except FileNotFoundError:
            return 0

    def remove(self, blob_id: UUID, variant: str) -> None:
        """Forget it, and what somebody who was killed has left of it."""
        path = self._path(blob_id, variant)
        path.unlink(missing_ok=True)
        _unfinished(path).unlink(missing_ok=True)

    def names(self, before: datetime | None = None) -> Iterator[tuple[UUID, str]]:
        """Yield what is ours of what is kept, and nothing that was only begun."""
        for path in self._root.glob("*/*/*"):
            if OURS.fullmatch(path.name) and (before is None or _is_older(path, before)):
                name, _, variant = path.name.partition(".")
                yield UUID(hex=name), variant

    def end_unfinished(self, before: datetime) -> int:
        """Take away what nobody has written to since then and never came to its name."""
        count = 0
        for path in self._root.glob(f"*/*/*{UNFINISHED}"):
            if _is_older(path, before):
                path.unlink(missing_ok=True)
                count += 1
        return count

    def prepare(self) -> None:
        """Make the folder, where it is missing."""
        self._root.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)

    def check(self) -> None:
        """See that the folder is there, and ours to write in.

        Raises:
            StoreAwayError: it is not: a disk that was taken away, perhaps.
        """
        if not os.access(self._root, os.W_OK):
            raise StoreAwayError("the folder of files is not there")

    def _path(self, blob_id: UUID, variant: str) -> Path:
        name = blob_id.hex
        return self._root / name[-2:] / name[-4:-2] / f"{name}.{variant}"


def blobs() -> Blobs:
    """Return the store that BLOB_URL names; while files move, both stores as one."""
    now, before = _store_at(settings.BLOB_URL), settings.BLOB_URL_BEFORE
    if before in {"", settings.BLOB_URL}:
        return now
    return MovingBlobs(now, _store_at(before))


@cache
def _store_at(url: str) -> Blobs:
    if url.startswith("file://"):
        return FolderBlobs(Path(url.removeprefix("file://")))
    from carestation.vault.buckets import BucketBlobs  # noqa: PLC0415 - only where it is used

    return BucketBlobs(url)


def _is_older(path: Path, before: datetime) -> bool:
    # It may have gone since its folder was read.
    with suppress(FileNotFoundError):
        return path.stat().st_mtime < before.timestamp()
    return False


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{path.name}{UNFINISHED}")


def _write_through(path: Path, parts: Iterable[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())
