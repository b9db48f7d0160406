"""Files: handed in by a person, carried by a post, or thrown away.

A look through a thumbnail belongs to the look at its page; opening the content is a look of its
own, with its own fact.

Controls: ISO/IEC 27017 8.15, 8.24; white paper 「ログ」, 「暗号化」.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from carestation.accounts.models import User
from carestation.factlog.commands import announce
from carestation.groups.rules import Seat
from carestation.kernel.actor import Actor
from carestation.kernel.errors import DomainError, NotVisible
from carestation.kernel.ids import uuid7
from carestation.timeline.choices import MediaType
from carestation.timeline.commands.room import take_room_for
from carestation.timeline.facts import AlbumViewed, FileDiscarded, FileUploaded, FileViewed
from carestation.timeline.media.names import clean_name
from carestation.timeline.media.refusals import Reason, refusal
from carestation.timeline.media.rewritten import Rewritten
from carestation.timeline.media.workshop import rewrite_file
from carestation.timeline.models import Attachment, AttachmentQuerySet
from carestation.timeline.queries.files import File, OpenFile, file_of
from carestation.vault.files import SealedFile, Variant, new_file_key, remove_file, seal_file
from carestation.vault.scopes import open_scope

WAITING_AT_MOST: Final = 200
WAITING_BYTES_AT_MOST: Final = 1024**3
WAITS_AT_MOST: Final = timedelta(hours=24)
DISCARDED_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """A file that was taken. `sha256`: of its content as it is kept, in hexadecimal."""

    file: File
    sha256: str


def upload_file(actor: Actor, name: str, data: bytes) -> Uploaded:
    """Take a file in, typed by its content, written anew and sealed: its uploader's until posted.

    Raises:
        FileRefused: it is not taken; `reason` says why, `status` is 413, 415 or 422.
    """
    _require_room(actor)
    rewritten = rewrite_file(data)
    row, key = _new_row(actor, name, rewritten), new_file_key()
    bundle = open_scope(actor.user_id, actor)
    row.key_sealed = bundle.seal_bytes(key, Attachment.key_place(row.pk))
    try:
        _seal_variants(row, key, rewritten)
        _enter(actor, row)
    except BaseException:
        remove_file(row.pk)
        raise
    digest = hashlib.sha256(rewritten.content).hexdigest()
    return Uploaded(file=file_of(actor, row), sha256=digest)


def attach_files(seat: Seat, post_id: UUID, attachment_ids: Sequence[UUID]) -> None:
    """Let a post carry files of its author; their keys and names pass to the group's scope.

    Raises:
        DomainError: one of them is gone, not the author's own, or another post carries it
            (reason `files_gone`); or the facility's room for files is full (`storage_full`).
    """
    wanted = list(dict.fromkeys(attachment_ids))
    own = Attachment.objects.waiting().of_uploader(seat.actor.user_id).filter(pk__in=wanted)
    rows = {row.pk: row for row in own.select_for_update().order_by("pk")}
    if len(rows) != len(wanted):
        raise DomainError("files_gone")
    take_room_for(seat, rows.values())
    for place, attachment_id in enumerate(wanted):
        row = rows[attachment_id]
        _pass_to_group(seat, row)
        row.post_id, row.group_id, row.place = post_id, seat.group_id, place
        row.save(update_fields=["post", "group", "place", "key_sealed", "name_sealed"])


def discard_file(actor: Actor, file_id: UUID) -> None:
    """Throw one's own file away that no post carries.

    Raises:
        NotVisible: there is none.
    """
    own = Attachment.objects.waiting().of_uploader(actor.user_id).filter(pk=file_id)
    if not _drop(own, actor.user_id, actor.request_id):
        raise NotVisible
    remove_file(file_id)


def discard_forgotten_files() -> int:
    """Throw away what no post has carried for a day; return how many files went."""
    before = timezone.now() - WAITS_AT_MOST
    forgotten = Attachment.objects.waiting().filter(uploaded_at__lt=before)
    count = 0
    for file_id in forgotten.order_by("pk").values_list("pk", flat=True)[:DISCARDED_AT_ONCE]:
        if _drop(Attachment.objects.waiting().filter(pk=file_id), None, uuid7()):
            remove_file(file_id)
            count += 1
    return count


def note_file_viewed(opened: OpenFile) -> None:
    """Put down that a person opened a file."""
    if opened.seat is not None:
        announce(FileViewed(**opened.seat.marks(), attachment_id=opened.file.id))
        return
    actor = opened.actor
    request_id, user_id = actor.request_id, actor.user_id
    announce(FileViewed(request_id=request_id, actor_id=user_id, attachment_id=opened.file.id))


def note_album_viewed(seat: Seat) -> None:
    """Put down that a member looked at the pictures of a side."""
    announce(AlbumViewed(**seat.marks(), side=seat.side))


def _require_room(actor: Actor) -> None:
    waiting = Attachment.objects.waiting().of_uploader(actor.user_id)
    held = waiting.aggregate(files=Count("pk"), size_bytes=Sum("size_bytes"))
    if held["files"] >= WAITING_AT_MOST or (held["size_bytes"] or 0) >= WAITING_BYTES_AT_MOST:
        raise refusal(Reason.TOO_MANY_WAITING)


def _new_row(actor: Actor, name: str, rewritten: Rewritten) -> Attachment:
    row = Attachment(
        uploader_id=actor.user_id,
        media_type=MediaType(rewritten.media_type),
        size_bytes=len(rewritten.content),
        width=rewritten.width,
        height=rewritten.height,
        thumbnail_bytes=len(rewritten.thumbnail) or None,
        uploaded_at=timezone.now(),
    )
    bundle = open_scope(actor.user_id, actor)
    kept_name = clean_name(name, row.media_type)
    row.name_sealed = bundle.seal(kept_name, Attachment.name_place(row.pk))
    return row


def _seal_variants(row: Attachment, key: bytes, rewritten: Rewritten) -> None:
    variants = ((Variant.CONTENT, rewritten.content), (Variant.THUMBNAIL, rewritten.thumbnail))
    for variant, data in variants:
        if data:
            file = SealedFile(file_id=row.pk, variant=variant, size_bytes=len(data), key=key)
            seal_file(file, data)


@transaction.atomic
def _enter(actor: Actor, row: Attachment) -> None:
    # One at a time per person, so that many at once do not pass the brake together.
    User.objects.select_for_update(no_key=True).get(pk=actor.user_id)
    _require_room(actor)
    row.save(force_insert=True)
    request_id = actor.request_id
    announce(FileUploaded(request_id=request_id, actor_id=actor.user_id, attachment_id=row.pk))


def _pass_to_group(seat: Seat, row: Attachment) -> None:
    own, groups = (open_scope(one, seat.actor) for one in (row.uploader_id, seat.group_id))
    key_place, name_place = Attachment.key_place(row.pk), Attachment.name_place(row.pk)
    row.key_sealed = groups.seal_bytes(own.unseal_bytes(row.key_sealed, key_place), key_place)
    row.name_sealed = groups.seal(own.unseal(row.name_sealed, name_place), name_place)


@transaction.atomic
def _drop(chosen: AttachmentQuerySet, actor_id: UUID | None, request_id: UUID) -> bool:
    row = chosen.select_for_update(skip_locked=True).first()
    if row is None:
        return False
    announce(FileDiscarded(request_id=request_id, actor_id=actor_id, attachment_id=row.pk))
    row.delete()
    return True
