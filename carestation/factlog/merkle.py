"""The tree of RFC 6962 over the leaves of the log, kept as small as it can be.

Of a tree that only grows, the roots of its whole subtrees are enough to go on and to say its root:
one per bit of its size, the largest first. So a log of any length is carried in 2 KB at most.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

HASH_BYTES: Final = 32
EMPTY: Final = sha256(b"").digest()


@dataclass(slots=True)
class Frontier:
    """How far a tree has grown; `peaks`: the roots of its whole subtrees, the largest first."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    @classmethod
    def from_bytes(cls, size: int, peaks: bytes | memoryview) -> "Frontier":
        """Return a frontier as it was kept."""
        kept = bytes(peaks)
        parts = range(0, len(kept), HASH_BYTES)
        return cls(size, [kept[start : start + HASH_BYTES] for start in parts])

    def to_bytes(self) -> bytes:
        """Return the peaks, to be kept beside the size."""
        return b"".join(self.peaks)

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Grow by leaf hashes (SHA-256 over 0x00 and what the leaf says), in their order."""
        for leaf in leaves:
            whole, count = leaf, self.size
            while count & 1:
                whole = _node(self.peaks.pop(), whole)
                count >>= 1
            self.peaks.append(whole)
            self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree as it stands (RFC 6962, 2.1)."""
        if not self.peaks:
            return EMPTY
        *larger, root = self.peaks
        for peak in reversed(larger):
            root = _node(peak, root)
        return root


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
