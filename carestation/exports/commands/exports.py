"""Exports: asked for at a desk, fetched by who asked, removed when their time or right is over.

Controls: ISO/IEC 27017 8.13, CLD.8.1.5; white paper 「バックアップ」.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from carestation.audit.queries.record import Asked
from carestation.exports.choices import Extent, Job, Removal
from carestation.exports.facts import (
    ExportAsked,
    ExportFailed,
    ExportFetched,
    ExportRemoved,
    ExportsListed,
)
from carestation.exports.models import Export
from carestation.exports.queries.exports import OpenExport, export_place
from carestation.exports.queries.sifting import sifting_of
from carestation.exports.rules import LEFT_ALONE, MADE_WITHIN, RIGHT_FOR, extents, is_strong
from carestation.facilities.commands.scopes import bundle_of_facility
from carestation.facilities.commands.staff import lock_desk
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.rights import rights_at
from carestation.facilities.rules import Desk
from carestation.factlog.commands import announce
from carestation.kernel.errors import Conflict, DomainError, NotVisible
from carestation.kernel.ids import uuid7
from carestation.vault.files import remove_file

ROWS_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be written out, why, and the pass phrase that alone will open it.

    `asked`: of the record, by what it is sifted.
    """

    extent: Extent
    reason: str
    pass_phrase: str = field(repr=False)
    asked: Asked | None = None


@transaction.atomic
def ask_export(desk: Desk, wish: Wish) -> Export:
    """Ask for an export; the worker makes it.

    Raises:
        Refused: the actor may not write out this much.
        DomainError: the pass phrase is too weak (`weak_phrase`).
        Conflict: one that the actor asked for is still being made (`running`).
    """
    lock_desk(desk, RIGHT_FOR[wish.extent])
    if not is_strong(wish.pass_phrase):
        raise DomainError("weak_phrase")
    own = Export.objects.of_facility(desk.facility_id).of_person(desk.actor.user_id)
    if own.running().exists():
        raise Conflict("running")
    bundle = bundle_of_facility(desk.facility_id, desk.actor)
    export_id = uuid7()
    export = Export.objects.create(
        id=export_id,
        facility_id=desk.facility_id,
        asker_id=desk.actor.user_id,
        extent=wish.extent,
        sifted=None if wish.asked is None else sifting_of(wish.asked),
        reason_sealed=bundle.seal(wish.reason, export_place(export_id, "reason")),
        pass_phrase_sealed=bundle.seal(wish.pass_phrase, export_place(export_id, "pass_phrase")),
        asked_at=timezone.now(),
    )
    announce(ExportAsked(**desk.marks(), export_id=export_id, extent=wish.extent))
    _let_make(export_id)
    return export


def note_exports_listed(desk: Desk) -> None:
    """Put down that someone read who wrote out what, and why."""
    announce(ExportsListed(**desk.marks()))


def note_export_fetched(opened: OpenExport) -> None:
    """Put down that an archive is given out."""
    never = Export.objects.filter(pk=opened.export_id, fetched_at=None)
    with transaction.atomic():
        never.update(fetched_at=timezone.now())
        announce(ExportFetched(**opened.desk.marks(), export_id=opened.export_id))


def remove_export(desk: Desk, export_id: UUID) -> None:
    """Remove an archive that the actor asked for, before its time.

    Raises:
        NotVisible: no such one at this facility, another's, or no longer here.
    """
    own = Export.objects.of_facility(desk.facility_id).of_person(desk.actor.user_id)
    if not own.kept().filter(pk=export_id).exists():
        raise NotVisible
    _remove(export_id, Removal.ASKED, desk.actor.user_id, desk.actor.request_id)


def remove_what_is_over() -> int:
    """Remove archives whose time or whose asker's right is over; see to what is not made yet.

    A worker that was killed on the way left its export to the next one; what could not be made for
    half a day is given up.

    Returns how many archives were removed.
    """
    now = timezone.now()
    for export in Export.objects.running().filter(asked_at__lt=now - LEFT_ALONE):
        if export.asked_at < now - MADE_WITHIN:
            give_up(export.pk)
            # What a worker had written before it was killed is noise, and takes room.
            remove_file(export.pk)
        else:
            _let_make(export.pk)
    over = [
        (one.pk, Removal.EXPIRED if not one.expires_at or one.expires_at <= now else None)
        for one in Export.objects.kept().order_by("pk").iterator(chunk_size=ROWS_AT_ONCE)
        if not one.expires_at or one.expires_at <= now or not may_still(one)
    ]
    return sum(_remove(pk, cause or Removal.RIGHT_ENDED, None, uuid7()) for pk, cause in over)


def may_still(export: Export) -> bool:
    """Whether who asked for an export has the right to it now."""
    own = Staff.objects.standing().of_facility(export.facility_id).of_person(export.asker_id)
    staff = own.select_related("facility").first()
    return staff is not None and Extent(export.extent) in extents(rights_at(staff))


@transaction.atomic
def give_up(export_id: UUID) -> None:
    """Put down that an export was not made, and forget its pass phrase."""
    row = Export.objects.running().select_for_update().filter(pk=export_id).first()
    if row is None:
        return
    row.failed_at, row.pass_phrase_sealed = timezone.now(), None
    row.save(update_fields=["failed_at", "pass_phrase_sealed"])
    announce(
        ExportFailed(
            actor_id=row.asker_id,
            facility_id=row.facility_id,
            export_id=row.pk,
            request_id=uuid7(),
        )
    )


def _let_make(export_id: UUID) -> None:
    # One job waits for an export at most; who makes it twice, makes nothing the second time.
    job = jobs.configure_task(Job.MAKE, queueing_lock=f"export {export_id}")
    with suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(export_id=str(export_id))


def _remove(export_id: UUID, removal: Removal, actor_id: UUID | None, request_id: UUID) -> bool:
    with transaction.atomic():
        row = Export.objects.kept().select_for_update().filter(pk=export_id).first()
        if row is None:
            return False
        row.removed_at, row.removal, row.key_sealed = timezone.now(), removal, None
        row.save(update_fields=["removed_at", "removal", "key_sealed"])
        announce(
            ExportRemoved(
                actor_id=actor_id,
                facility_id=row.facility_id,
                export_id=row.pk,
                request_id=request_id,
                removal=removal,
            )
        )
    # With its key gone nobody opens it; the bytes go after, and may go twice.
    remove_file(export_id)
    return True
