"""Whether the log is as it was sealed: read from its first row, in the order of the seal.

Each fact is hashed anew and laid beside its entry; over the entries the trees grow again, and
where something was signed their root must be the one that was signed. The first that differs is
named.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from carestation.audit.choices import Wrong
from carestation.audit.models import WHOLE, Checkpoint, Entry, SigningKey, Tree
from carestation.audit.queries.checkpoints import signer_of
from carestation.audit.queries.stretches import Stretch, entries_after, facts_after
from carestation.factlog.checkpoints import FIRST, Head, NotACheckpointError, Signed, read_note
from carestation.factlog.merkle import Frontier
from carestation.factlog.models import LoggedFact
from carestation.vault.signing import Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The first wrong place: at which number of the log, at which fact if it is one."""

    wrong: Wrong
    number: int
    fact_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How many facts were read, how many signed roots met; `finding` is None where all is well."""

    facts: int
    checkpoints: int
    finding: Finding | None


class _FoundError(Exception):
    def __init__(self, wrong: Wrong, number: int, fact_id: int | None = None) -> None:
        super().__init__()
        self.finding = Finding(wrong=wrong, number=number, fact_id=fact_id)


@dataclass(slots=True, kw_only=True)
class _Walk:
    """How far the reading has come; the trees of all parts grow with the whole."""

    signers: list[Signer]
    signed: dict[UUID, dict[int, bytes]] = field(default_factory=dict)
    trees: dict[UUID, Frontier] = field(default_factory=lambda: {WHOLE: Frontier()})
    met: int = 0

    @property
    def size(self) -> int:
        return self.trees[WHOLE].size

    def take(self, entries: Stretch, until: int) -> None:
        """Let the trees grow by entries; a signed root that differs ends the walk."""
        start = self.size
        parts: dict[str, list[int]] = defaultdict(list)
        for place, facility in enumerate(entries.facilities[:until]):
            if facility:
                parts[facility].append(place)
        self._grow(WHOLE, entries.leaves[:until], range(start, start + until))
        for facility, places in parts.items():
            leaves = [entries.leaves[place] for place in places]
            self._grow(UUID(facility), leaves, [start + place for place in places])

    def _grow(self, tree_id: UUID, leaves: Sequence[bytes], numbers: Sequence[int]) -> None:
        tree, taken = self.trees.setdefault(tree_id, Frontier()), 0
        signed, before = self.signed.get(tree_id, {}), tree.size
        for size in [one for one in signed if before < one <= before + len(leaves)]:
            tree.extend(leaves[taken : size - before])
            if tree.root() != signed[size]:
                raise _FoundError(Wrong.SEAL, numbers[taken])
            taken, self.met = size - before, self.met + 1
        tree.extend(leaves[taken:])

    def has_signed(self, signed: Signed) -> bool:
        text = signed.head.text()
        return any(one.has_signed(text, signed.signature) for one in self.signers)


def verify_log(outside: Iterable[str] = ()) -> Verdict:
    """Verify the whole log; `outside`: notes of checkpoints that left the machine.

    Raises:
        NotACheckpointError: one of these is none, or none of ours.
    """
    keys = SigningKey.objects.order_by("created_at")
    walk, finding = _Walk(signers=[signer_of(key) for key in keys]), None
    notes = [read_note(note) for note in outside]
    if not all(walk.has_signed(note) for note in notes):
        raise NotACheckpointError
    try:
        _read_checkpoints(walk)
        _read_log(walk)
        _end(walk, notes)
    except _FoundError as found:
        finding = found.finding
    return Verdict(facts=walk.size, checkpoints=walk.met, finding=finding)


def _read_checkpoints(walk: _Walk) -> None:
    heads: dict[UUID, Head] = {}
    for row in Checkpoint.objects.order_by("tree_id", "size").iterator():
        before, head = heads.get(row.tree_id), _head(walk, row)
        follows = FIRST if before is None else before.digest()
        if head is None or head.previous != follows:
            raise _FoundError(Wrong.CHECKPOINT, 0 if before is None else before.size)
        heads[row.tree_id] = head
        walk.signed.setdefault(row.tree_id, {})[head.size] = head.root
    for tree in Tree.objects.filter(signed_size__gt=0):
        last = heads.get(tree.pk)
        if last is None or last.size < tree.signed_size:
            raise _FoundError(Wrong.CHECKPOINT, 0 if last is None else last.size)


def _head(walk: _Walk, row: Checkpoint) -> Head | None:
    """Return what a checkpoint says, if one of our keys signed it for this tree and size."""
    try:
        signed = read_note(row.note)
    except NotACheckpointError:
        return None
    is_its_own = _tree_of(signed.head) == row.tree_id and signed.head.size == row.size
    return signed.head if is_its_own and walk.has_signed(signed) else None


def _tree_of(head: Head) -> UUID:
    return WHOLE if head.whole is None else UUID(head.origin.rpartition("/")[2])


def _read_log(walk: _Walk) -> None:
    for entries, facts in _beside_each_other():
        wrong = _first_wrong(entries, facts, walk.size)
        walk.take(entries, len(entries.ids) if wrong is None else wrong)
        if wrong is not None:
            there = facts.ids[wrong] if wrong < len(facts.ids) else None
            raise _found(walk.size, entries, wrong, there)


def _beside_each_other() -> Iterator[tuple[Stretch, Stretch]]:
    entries, facts = entries_after(None), facts_after(None)
    while entries.ids:
        yield entries, facts
        entries, facts = entries_after(entries), facts_after(facts)


def _first_wrong(entries: Stretch, facts: Stretch, number: int) -> int | None:
    """Return the first place of a stretch where fact and entry differ."""
    count = len(entries.ids)
    hashed = [sha256(b"\x00" + said.encode()).digest() for said in facts.said[:count]]
    kept = facts.leaves[:count]
    numbers = [str(one) for one in range(number, number + count)]
    if (facts.ids[:count], entries.numbers) == (entries.ids, numbers) and (
        hashed == kept == entries.leaves
    ):
        return None
    beside = zip(
        zip(entries.ids, entries.leaves, entries.leaves, entries.numbers, strict=True),
        zip(facts.ids[:count], hashed, kept, numbers[: len(hashed)], strict=True),
        strict=False,
    )
    wrong = (place for place, (sealed, found) in enumerate(beside) if sealed != found)
    return next(wrong, len(hashed))


def _found(number: int, entries: Stretch, place: int, there: str | None) -> _FoundError:
    """Say what is wrong with the entry of this number; `there`: which fact stands there."""
    sealed_id = int(entries.ids[place])
    if entries.numbers[place] != str(number):
        return _FoundError(Wrong.SEAL, number)
    if there == entries.ids[place]:
        return _FoundError(Wrong.CHANGED, number, sealed_id)
    if not LoggedFact.objects.filter(pk=sealed_id).exists():
        return _FoundError(Wrong.MISSING, number, sealed_id)
    if there is not None and not Entry.objects.filter(fact_id=int(there)).exists():
        return _FoundError(Wrong.ADDED, number, int(there))
    return _FoundError(Wrong.MOVED, number, sealed_id)


def _end(walk: _Walk, outside: Sequence[Signed]) -> None:
    """See that nothing that was signed lies behind the end, here or outside."""
    for tree_id, signed in walk.signed.items():
        tree = walk.trees.get(tree_id)
        if tree is None or tree.size < max(signed):
            raise _FoundError(Wrong.SEAL, walk.size)
    for note in outside:
        here = walk.signed.get(_tree_of(note.head), {})
        if here.get(note.head.size) != note.head.root:
            number = max((size for size in here if size <= note.head.size), default=0)
            raise _FoundError(Wrong.ROLLED_BACK, number)
