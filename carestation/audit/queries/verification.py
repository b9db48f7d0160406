"""Whether the log is as it was sealed: read from its first row, in the order of the seal.

Each fact is hashed anew and laid beside its entry; over the entries the trees grow again, and
where something was signed their root must be the one that was signed. The first that differs is
named. Where a fact went because its term was over, its leaf is enough, and a removal must say so.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import zip_longest
from uuid import UUID

from carestation.audit.choices import Wrong
from carestation.audit.models import WHOLE, Checkpoint, Entry, SigningKey, Tree
from carestation.audit.queries.checkpoints import signer_of
from carestation.audit.queries.removals import Removal, removals_of
from carestation.audit.queries.stretches import Facts, Stretch, stretches
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
    """How many facts were read, how many signed roots met; `finding` is None where all is well.

    `removed`: how many facts went from the log when their term was over, and what came before which
    time among them.
    """

    facts: int
    checkpoints: int
    finding: Finding | None
    removed: int = 0
    removed_before: datetime | None = None


class _FoundError(Exception):
    def __init__(self, wrong: Wrong, number: int, fact_id: int | None = None) -> None:
        super().__init__()
        self.finding = Finding(wrong=wrong, number=number, fact_id=fact_id)


@dataclass(slots=True, kw_only=True)
class _Walk:
    """How far the reading has come; the trees of all parts grow with the whole.

    `times`: when the whole was signed at which size; `gone`: how many facts of a part are no more.
    """

    signers: list[Signer]
    signed: dict[UUID, dict[int, bytes]] = field(default_factory=dict)
    trees: dict[UUID, Frontier] = field(default_factory=lambda: {WHOLE: Frontier()})
    times: list[tuple[datetime, int]] = field(default_factory=list)
    removals: dict[str, Removal] = field(default_factory=dict)
    gone: Counter[str] = field(default_factory=Counter)
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

    def first_unexplained(self, entries: Stretch) -> int:
        """Return the first place whose fact is gone without a removal that says so; else the end.

        The newest removal of a part says how many there are no more, and until where they may be.
        """
        for place in entries.gone:
            part = entries.facilities[place]
            removal, self.gone[part] = self.removals.get(part), self.gone[part] + 1
            if removal is None or not removal.explains(self.size + place, self.gone[part]):
                return place
        return len(entries.ids)

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
        walk.removals = removals_of(walk.times)
        _read_log(walk)
        _end(walk, notes)
    except _FoundError as found:
        finding = found.finding
    befores = [walk.removals[part].before for part in walk.gone if part in walk.removals]
    return Verdict(
        facts=walk.size,
        checkpoints=walk.met,
        finding=finding,
        removed=walk.gone.total(),
        removed_before=max(befores, default=None),
    )


def _read_checkpoints(walk: _Walk) -> None:
    heads: dict[UUID, Head] = {}
    for row in Checkpoint.objects.order_by("tree_id", "size").iterator():
        before, head = heads.get(row.tree_id), _head(walk, row)
        follows = FIRST if before is None else before.digest()
        if head is None or head.previous != follows:
            raise _FoundError(Wrong.CHECKPOINT, 0 if before is None else before.size)
        heads[row.tree_id] = head
        walk.signed.setdefault(row.tree_id, {})[head.size] = head.root
        if row.tree_id == WHOLE:
            walk.times.append((head.at, head.size))
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
    log = Facts()
    for entries in stretches():
        gone = frozenset(entries.gone)
        there = [place for place in range(len(entries.ids)) if place not in gone]
        ids, said = log.take(len(there))
        wrong = _first_wrong(entries, there, (ids, said), walk.size)
        unexplained = walk.first_unexplained(entries)
        stop = min(wrong, unexplained)
        walk.take(entries, stop)
        if stop == len(entries.ids):
            continue
        if stop == unexplained:
            raise _FoundError(Wrong.MISSING, walk.size, int(entries.ids[stop]))
        beside = dict(zip(there, ids, strict=False))
        raise _found(walk.size, entries, stop, beside.get(stop))


def _first_wrong(
    entries: Stretch, there: Sequence[int], facts: tuple[list[str], list[str]], number: int
) -> int:
    """Return the first place of a stretch where fact and entry differ; its end if none does.

    `there`: the places of entries beside which a fact must stand.
    """
    ids, said = facts
    hashed = [sha256(b"\x00" + one.encode()).digest() for one in said]
    numbers = [str(number + place) for place in range(len(entries.ids))]
    is_whole = len(there) == len(entries.ids)
    sealed = entries.ids if is_whole else [entries.ids[place] for place in there]
    leaves = entries.leaves if is_whole else [entries.leaves[place] for place in there]
    if (ids, hashed, numbers) == (sealed, leaves, entries.numbers):
        return len(entries.ids)
    misnumbered = (place for place, one in enumerate(numbers) if entries.numbers[place] != one)
    beside = zip_longest(zip(ids, hashed, strict=True), zip(sealed, leaves, strict=True))
    differing = (place for place, (found, kept) in zip(there, beside, strict=True) if found != kept)
    end = len(entries.ids)
    return min(next(misnumbered, end), next(differing, end))


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
