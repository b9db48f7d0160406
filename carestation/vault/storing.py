"""What a store of sealed bytes can do, and what it says when it cannot.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol
from uuid import UUID

from carestation.kernel.errors import Unavailable


class StoreAwayError(Unavailable):
    """The store of files does not answer, or does not let us; the words say which."""


class Blobs(Protocol):
    """What a store of sealed bytes can do: a folder, or a bucket of an object store."""

    def write(self, blob_id: UUID, variant: str, parts: Iterable[bytes]) -> None:
        """Keep the parts, in their order, under an id and a variant; they are on disk after."""

    def read(self, blob_id: UUID, variant: str, start: int, length: int) -> bytes:
        """Return up to `length` bytes from `start`."""

    def size(self, blob_id: UUID, variant: str) -> int:
        """Return how many bytes are kept; 0 where there is nothing."""

    def remove(self, blob_id: UUID, variant: str) -> None:
        """Forget it; what is not there is forgotten already."""

    def names(self, before: datetime | None = None) -> Iterator[tuple[UUID, str]]:
        """Yield the id and the variant of everything that is kept, or was written before then."""

    def end_unfinished(self, before: datetime) -> int:
        """Take away what was begun before then and never came to its end; return how many."""

    def prepare(self) -> None:
        """Make what is missing, and see that it takes and gives."""

    def check(self) -> None:
        """See that it answers."""
