"""Writing the index.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate, chain
from typing import Final
from uuid import UUID

from carestation.kernel.acting import Work, acting_as
from carestation.kernel.errors import NotVisible
from carestation.kernel.sql import Row, rows_of
from carestation.search.models import DocumentText, Entry
from carestation.search.queries.entries import GRAMS, text_of
from carestation.search.rules import folded_text, of_group, padding_of, pairs_of
from carestation.vault.scopes import open_scope
from carestation.vault.sealing import Bundle

PADDING: Final = "search.padding"
# Hot (benchmarks/search.py): a batch is four statements.
POSTS: Final = """
SELECT p.id, p.id AS post_id, p.group_id, p.side, p.changed_seq, p.body_sealed, p.withdrawn_at,
  'post' AS kind, NULL::bytea AS name_sealed
FROM unnest(%(groups)b::uuid[], %(posts)b::uuid[]) AS a (group_id, post_id)
JOIN timeline_post p ON p.group_id = a.group_id AND p.id = a.post_id
"""
FILES: Final = """
SELECT f.id, p.id AS post_id, p.group_id, p.side, p.changed_seq, NULL::bytea AS body_sealed,
  p.withdrawn_at, 'file' AS kind, f.name_sealed
FROM unnest(%(groups)b::uuid[], %(posts)b::uuid[]) AS a (group_id, post_id)
JOIN timeline_post p ON p.group_id = a.group_id AND p.id = a.post_id
JOIN timeline_attachment f ON f.group_id = a.group_id AND f.post_id = a.post_id
"""
DOCUMENTS: Final = """
SELECT d.id, p.id AS post_id, p.group_id, p.side, p.changed_seq, NULL::bytea AS body_sealed,
  p.withdrawn_at, 'document' AS kind, f.name_sealed, d.words_sealed
FROM unnest(%(groups)b::uuid[], %(posts)b::uuid[]) AS a (group_id, post_id)
JOIN timeline_post p ON p.group_id = a.group_id AND p.id = a.post_id
JOIN timeline_attachment f ON f.group_id = a.group_id AND f.post_id = a.post_id
JOIN search_documenttext d ON d.group_id = a.group_id AND d.file_id = f.id
"""
# Of two readings of a post the newer one stays, whoever is last. The numbers of all travel as one
# array and as bytes: to read them as text would cost as much as to write the entry.
ENTER: Final = """
INSERT INTO search_entry (id, group_id, side, post_id, kind, changed_seq, grams)
SELECT n.id, n.group_id, n.side, n.post_id, n.kind, n.changed_seq,
  (%(grams)b::bigint[])[n.until - n.count + 1:n.until]
FROM unnest(%(ids)b::uuid[], %(groups)b::uuid[], %(sides)b::text[], %(posts)b::uuid[],
  %(kinds)b::text[], %(seqs)b::bigint[], %(untils)b::bigint[], %(counts)b::bigint[])
  AS n (id, group_id, side, post_id, kind, changed_seq, until, count)
ON CONFLICT (id) DO UPDATE SET grams = excluded.grams, changed_seq = excluded.changed_seq
WHERE search_entry.changed_seq <= excluded.changed_seq AND search_entry.grams <> excluded.grams
"""


@acting_as(Work.INDEX)
def index_posts(posts: Sequence[tuple[UUID, UUID]]) -> None:
    """Let posts be found as they are now: each by its group and its id, with its files.

    Runs in the caller's transaction. Of a group whose keys are gone nothing is written.
    """
    groups, ids = zip(*dict.fromkeys(posts), strict=True)
    asked = {"groups": list(groups), "posts": list(ids)}
    rows = [row for statement in (POSTS, FILES, DOCUMENTS) for row in rows_of(statement, asked)]
    entries = list(_entries(rows))
    if not entries:
        return
    read, grams = zip(*entries, strict=True)
    counts = [len(one) for one in grams]
    columns = {
        "ids": [row["id"] for row in read],
        "groups": [row["group_id"] for row in read],
        "sides": [row["side"] for row in read],
        "posts": [row["post_id"] for row in read],
        "kinds": [row["kind"] for row in read],
        "seqs": [row["changed_seq"] for row in read],
        "grams": list(chain.from_iterable(grams)),
        "untils": list(accumulate(counts)),
        "counts": counts,
    }
    rows_of(ENTER, columns)


@acting_as(Work.INDEX)
def forget_group(group_id: UUID) -> None:
    """Drop the numbers of a group and the sealed words of its documents.

    Runs in the caller's transaction.
    """
    Entry.objects.of_group(group_id).delete()
    DocumentText.objects.filter(group_id=group_id).delete()


def _entries(rows: Sequence[Row]) -> Iterator[tuple[Row, list[int]]]:
    for row in rows:
        try:
            bundle = open_scope(row["group_id"], None)
        except NotVisible:
            continue
        yield row, [] if row["withdrawn_at"] else _numbers(bundle, row)


def _numbers(bundle: Bundle, row: Row) -> list[int]:
    pairs = pairs_of(folded_text(text_of(bundle, row)))
    # Always the same for the same entry, so that reading it again changes nothing.
    nothing = [f"{row['id']} {count}" for count in range(padding_of(len(pairs)))]
    numbers = [*bundle.blind(pairs, GRAMS), *bundle.blind(nothing, PADDING)]
    return sorted(of_group(row["group_id"], numbers))
