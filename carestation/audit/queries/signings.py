"""What was signed, read before the log is: each checkpoint by its key, its place and its links.

Of the first that is not what was signed it is said which, and what is wrong with it. What follows
from it is not told again.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from carestation.audit.choices import Bent
from carestation.audit.models import WHOLE, Checkpoint, Tree
from carestation.factlog.checkpoints import FIRST, Head, NotACheckpointError, Signed, with_part
from carestation.vault.signing import Signer

Roots = dict[UUID, dict[int, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A checkpoint that is not what was signed; `number`: how far its tree was signed before."""

    tree_id: UUID
    size: int
    number: int
    bent: Bent


@dataclass(slots=True, kw_only=True)
class Signings:
    """What was signed: the roots of each tree by its sizes, and when the whole was at which size.

    `fault`: the first that is wrong. `_last`: of each tree; `_over`: which of the whole were signed
    over parts that went with the one before, by what names that one; `_with`: those that are here.
    """

    signers: list[Signer]
    roots: Roots = field(default_factory=dict)
    times: list[tuple[datetime, int]] = field(default_factory=list)
    fault: Fault | None = None
    _last: dict[UUID, bytes] = field(default_factory=lambda: defaultdict(lambda: FIRST))
    _over: dict[bytes, Head] = field(default_factory=dict)
    _with: dict[bytes, bytes] = field(default_factory=lambda: defaultdict(lambda: FIRST))

    def has_signed(self, signed: Signed) -> bool:
        """Whether one of our keys signed it."""
        text = signed.head.text()
        return any(one.has_signed(text, signed.signature) for one in self.signers)

    def read_all(self, outside: Sequence[Signed]) -> None:
        """Read what was signed; in the place of one that is wrong, what left, if it did."""
        left = {(tree_of(one.head), one.head.size): one.head for one in outside}
        for row in Checkpoint.objects.order_by("tree_id", "size").iterator():
            found = self._head(row)
            if isinstance(found, Head):
                self._take(row.tree_id, found)
                continue
            self._blame(row.tree_id, row.size, found)
            if one := left.get((row.tree_id, row.size)):
                self._take(row.tree_id, one)
        self._see_that_parts_are_there()
        for tree in Tree.objects.filter(signed_size__gt=0).order_by("pk"):
            if self._signed_before(tree.pk, tree.signed_size + 1) < tree.signed_size:
                self._blame(tree.pk, tree.signed_size, Bent.LOST)

    def _head(self, row: Checkpoint) -> Head | Bent:
        """Return what a checkpoint says, if one of our keys signed it for this tree and size."""
        try:
            signed = row.signed
        except NotACheckpointError:
            return Bent.UNREADABLE
        if not self.has_signed(signed):
            return Bent.UNSIGNED
        is_its_own = tree_of(signed.head) == row.tree_id and signed.head.size == row.size
        return signed.head if is_its_own else Bent.ELSEWHERE

    def _take(self, tree_id: UUID, head: Head) -> None:
        """Take a checkpoint in; those of the whole, whose id is nil, come first."""
        if head.previous != self._last[tree_id]:
            self._blame(tree_id, head.size, Bent.UNLINKED)
        digest = self._last[tree_id] = head.digest()
        self.roots.setdefault(tree_id, {})[head.size] = head.root
        if head.whole is None:
            self.times.append((head.at, head.size))
        elif head.whole in self._over:
            self._with[head.whole] = with_part(self._with[head.whole], digest)
        if head.parts is not None:
            self._over[head.previous] = head

    def _see_that_parts_are_there(self) -> None:
        """See that the whole was signed over those checkpoints of parts that stand here."""
        for previous, head in self._over.items():
            if head.parts != self._with[previous]:
                self._blame(WHOLE, head.size, Bent.PARTLESS)

    def _blame(self, tree_id: UUID, size: int, bent: Bent) -> None:
        number = self._signed_before(tree_id, size)
        self.fault = self.fault or Fault(tree_id=tree_id, size=size, number=number, bent=bent)

    def _signed_before(self, tree_id: UUID, size: int) -> int:
        return max((one for one in self.roots.get(tree_id, {}) if one < size), default=0)


def tree_of(head: Head) -> UUID:
    """Return which tree a checkpoint is of."""
    return WHOLE if head.whole is None else UUID(head.origin.rpartition("/")[2])
