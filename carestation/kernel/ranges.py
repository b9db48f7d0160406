"""Which part of a thing a request asks for (RFC 9110, section 14): one range, or the whole."""

import re
from dataclasses import dataclass
from typing import Final

# What our proxy takes off our hands at once, however slowly it is read: a longer answer holds a
# thread for as long as its reader likes.
TAKEN_AT_ONCE_BYTES: Final = 8_000_000
_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From `start` up to, but without, `stop`; `is_part`: less than the whole was asked for."""

    start: int
    stop: int
    is_part: bool

    @property
    def length(self) -> int:
        """How many bytes that is."""
        return self.stop - self.start


class UnsatisfiableRangeError(Exception):
    """It begins behind the end: 416."""


def span_of(asked: str, size_bytes: int) -> Span:
    """Return what a Range header asks for; several ranges, or nonsense, count as the whole.

    Raises:
        UnsatisfiableRangeError: nothing of what is asked for exists.
    """
    match = _RANGE.fullmatch(asked.strip())
    first, last = match.groups() if match else ("", "")
    if not first and not last:
        return Span(start=0, stop=size_bytes, is_part=False)
    if first and last and int(last) < int(first):
        return Span(start=0, stop=size_bytes, is_part=False)
    start = int(first) if first else max(0, size_bytes - int(last))
    stop = min(int(last) + 1, size_bytes) if first and last else size_bytes
    if start >= size_bytes:
        raise UnsatisfiableRangeError
    return Span(start=start, stop=stop, is_part=True)
