"""Reading files: as they are shown with a post, and their bytes.

Controls: ISO/IEC 27017 8.3, 8.24; white paper 「利用者アクセスの管理」, 「暗号化」.
"""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.utils import timezone

from carestation.accounts.models import Session
from carestation.groups.choices import Side
from carestation.groups.queries.seats import take_seat
from carestation.groups.rules import Seat
from carestation.kernel.acting import acting_for
from carestation.kernel.actor import Actor
from carestation.kernel.downloads import Allowed
from carestation.kernel.errors import NotVisible
from carestation.kernel.sql import Row
from carestation.timeline.choices import MediaType
from carestation.timeline.models import Attachment
from carestation.vault.files import SealedFile, Variant, unseal_file
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFile:
    """A file that the actor may see right now. `seat` is None while no post carries it.

    Only `take_file` makes one.
    """

    actor: Actor
    seat: Seat | None
    file: File
    content: SealedFile
    thumbnail: SealedFile | None


def take_file(actor: Actor, file_id: UUID) -> OpenFile:
    """Return a file: its uploader's until a post carries it, from then on that side's.

    Raises:
        NotVisible: no such file, someone else's, at a side not open, or its post was withdrawn.
    """
    row = Attachment.objects.select_related("post").filter(pk=file_id).first()
    if row is None:
        raise NotVisible
    seat = _seat_for(actor, row)
    place = Attachment.key_place(row.pk)
    key = open_scope(row.scope_id, actor).unseal_bytes(row.key_sealed, place)
    return OpenFile(
        actor=actor,
        seat=seat,
        file=file_of(actor, row),
        content=_sealed(row.pk, Variant.CONTENT, row.size_bytes, key),
        thumbnail=_sealed(row.pk, Variant.THUMBNAIL, row.thumbnail_bytes, key)
        if row.thumbnail_bytes
        else None,
    )


def bytes_of(opened: OpenFile, sealed: SealedFile, start: int, stop: int) -> Allowed:
    """Return a part of an open file piece by piece; right and session are read anew on the way.

    Raises:
        NotVisible: the right or the session ended on the way.
        FileDamagedError: what is kept is not what was sealed.
    """
    return Allowed(unseal_file(sealed, start, stop), partial(_look_again, opened))


def waiting_files(actor: Actor, file_ids: Sequence[UUID]) -> list[File]:
    """Return those of the actor's own files that no post carries yet, in the order asked for."""
    own = Attachment.objects.waiting().of_uploader(actor.user_id).filter(pk__in=file_ids)
    found = {row.pk: file_of(actor, row) for row in own}
    return [found[file_id] for file_id in dict.fromkeys(file_ids) if file_id in found]


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


def file_of(actor: Actor, row: Attachment) -> File:
    """Return a file for which the actor has shown a right, its name unsealed."""
    bundle = open_scope(row.scope_id, actor)
    return File(
        id=row.pk,
        name=bundle.unseal(row.name_sealed, Attachment.name_place(row.pk)),
        media_type=MediaType(row.media_type),
        size_bytes=row.size_bytes,
        width=row.width,
        height=row.height,
        has_thumbnail=row.thumbnail_bytes is not None,
    )


def _look_again(opened: OpenFile) -> None:
    actor = opened.actor
    with acting_for(actor.user_id):
        own = Session.objects.alive(timezone.now()).one(actor.session_id)
        if actor.session_id is not None and not own.exists():
            raise NotVisible
        take_file(actor, opened.file.id)


def _seat_for(actor: Actor, row: Attachment) -> Seat | None:
    if row.post is None:
        if row.uploader_id != actor.user_id:
            raise NotVisible
        return None
    if row.post.withdrawn_at is not None:
        raise NotVisible
    return take_seat(actor, row.post.group_id, Side(row.post.side))


def _sealed(file_id: UUID, variant: Variant, size_bytes: int, key: bytes) -> SealedFile:
    return SealedFile(file_id=file_id, variant=variant, size_bytes=size_bytes, key=key)
