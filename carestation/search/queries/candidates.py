"""Which entries could be what is looked for, newest first: by the index, or by walking.

A rare word is looked up: the index leads to its few entries. For a word that is everywhere it would
lead to all of them, only to show the newest: there the newest entries are walked, and looked at
one by one, until a page is full. Which of the two reads less is told by the first hundred.

Controls: ISO/IEC 27017 8.3, 8.24; white paper 「利用者アクセスの管理」, 「暗号化」.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Final
from uuid import UUID

from carestation.groups.rules import Seat
from carestation.kernel.sql import Parameters, Row, rows_of
from carestation.search.choices import EntryKind
from carestation.search.queries.entries import GRAMS
from carestation.search.rules import is_short, of_group, pairs_of, walks_on
from carestation.vault.scopes import open_scope

# So many pairs of a long question are looked up; the rest is read.
PAIRS_AT_MOST: Final = 32
# Of words that have no pair, so many entries are read at the most.
READ_AT_MOST: Final = 4_000
# So many entries are walked at once, of all places together, and so many of each at the least.
WALKED_AT_ONCE: Final = 128
WALKED_OF_EACH: Final = 4
# So many are asked for at the least: not each pair of letters stands where it is looked for.
ASKED_AT_LEAST: Final = 40
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST: Final = UUID(int=2**128 - 1)
START: Final = {"post_id": LAST, "id": LAST}
# Hot (benchmarks/search.py): each place by its own numbers, and by both of two keys. Ids sort by
# time, so the newest are known before any post is read. OFFSET 0 keeps the index of a group's
# entries out of it: to read that of a large group takes longer than all the rest. What is asked
# comes as JSON: what PostgreSQL knows of parameters it counts, and plans anew at each look.
FIND: Final = """
SELECT e.id AS at_id, e.post_id AS at_post_id, e.group_id
FROM json_to_record(%(question)s::json) AS q (kinds text[], is_sifted bool, since timestamptz,
  author_id uuid, only_urgent bool, with_files bool, post_id uuid, id uuid),
json_to_recordset(%(places)s::json) AS a (group_id uuid, side text, grams bigint[]),
LATERAL (SELECT * FROM search_own_entry e WHERE e.grams @> a.grams OFFSET 0) e
WHERE e.group_id = a.group_id AND e.side = a.side
  AND e.kind = ANY (q.kinds) AND (e.post_id, e.id) < (q.post_id, q.id)
  AND (NOT q.is_sifted OR EXISTS (
    SELECT FROM search_own_post p WHERE p.group_id = e.group_id AND p.id = e.post_id
      AND p.published_at >= q.since AND (NOT q.only_urgent OR p.urgency = 'urgent')
      AND p.author_id = coalesce(q.author_id, p.author_id)
      AND (NOT q.with_files OR EXISTS (SELECT FROM timeline_attachment f WHERE f.post_id = p.id))
  ))
ORDER BY e.post_id DESC, e.id DESC LIMIT (SELECT (%(question)s::json ->> 'most')::int)
"""
# The same by walking: the newest of each place, as far back as all places were walked (`ended`).
# The last row says where that is, and how many of the walked ones fit; no row: all were walked. No
# more rows come than are asked for: in a word of every post nearly all fit.
WALK: Final = """
WITH walked AS MATERIALIZED (
  SELECT e.* FROM json_to_record(%(question)s::json) AS q (kinds text[], is_sifted bool,
    since timestamptz, author_id uuid, only_urgent bool, with_files bool, post_id uuid, id uuid,
    each int),
  json_to_recordset(%(places)s::json) AS a (group_id uuid, side text, grams bigint[]),
  LATERAL (
    SELECT e.id, e.post_id, e.group_id, row_number() OVER () = q.each AS is_last,
      e.grams @> a.grams AND e.kind = ANY (q.kinds)
      AND (NOT q.is_sifted OR EXISTS (
        SELECT FROM search_own_post p WHERE p.group_id = e.group_id AND p.id = e.post_id
          AND p.published_at >= q.since AND (NOT q.only_urgent OR p.urgency = 'urgent')
          AND p.author_id = coalesce(q.author_id, p.author_id)
          AND (NOT q.with_files
            OR EXISTS (SELECT FROM timeline_attachment f WHERE f.post_id = p.id)))) AS fits
    FROM (SELECT * FROM search_own_entry e WHERE e.group_id = a.group_id AND e.side = a.side
        AND (e.post_id, e.id) < (q.post_id, q.id)
      ORDER BY e.post_id DESC, e.id DESC LIMIT q.each) e) e
), ended AS (
  SELECT post_id, id FROM walked WHERE is_last ORDER BY post_id DESC, id DESC LIMIT 1
)
SELECT w.id AS at_id, w.post_id AS at_post_id, w.group_id, w.fits, d.id IS NOT NULL AS is_more,
  (SELECT count(*) FROM walked) AS walked, (SELECT count(*) FROM walked WHERE fits) AS fitting
FROM walked w LEFT JOIN ended d ON true
WHERE (d.id IS NULL OR (w.post_id, w.id) >= (d.post_id, d.id)) AND (w.fits OR w.id = d.id)
ORDER BY w.post_id DESC, w.id DESC LIMIT (SELECT (%(question)s::json ->> 'most')::int)
"""
# What is read and shown of them; what is withdrawn meanwhile is left out.
ROWS: Final = """
SELECT c.* FROM json_to_recordset(%(found)s::json) AS a (nth int, group_id uuid, id uuid)
JOIN search_candidate c ON c.group_id = a.group_id AND c.id = a.id AND c.withdrawn_at IS NULL
ORDER BY a.nth
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

    @property
    def has_pairs(self) -> bool:
        """Whether a word has a pair of letters, so that the index knows it."""
        return any(not is_short(word) for word in self.words)

    @property
    def is_sifted(self) -> bool:
        """Whether a post has to be more than its words."""
        narrowed = self.author_id is not None or self.since is not None
        return narrowed or self.only_urgent or self.with_files


def candidates(seats: Sequence[Seat], question: Question, wanted: int) -> Iterator[Row]:
    """Yield what could be it at the sides of these seats, newest first; `wanted`: how many."""
    seats = [seat for seat in seats if seat.posts]
    if not question.has_pairs:
        yield from islice(_read(seats, question), READ_AT_MOST)
        return
    posts = sum(seat.posts for seat in seats)
    found = _walked_or_found(seats, question, posts=posts, wanted=wanted)
    while some := list(islice(found, wanted)):
        yield from rows_of(ROWS, {"found": json.dumps(_numbered(some))})


def _places(seats: Sequence[Seat], question: Question) -> list[dict[str, str | list[int]]]:
    """Return where to look, and for which numbers: by each key that a group has."""
    pairs = sorted(set().union(*map(pairs_of, question.words)))[:PAIRS_AT_MOST]
    return [
        {
            "group_id": str(seat.group_id),
            "side": seat.side.value,
            "grams": of_group(seat.group_id, numbers),
        }
        for seat in seats
        for numbers in open_scope(seat.group_id, seat.actor).blind_by_each(pairs, GRAMS)
    ]


def _numbered(found: Sequence[Row]) -> list[dict[str, str | int]]:
    return [
        {"nth": nth, "group_id": str(row["group_id"]), "id": str(row["at_id"])}
        for nth, row in enumerate(found)
    ]


def _walked_or_found(
    seats: Sequence[Seat], question: Question, *, posts: int, wanted: int
) -> Iterator[Row]:
    places = _places(seats, question)
    most = max(ASKED_AT_LEAST, wanted)
    said = _asked(question) | {"is_sifted": question.is_sifted, "most": most}

    def rows_behind(statement: str, at: Parameters, **more: int) -> list[Row]:
        asked = json.dumps(said | at | more, default=str)
        return rows_of(statement, {"question": asked, "places": json.dumps(places)})

    at, each = START, max(WALKED_OF_EACH, WALKED_AT_ONCE // max(1, len(places)))
    is_walking = True
    while is_walking:
        rows = rows_behind(WALK, at, each=each)
        yield from (row for row in rows if row["fits"])
        if not rows or not (rows[-1]["is_more"] or len(rows) == most):
            return
        fitting, walked = rows[-1]["fitting"], rows[-1]["walked"]
        is_walking = walks_on(fitting, walked, posts=posts, wanted=wanted)
        at, each = _behind(rows[-1]), 2 * each
    is_more = True
    while is_more:
        rows = rows_behind(FIND, at)
        yield from rows
        if is_more := len(rows) == most:
            at = _behind(rows[-1])


def _read(seats: Sequence[Seat], question: Question) -> Iterator[Row]:
    sides = {
        "groups": [seat.group_id for seat in seats],
        "sides": [seat.side.value for seat in seats],
    }
    asked, at = _asked(question) | sides, START
    while rows := rows_of(READ, asked | at):
        # What the index does not know yet is a place without a row.
        yield from (row for row in rows if row["id"] is not None)
        at = _behind(rows[-1])


def _behind(row: Row) -> Parameters:
    return {"post_id": row["at_post_id"], "id": row["at_id"]}


def _asked(question: Question) -> Parameters:
    return {
        "kinds": [kind.value for kind in question.kinds],
        "author_id": question.author_id,
        "since": question.since or EARLIEST,
        "only_urgent": question.only_urgent,
        "with_files": question.with_files,
    }
