"""How exports stand at a desk, and the one that its asker may fetch.

Controls: ISO/IEC 27017 8.13, CLD.8.1.5; white paper 「バックアップ」.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from django.utils import timezone

from carestation.accounts.models import Session
from carestation.accounts.queries.people import read_person
from carestation.exports.choices import ExportState, Extent, Removal
from carestation.exports.models import Export, ExportQuerySet
from carestation.exports.rules import extents
from carestation.facilities.choices import Right
from carestation.facilities.queries.desks import take_desk
from carestation.facilities.rules import Desk
from carestation.kernel.acting import acting_for
from carestation.kernel.downloads import Allowed
from carestation.kernel.errors import NotVisible, require
from carestation.ui.times import TOKYO
from carestation.vault.files import SealedStream, unseal_file
from carestation.vault.scopes import open_scope
from carestation.vault.sealing import Place

SHOWN_AT_MOST: Final = 50
EXPORT_RIGHTS: Final = (Right.EXPORT, Right.EXPORT_OWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportShown:
    """An export, ready to show. `is_own`: who looks asked for it."""

    id: UUID
    asker: str
    is_own: bool
    reason: str
    extent: Extent
    state: ExportState
    asked_at: datetime
    expires_at: datetime | None
    removal: Removal | None
    size_bytes: int | None
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenExport:
    """An archive that the actor may fetch right now: only `take_export` makes one."""

    desk: Desk
    export_id: UUID
    name: str
    sealed: SealedStream


def exports_at(desk: Desk) -> list[ExportShown]:
    """Return the exports of a facility, newest first; without the right to all, one's own."""
    now = timezone.now()
    rows = _seen_from(desk).select_related("asker")[:SHOWN_AT_MOST]
    return [_shown(desk, row, now) for row in rows]


def take_export(desk: Desk, export_id: UUID) -> OpenExport:
    """Return an archive that the actor asked for, and may still fetch.

    Raises:
        NotVisible: no such one at this facility, another's, not made yet, or no longer here.
        Refused: the actor may not write out this much any more.
    """
    own = Export.objects.of_facility(desk.facility_id).of_person(desk.actor.user_id)
    row = own.ready(timezone.now()).filter(pk=export_id).first()
    if row is None or row.key_sealed is None or row.size_bytes is None or row.made_at is None:
        raise NotVisible
    require(allowed=Extent(row.extent) in extents(desk.rights))
    bundle = open_scope(desk.facility_id, desk.actor)
    key = bundle.unseal_bytes(row.key_sealed, export_place(row.pk, "key"))
    return OpenExport(
        desk=desk,
        export_id=row.pk,
        name=f"carestation-{row.made_at.astimezone(TOKYO):%Y-%m-%d-%H%M}.zip",
        sealed=SealedStream(file_id=row.pk, size_bytes=row.size_bytes, key=key),
    )


def bytes_of_export(opened: OpenExport, start: int, stop: int) -> Allowed:
    """Return a part of an archive piece by piece; right and session are read anew on the way.

    Raises:
        NotVisible: the right or the session ended on the way.
        FileDamagedError: what is kept is not what was sealed.
    """
    return Allowed(unseal_file(opened.sealed, start, stop), partial(_look_again, opened))


def export_place(export_id: UUID, column: str) -> Place:
    """Return where something of an export is sealed: its reason, pass phrase, or key."""
    return Place("exports_export", column, export_id)


def _seen_from(desk: Desk) -> ExportQuerySet:
    found = Export.objects.of_facility(desk.facility_id)
    return found if Right.EXPORT in desk.rights else found.of_person(desk.actor.user_id)


def _shown(desk: Desk, row: Export, now: datetime) -> ExportShown:
    bundle = open_scope(desk.facility_id, desk.actor)
    return ExportShown(
        id=row.pk,
        asker=read_person(row.asker, desk.actor).name,
        is_own=row.asker_id == desk.actor.user_id,
        reason=bundle.unseal(row.reason_sealed, export_place(row.pk, "reason")),
        extent=Extent(row.extent),
        state=row.state(now),
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        removal=Removal(row.removal) if row.removal else None,
        size_bytes=row.size_bytes,
        sha256=bytes(row.sha256).hex() if row.sha256 else "",
    )


def _look_again(opened: OpenExport) -> None:
    actor = opened.desk.actor
    with acting_for(actor.user_id):
        own = Session.objects.alive(timezone.now()).one(actor.session_id)
        if actor.session_id is not None and not own.exists():
            raise NotVisible
        take_export(take_desk(actor, opened.desk.facility_id, *EXPORT_RIGHTS), opened.export_id)
