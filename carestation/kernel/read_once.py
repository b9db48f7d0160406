"""What rows were read as: a row that comes again as it was is not unsealed and built again.

Hot (benchmarks/pages.py): fifteen people open the same page again and again. A row is found by all
its bytes, as the database has just sent them to who asks; what changed in any column is read anew.
What was read is plain text: like an opened key it is kept for five minutes at most.
"""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from carestation.kernel.forgetting import PLAIN_KEPT_SECONDS, drops_in_time, look_in_time
from carestation.kernel.sql import Parameters, Raw, Row, raw_rows_of

T = TypeVar("T")


class ReadOnce(Generic[T]):
    """Remembers what the rows of one kind said, in the process that read them."""

    def __init__(self, *, most: int) -> None:
        """Remember so many rows at most."""
        self._most = most
        self.forget()
        drops_in_time(self._forget_what_is_old)

    def rows_of(self, statement: str, parameters: Parameters, read: Callable[[Row], T]) -> list[T]:
        """Run one statement; return what `read` makes of each row, of a row alone."""
        known = self._known_now()
        raws, unread = raw_rows_of(statement, parameters, known)
        known.update((raw, read(row)) for raw, row in unread.items())
        look_in_time()
        return [known[raw] for raw in raws]

    def forget(self) -> None:
        """Drop everything: a look that goes on meanwhile has its own hold of what it found."""
        self._known: dict[Raw, T] = {}
        self._since = time.monotonic()

    def _known_now(self) -> dict[Raw, T]:
        self._forget_what_is_old()
        if len(self._known) > self._most:
            self.forget()
        return self._known

    def _forget_what_is_old(self) -> None:
        if time.monotonic() - self._since > PLAIN_KEPT_SECONDS:
            self.forget()
