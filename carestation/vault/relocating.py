"""Files move from one store to another while all serve: what is not there yet is read where it was.

New files go to the new store. Of each other one the mover copies the sealed bytes, reads them back,
compares, and only then forgets it where it was; whoever stops it loses nothing, and it goes on with
what is left. Nothing is opened for it.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from carestation.kernel.ids import uuid7
from carestation.vault.storing import Blobs

CHUNK_BYTES: Final = 4 * 1024 * 1024
MARK: Final = "mark"


class CopyDamagedError(Exception):
    """What the new store gives back is not what was written; nothing was forgotten."""


class OneStoreError(Exception):
    """What is told as two stores is one, by two names."""


class MovingBlobs:
    """Two stores on the way from one to the other: the same calls as one."""

    def __init__(self, now: Blobs, before: Blobs) -> None:
        self._now, self._before = now, before

    def write(self, blob_id: UUID, variant: str, parts: Iterable[bytes]) -> None:
        """Keep the parts in the new store."""
        self._now.write(blob_id, variant, parts)

    def read(self, blob_id: UUID, variant: str, start: int, length: int) -> bytes:
        """Return up to `length` bytes from `start`, from wherever they lie.

        Raises:
            FileNotFoundError: in neither.
        """
        for store in (self._now, self._before):
            try:
                return store.read(blob_id, variant, start, length)
            except FileNotFoundError:
                continue
        # It went over between the two looks.
        return self._now.read(blob_id, variant, start, length)

    def size(self, blob_id: UUID, variant: str) -> int:
        """Return how many bytes are kept; 0 where there is nothing in either."""
        stores = (self._now, self._before, self._now)
        return next((found for one in stores if (found := one.size(blob_id, variant))), 0)

    def remove(self, blob_id: UUID, variant: str) -> None:
        """Forget it in both: first where it was, so that who moves it sees that it is gone."""
        self._before.remove(blob_id, variant)
        self._now.remove(blob_id, variant)

    def names(self, before: datetime | None = None) -> Iterator[tuple[UUID, str]]:
        """Yield what is kept in either; what is on its way may come twice."""
        yield from self._before.names(before)
        yield from self._now.names(before)

    def end_unfinished(self, before: datetime) -> int:
        """Take away what was begun before then in either and never came to its end."""
        return self._now.end_unfinished(before) + self._before.end_unfinished(before)

    def prepare(self) -> None:
        """Make what is missing in the new one, and see that the other is there, and another.

        Raises:
            OneStoreError: it is the same.
        """
        self._now.prepare()
        self._before.check()
        self.require_two()

    def check(self) -> None:
        """See that both answer."""
        self._now.check()
        self._before.check()

    def count_left(self) -> int:
        """Return how many still lie where they were."""
        return sum(1 for _ in self._before.names())

    def require_two(self) -> None:
        """See that they are two: what moves within one would be forgotten with its copy.

        Raises:
            OneStoreError: they are one, by two names.
        """
        mark = uuid7()
        self._now.write(mark, MARK, [b"."])
        try:
            if self._before.size(mark, MARK):
                raise OneStoreError
        finally:
            self._now.remove(mark, MARK)

    def move(self) -> Iterator[int]:
        """Move one after the other; yield the bytes of each. One process at a time does.

        Raises:
            OneStoreError: both are one store.
            CopyDamagedError: one came out of the new store as something else.
        """
        self.require_two()
        for blob_id, variant in self._before.names():
            yield self._move_one(blob_id, variant)

    def _move_one(self, blob_id: UUID, variant: str) -> int:
        size_bytes = self._before.size(blob_id, variant)
        if not size_bytes:
            # It went since it was listed; nothing that is kept is empty.
            return 0
        is_same = self._copied(blob_id, variant, size_bytes)
        if not self._before.size(blob_id, variant):
            # Whoever it belonged to threw it away meanwhile.
            self._now.remove(blob_id, variant)
            return 0
        if not is_same:
            raise CopyDamagedError
        self._before.remove(blob_id, variant)
        return size_bytes

    def _copied(self, blob_id: UUID, variant: str, size_bytes: int) -> bool:
        read, written = hashlib.sha256(), hashlib.sha256()

        def parts() -> Iterator[bytes]:
            for part in _parts(self._before, blob_id, variant, size_bytes):
                read.update(part)
                yield part

        try:
            self._now.write(blob_id, variant, parts())
            for part in _parts(self._now, blob_id, variant, size_bytes):
                written.update(part)
        except FileNotFoundError:
            return False
        is_whole = self._now.size(blob_id, variant) == size_bytes
        return is_whole and written.digest() == read.digest()


def _parts(store: Blobs, blob_id: UUID, variant: str, size_bytes: int) -> Iterator[bytes]:
    for start in range(0, size_bytes, CHUNK_BYTES):
        yield store.read(blob_id, variant, start, min(CHUNK_BYTES, size_bytes - start))
