"""Making the index anew while it is in use.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from django.db import transaction

from carestation.search.commands.documents import ask_to_read
from carestation.search.commands.index import index_posts
from carestation.search.queries.entries import posts_after

BEFORE_ALL: Final = UUID(int=0)


def rebuild_index(group_id: UUID | None = None) -> Iterator[int]:
    """Make the index anew, of one group or of all, while it is in use; yield how many posts so far.

    A batch is a transaction: broken off, it is begun anew, and what is right already stays.
    """
    count, after = 0, BEFORE_ALL
    while posts := posts_after(after, group_id=group_id):
        with transaction.atomic():
            index_posts(posts)
            ask_to_read(posts)
        count, after = count + len(posts), posts[-1][1]
        yield count
