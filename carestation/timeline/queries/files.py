"""Reading files: as they are shown with a post.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from base64 import b64decode
from dataclasses import dataclass
from uuid import UUID

from carestation.groups.rules import Seat
from carestation.kernel.sql import Row
from carestation.timeline.choices import MediaType
from carestation.timeline.models import Attachment
from carestation.vault.scopes import open_scope


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attachment, ready to show. Sizes in bytes and pixels."""

    id: UUID
    name: str
    media_type: MediaType
    size_bytes: int
    width: int | None
    height: int | None
    has_thumbnail: bool

    @property
    def is_picture(self) -> bool:
        """Whether it is looked at in place."""
        return self.media_type is not MediaType.PDF


def read_file(seat: Seat, row: Row) -> File:
    """Return a file of a post of the seat's group, its name unsealed."""
    file_id = UUID(row["id"])
    bundle = open_scope(seat.group_id, seat.actor)
    return File(
        id=file_id,
        name=bundle.unseal(b64decode(row["name_sealed"]), Attachment.name_place(file_id)),
        media_type=MediaType(row["media_type"]),
        size_bytes=row["size_bytes"],
        width=row["width"],
        height=row["height"],
        has_thumbnail=row["thumbnail_bytes"] is not None,
    )
