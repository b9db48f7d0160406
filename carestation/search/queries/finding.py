"""Finding posts and files: the index names what could be it, and it is read before it counts.

Controls: ISO/IEC 27017 8.3, 8.24; white paper 「利用者アクセスの管理」, 「暗号化」.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Final
from uuid import UUID

from carestation.accounts.queries.people import read_name
from carestation.groups.queries.seats import calling_of
from carestation.groups.rules import Seat
from carestation.kernel.errors import NotVisible
from carestation.kernel.sql import Parameters, Row, rows_of
from carestation.search.choices import EntryKind, Show
from carestation.search.queries.entries import GRAMS, text_of
from carestation.search.rules import folded_text, has_all, is_short, marked, pairs_of
from carestation.timeline.choices import Urgency
from carestation.timeline.models import Attachment
from carestation.vault.scopes import open_scope

# So many pairs of a long question are looked up; the rest is read.
PAIRS_AT_MOST: Final = 32
# Of words that have no pair, so many entries are read at the most.
READ_AT_MOST: Final = 4_000
BEFORE, AFTER = 40, 120
# Of a long text this much is looked at to show a piece of it.
WINDOW, OVERLAP = 1_000, 200
KINDS_SHOWN: Final = {
    Show.POSTS: tuple(EntryKind),
    Show.FILES: (EntryKind.FILE, EntryKind.DOCUMENT),
    Show.PEOPLE: (),
}
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST: Final = UUID(int=2**128 - 1)
# Hot (benchmarks/search.py): each group by its own numbers, and by both of two keys. Ids sort by
# time, so the newest are known before any post is read.
FIND: Final = """
WITH found AS MATERIALIZED (
  SELECT e.id AS at_id, e.post_id AS at_post_id, e.group_id
  FROM unnest(%(groups)s::uuid[], %(sides)s::text[], %(grams)s::text[])
    AS a (group_id, side, grams)
  JOIN search_own_entry e ON e.group_id = a.group_id AND e.side = a.side
    AND e.grams @> a.grams::bigint[]
  WHERE e.kind = ANY (%(kinds)s) AND (e.post_id, e.id) < (%(post_id)s, %(id)s)
    AND (NOT %(is_sifted)s OR EXISTS (
      SELECT FROM search_own_post p WHERE p.group_id = e.group_id AND p.id = e.post_id
        AND p.published_at >= %(since)s AND (NOT %(only_urgent)s OR p.urgency = 'urgent')
        AND p.author_id = coalesce(%(author_id)s, p.author_id)
        AND (NOT %(with_files)s
          OR EXISTS (SELECT FROM timeline_attachment f WHERE f.post_id = p.id))))
  ORDER BY e.post_id DESC, e.id DESC LIMIT 200
)
SELECT f.at_id, f.at_post_id, c.* FROM found f
LEFT JOIN search_candidate c ON c.group_id = f.group_id AND c.id = f.at_id
  AND c.withdrawn_at IS NULL
ORDER BY f.at_post_id DESC, f.at_id DESC
"""
# The same by reading, newest first: for words of one letter, and for conditions without words.
READ: Final = """
WITH newest AS MATERIALIZED (
  SELECT p.id, p.group_id FROM unnest(%(groups)s::uuid[], %(sides)s::text[]) AS a (group_id, side),
  LATERAL (
    SELECT p.id, p.group_id FROM search_own_post p
    WHERE p.group_id = a.group_id AND p.side = a.side AND p.withdrawn_at IS NULL
      AND p.id < %(post_id)s AND p.published_at >= %(since)s
      AND (NOT %(only_urgent)s OR p.urgency = 'urgent')
      AND p.author_id = coalesce(%(author_id)s, p.author_id)
      AND (NOT %(with_files)s
        OR EXISTS (SELECT FROM timeline_attachment f WHERE f.post_id = p.id))
    ORDER BY p.number DESC LIMIT 200
  ) p ORDER BY p.id DESC LIMIT 200
)
SELECT n.id AS at_id, n.id AS at_post_id, c.* FROM newest n
LEFT JOIN search_candidate c ON c.group_id = n.group_id AND c.post_id = n.id
  AND c.kind = ANY (%(kinds)s)
ORDER BY n.id DESC, c.id DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is looked for. `words`: folded, all of them are to be found; none: the conditions alone.

    `since`: posts from then on; `kinds`: posts, files, or both.
    """

    words: tuple[str, ...]
    kinds: tuple[EntryKind, ...] = tuple(EntryKind)
    author_id: UUID | None = None
    since: datetime | None = None
    only_urgent: bool = False
    with_files: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a text that is shown, and whether it is what was looked for."""

    text: str
    is_marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A post or a file that was found, at a side where the actor sits now."""

    id: UUID
    kind: EntryKind
    seat: Seat
    post_id: UUID
    author: str
    calling: str
    is_family: bool
    is_urgent: bool
    published_at: datetime
    file_id: UUID | None
    file_name: str
    parts: tuple[Part, ...]

    @property
    def excerpt(self) -> str:
        """The words around what was looked for."""
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found, newest first. `has_more`: there are others behind the last one.

    `is_cut`: only the newest posts were read, there may be older ones.
    """

    hits: tuple[Hit, ...]
    has_more: bool
    is_cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    row: Row
    text: str


def find(seats: Sequence[Seat], question: Question, *, limit: int, skip: int = 0) -> Found:
    """Return what is found at the sides of these seats, newest first; of erased groups nothing."""
    seats = [seat for seat in seats if _has_keys(seat)] if question.kinds else []
    sides = {(seat.group_id, seat.side.value): seat for seat in seats}
    has_pairs = any(not is_short(word) for word in question.words)
    rows = _found_rows(seats, question) if has_pairs else _read_rows(seats, question)
    wanted = skip + limit + 1
    count, true_ones = 0, list[_Read]()
    for count, row in enumerate(rows, start=1):  # noqa: B007 - how many were read is asked below
        seat = sides[row["group_id"], row["side"]]
        text = text_of(open_scope(seat.group_id, seat.actor), row)
        if has_all(question.words, folded_text(text)):
            true_ones.append(_Read(row=row, text=text))
            if len(true_ones) == wanted:
                break
    shown = true_ones[skip : skip + limit]
    return Found(
        hits=tuple(_hit(sides, question, one) for one in shown),
        has_more=len(true_ones) == wanted,
        is_cut=not has_pairs and count >= READ_AT_MOST,
    )


def _has_keys(seat: Seat) -> bool:
    try:
        open_scope(seat.group_id, seat.actor)
    except NotVisible:
        return False
    return True


def _found_rows(seats: Sequence[Seat], question: Question) -> Iterator[Row]:
    pairs = sorted(set().union(*map(pairs_of, question.words)))[:PAIRS_AT_MOST]
    places = [
        (seat, "{" + ",".join(map(str, numbers)) + "}")
        for seat in seats
        for numbers in open_scope(seat.group_id, seat.actor).blind_by_each(pairs, GRAMS)
    ]
    grams = [numbers for _, numbers in places]
    asked = _asked([seat for seat, _ in places], question)
    return _pages(FIND, asked | {"grams": grams, "is_sifted": _is_sifted(question)})


def _read_rows(seats: Sequence[Seat], question: Question) -> Iterator[Row]:
    return islice(_pages(READ, _asked(seats, question)), READ_AT_MOST)


def _pages(statement: str, asked: Parameters) -> Iterator[Row]:
    # What is withdrawn meanwhile, or not indexed yet, is a place without a row.
    last = {"post_id": LAST, "id": LAST}
    while rows := rows_of(statement, asked | last):
        yield from (row for row in rows if row["id"] is not None)
        last = {"post_id": rows[-1]["at_post_id"], "id": rows[-1]["at_id"]}


def _asked(seats: Sequence[Seat], question: Question) -> Parameters:
    return {
        "groups": [seat.group_id for seat in seats],
        "sides": [seat.side.value for seat in seats],
        "kinds": [kind.value for kind in question.kinds],
        "author_id": question.author_id,
        "since": question.since or EARLIEST,
        "only_urgent": question.only_urgent,
        "with_files": question.with_files,
    }


def _is_sifted(question: Question) -> bool:
    narrowed = question.author_id is not None or question.since is not None
    return narrowed or question.only_urgent or question.with_files


def _hit(sides: Mapping[tuple[UUID, str], Seat], question: Question, read: _Read) -> Hit:
    row = read.row
    seat = sides[row["group_id"], row["side"]]
    return Hit(
        id=row["id"],
        kind=EntryKind(row["kind"]),
        seat=seat,
        post_id=row["post_id"],
        author=read_name(row["author_id"], row["author_sealed"], seat.actor),
        calling=calling_of(row["role"], row["relation"], row["profession"]),
        is_family=row["role"] == "family",
        is_urgent=row["urgency"] == Urgency.URGENT,
        published_at=row["published_at"],
        file_id=row["file_id"],
        file_name=_file_name(seat, row),
        parts=excerpt_of(question.words, read.text),
    )


def _file_name(seat: Seat, row: Row) -> str:
    if row["file_id"] is None:
        return ""
    place = Attachment.name_place(row["file_id"])
    return open_scope(seat.group_id, seat.actor).unseal(row["name_sealed"], place)


def excerpt_of(words: Sequence[str], text: str) -> tuple[Part, ...]:
    """Return the words around the first that was looked for, in one line, each of them marked."""
    line = " ".join(_window(words, text).split())
    places = marked(words, line)
    begin = max(0, places[0][0] - BEFORE) if places else 0
    end = min(len(line), begin + BEFORE + AFTER)
    parts, at = [Part(text="…" if begin else "", is_marked=False)], begin
    for first, last in places:
        if last > end:
            break
        parts += [
            Part(text=line[at:first], is_marked=False),
            Part(text=line[first:last], is_marked=True),
        ]
        at = last
    rest = line[at:end] + ("…" if end < len(line) else "")
    return tuple(part for part in (*parts, Part(text=rest, is_marked=False)) if part.text)


def _window(words: Sequence[str], text: str) -> str:
    """Return a piece of a long text in which one of the words stands."""
    for begin in range(0, max(1, len(text) - OVERLAP), WINDOW - OVERLAP):
        piece = text[begin : begin + WINDOW]
        if any(word in folded_text(piece) for word in words):
            return piece
    return text[:WINDOW]
