"""Whether the log is as it was sealed: read from its first row, in the order of the seal.

Each fact is hashed anew and laid beside its entry, which must be found by what the fact says; over
the entries the trees grow again, and
where something was signed their root must be the one that was signed. The first that differs is
named; of a checkpoint that is not what was signed, which one, and whether the facts are as they
were all the same. Where a fact went because its term was over, its leaf is enough, and a removal
must say so.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import zip_longest
from typing import Final
from uuid import UUID

from django.utils import timezone

from carestation.audit.choices import Bent, Wrong
from carestation.audit.models import WHOLE, Entry, SigningKey
from carestation.audit.queries.checkpoints import signer_of
from carestation.audit.queries.marks import first_bent
from carestation.audit.queries.removals import Removal, removals_of
from carestation.audit.queries.signings import Roots, Signings, tree_of
from carestation.audit.queries.stretches import Facts, Stretch, Taken, hashes_in, stretches
from carestation.factlog.checkpoints import NotACheckpointError, Signed, read_note
from carestation.factlog.merkle import Frontier
from carestation.factlog.models import LoggedFact


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The first wrong place: at which number of the log, at which fact if it is one.

    `tree_id`, `size`: which checkpoint it is that is wrong (`bent` says how), or whose root is not
    met: then something from `number` up to `until` is not what was signed, or the fact and its
    entry at this number, where its mark says so. Of a checkpoint, `number` is how many facts of its
    tree were signed before.
    """

    wrong: Wrong
    number: int
    fact_id: int | None = None
    until: int | None = None
    tree_id: UUID | None = None
    size: int | None = None
    bent: Bent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How many facts were read, how many signed roots met; `finding` is None where all is well.

    `rows`: where a checkpoint is wrong, the first wrong place of the facts themselves, if any.
    `removed`: how many facts went from the log when their term was over, and what came before which
    time among them.
    """

    facts: int
    checkpoints: int
    finding: Finding | None
    rows: Finding | None = None
    removed: int = 0
    removed_before: datetime | None = None


# The sealer is seconds behind; an hour is no backlog, but a sealer that was led past them.
UNSEALED_AT_MOST: Final = timedelta(hours=1)


class _FoundError(Exception):
    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self.finding = finding


@dataclass(slots=True, kw_only=True)
class _Walk:
    """How far the reading has come; the trees of all parts grow with the whole.

    `times`: when the whole was signed at which size; `gone`: how many facts of a part are no more;
    `since`: from which number on nothing signed of a tree was met.
    """

    signed: Roots
    times: list[tuple[datetime, int]]
    trees: dict[UUID, Frontier] = field(default_factory=lambda: {WHOLE: Frontier()})
    removals: dict[str, Removal] = field(default_factory=dict)
    gone: Counter[str] = field(default_factory=Counter)
    since: dict[UUID, int] = field(default_factory=dict)
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
        self.since.setdefault(tree_id, next(iter(numbers), self.size))
        for size in [one for one in signed if before < one <= before + len(leaves)]:
            tree.extend(leaves[taken : size - before])
            if tree.root() != signed[size]:
                last = numbers[size - before - 1]
                raise _FoundError(self.unmet(tree_id, size, last=last))
            taken, self.met = size - before, self.met + 1
            self.since[tree_id] = numbers[taken - 1] + 1
        tree.extend(leaves[taken:])

    def unmet(self, tree_id: UUID, size: int, *, last: int | None = None) -> Finding:
        """Say that a root is not met, or not led to; where a mark says which entry it was, which.

        `last`: the number of the last entry below it; None: the log ends before.
        """
        first = self.since.get(tree_id, self.size)
        bent = first_bent(first, self.size if last is None else last)
        if bent is not None:
            number, fact_id = bent.number, bent.fact_id
            return Finding(
                wrong=Wrong.SEAL, number=number, fact_id=fact_id, tree_id=tree_id, size=size
            )
        number = self.size if last is None else first
        return Finding(wrong=Wrong.SEAL, number=number, until=last, tree_id=tree_id, size=size)

    def is_signed_with(self, leaf: bytes) -> bool:
        """Whether the next signed root of the whole is met with another leaf at this place."""
        size = min((one for one in self.signed.get(WHOLE, {}) if one > self.size), default=None)
        if size is None:
            return False
        later = Entry.objects.filter(number__gt=self.size, number__lt=size).order_by("number")
        tree = Frontier.from_bytes(self.size, self.trees[WHOLE].to_bytes())
        tree.extend([leaf, *map(bytes, later.values_list("leaf", flat=True))])
        return tree.size == size and tree.root() == self.signed[WHOLE][size]


def verify_log(outside: Iterable[str] = ()) -> Verdict:
    """Verify the whole log; `outside`: notes of checkpoints that left the machine.

    Raises:
        NotACheckpointError: one of these is none, or none of ours.
    """
    keys = SigningKey.objects.order_by("created_at")
    read = Signings(signers=[signer_of(key) for key in keys])
    notes = [read_note(note) for note in outside]
    if not all(read.has_signed(note) for note in notes):
        raise NotACheckpointError
    read.read_all(notes)
    walk, rows = _Walk(signed=read.roots, times=read.times), None
    fault = None if read.fault is None else Finding(wrong=Wrong.CHECKPOINT, **asdict(read.fault))
    try:
        walk.removals = removals_of(walk.times)
        _read_log(walk)
        _end(walk, notes)
    except _FoundError as found:
        rows = found.finding
    befores = [walk.removals[part].before for part in walk.gone if part in walk.removals]
    return Verdict(
        facts=walk.size,
        checkpoints=walk.met,
        finding=fault or rows,
        rows=rows if fault else None,
        removed=walk.gone.total(),
        removed_before=max(befores, default=None),
    )


def _read_log(walk: _Walk) -> None:
    log = Facts()
    for entries in stretches():
        gone = frozenset(entries.gone)
        there = [place for place in range(len(entries.ids)) if place not in gone]
        facts = log.take(len(there))
        wrong = _first_wrong(entries, there, facts, walk.size)
        unexplained = walk.first_unexplained(entries)
        stop = min(wrong, unexplained)
        walk.take(entries, stop)
        if stop == len(entries.ids):
            continue
        if stop == unexplained:
            gone_id = int(entries.ids[stop])
            raise _FoundError(Finding(wrong=Wrong.MISSING, number=walk.size, fact_id=gone_id))
        beside = dict(zip(there, zip(facts.ids, facts.said, strict=True), strict=False))
        raise _FoundError(_found(walk, entries, stop, beside.get(stop)))
    _see_that_all_is_sealed(walk, log)


def _see_that_all_is_sealed(walk: _Walk, log: Facts) -> None:
    """See that no fact has stood behind the last entry for long."""
    next_ones = LoggedFact.objects.filter(pk__in=log.take(1).ids)
    for fact in next_ones.filter(at__lt=timezone.now() - UNSEALED_AT_MOST):
        raise _FoundError(Finding(wrong=Wrong.UNSEALED, number=walk.size, fact_id=fact.pk))


def _first_wrong(entries: Stretch, there: Sequence[int], facts: Taken, number: int) -> int:
    """Return the first place of a stretch where fact and entry differ; its end if none does.

    `there`: the places of entries beside which a fact must stand.
    """
    ids, hashed = facts.ids, [_leaf(one) for one in facts.said]
    numbers = [str(number + place) for place in range(len(entries.ids))]
    is_whole = len(there) == len(entries.ids)
    sealed = entries.ids if is_whole else [entries.ids[place] for place in there]
    leaves = entries.leaves if is_whole else [entries.leaves[place] for place in there]
    sealed_as, said_as = (entries.numbers, entries.found_by), (numbers, facts.found_by)
    if (ids, hashed, said_as) == (sealed, leaves, sealed_as):
        return len(entries.ids)
    misnumbered = (place for place, one in enumerate(numbers) if entries.numbers[place] != one)
    beside = zip_longest(
        zip(ids, hashed, hashes_in(facts.found_by), strict=True),
        zip(sealed, leaves, hashes_in(entries.found_by), strict=True),
    )
    differing = (place for place, (found, kept) in zip(there, beside, strict=True) if found != kept)
    end = len(entries.ids)
    return min(next(misnumbered, end), next(differing, end))


def _found(walk: _Walk, entries: Stretch, place: int, beside: tuple[str, str] | None) -> Finding:
    """Say what is wrong at the next number; `beside`: which fact stands there, and what it says."""
    number, sealed_id = walk.size, int(entries.ids[place])
    there, said = beside or (None, "")
    if entries.numbers[place] != str(number):
        return Finding(wrong=Wrong.SEAL, number=number, until=number)
    if there == entries.ids[place]:
        # Either the fact or its entry is not what it was: the signature knows which, where it is
        # not what the entry is found by alone.
        leaf = _leaf(said)
        if leaf == entries.leaves[place] or walk.is_signed_with(leaf):
            return Finding(wrong=Wrong.SEAL, number=number, until=number, fact_id=sealed_id)
        return Finding(wrong=Wrong.CHANGED, number=number, fact_id=sealed_id)
    if not LoggedFact.objects.filter(pk=sealed_id).exists():
        return Finding(wrong=Wrong.MISSING, number=number, fact_id=sealed_id)
    if there is not None and not Entry.objects.filter(fact_id=int(there)).exists():
        return Finding(wrong=Wrong.ADDED, number=number, fact_id=int(there))
    return Finding(wrong=Wrong.MOVED, number=number, fact_id=sealed_id)


def _leaf(said: str) -> bytes:
    return sha256(b"\x00" + said.encode()).digest()


def _end(walk: _Walk, outside: Sequence[Signed]) -> None:
    """See that nothing that was signed lies behind the end, here or outside."""
    for tree_id, signed in walk.signed.items():
        tree = walk.trees.get(tree_id)
        if tree is None or tree.size < max(signed):
            size = min(one for one in signed if tree is None or one > tree.size)
            raise _FoundError(walk.unmet(tree_id, size))
    for note in outside:
        tree_id, size = tree_of(note.head), note.head.size
        here = walk.signed.get(tree_id, {})
        if here.get(size) != note.head.root:
            number = max((one for one in here if one <= size), default=0)
            raise _FoundError(
                Finding(wrong=Wrong.ROLLED_BACK, number=number, tree_id=tree_id, size=size)
            )
