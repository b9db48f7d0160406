"""Files: handed in by a person, carried by a post.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from collections.abc import Sequence
from uuid import UUID

from carestation.groups.rules import Seat


def attach_files(seat: Seat, post_id: UUID, attachment_ids: Sequence[UUID]) -> None:
    """Let a post carry files of its author; their keys pass to the group's scope.

    Raises:
        NotVisible: one of them is not the author's own, or another post carries it.
    """
    raise NotImplementedError
