"""What an entry of the index is about, unsealed.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from carestation.kernel.acting import Work, acting_as
from carestation.kernel.sql import Row, rows_of
from carestation.search.choices import EntryKind
from carestation.search.models import DocumentText
from carestation.timeline.models import Attachment, Post
from carestation.vault.sealing import Bundle

# What the numbers of the index are made for, and nothing else is made with the same.
GRAMS: Final = "search.grams"
# In the order of their ids, a page at a time: for making the index anew while it is in use.
ALL_POSTS: Final = """
SELECT p.group_id, p.id FROM timeline_post p
WHERE p.id > %(after)s AND (%(group_id)s::uuid IS NULL OR p.group_id = %(group_id)s)
ORDER BY p.id LIMIT 500
"""
# Of groups whose keys are there: what is erased is missing for good.
PROGRESS: Final = """
SELECT count(*) AS posts, count(*) FILTER (WHERE NOT EXISTS (
  SELECT FROM search_entry e WHERE e.group_id = p.group_id AND e.id = p.id)) AS missing
FROM timeline_post p WHERE EXISTS (SELECT FROM vault_scope s WHERE s.id = p.group_id)
"""
# Documents of these posts whose words nobody has read yet.
UNREAD: Final = """
SELECT f.id FROM unnest(%(groups)b::uuid[], %(posts)b::uuid[]) AS a (group_id, post_id)
JOIN timeline_attachment f ON f.group_id = a.group_id AND f.post_id = a.post_id
WHERE f.media_type = 'application/pdf'
  AND NOT EXISTS (SELECT FROM search_documenttext d WHERE d.file_id = f.id)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many posts there are, and how many of them the index does not know yet."""

    posts: int
    missing: int


@acting_as(Work.INDEX)
def read_progress() -> Progress:
    """Return how far the index is."""
    found = rows_of(PROGRESS, {})[0]
    return Progress(posts=found["posts"], missing=found["missing"])


def text_of(bundle: Bundle, row: Row) -> str:
    """Return what is searched of an entry, as it was typed, named or read."""
    if row["kind"] == EntryKind.DOCUMENT:
        return bundle.unseal(row["words_sealed"], DocumentText.words_place(row["id"]))
    if row["kind"] == EntryKind.FILE:
        return bundle.unseal(row["name_sealed"], Attachment.name_place(row["id"]))
    return bundle.unseal(row["body_sealed"], Post.body_place(row["id"]))


@acting_as(Work.INDEX)
def unread_documents(posts: Sequence[tuple[UUID, UUID]]) -> list[UUID]:
    """Return the documents of posts, each by its group and its id, that were not read yet."""
    asked = {"groups": [one[0] for one in posts], "posts": [one[1] for one in posts]}
    return [row["id"] for row in rows_of(UNREAD, asked)]


@acting_as(Work.INDEX)
def posts_after(post_id: UUID, *, group_id: UUID | None) -> list[tuple[UUID, UUID]]:
    """Return the next posts after one, each by its group and its id; of one group, or of all."""
    rows = rows_of(ALL_POSTS, {"after": post_id, "group_id": group_id})
    return [(row["group_id"], row["id"]) for row in rows]
