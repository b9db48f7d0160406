"""Making an export: read in one state of the database, encrypted and sealed while it streams.

Controls: ISO/IEC 27017 8.13, 8.24; white paper 「バックアップ」, 「暗号化」.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from carestation.audit.commands.checkpoints import sign_part
from carestation.exports.choices import Extent
from carestation.exports.commands.exports import give_up, may_still
from carestation.exports.facts import ExportMade, GroupExported
from carestation.exports.models import Export
from carestation.exports.queries.archives import Writing, members_of
from carestation.exports.queries.exports import export_place
from carestation.exports.queries.reach import reach_of
from carestation.exports.queries.sifting import asked_of
from carestation.exports.rules import LASTS
from carestation.factlog.commands import announce
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.actor import Actor
from carestation.kernel.ids import uuid7
from carestation.kernel.sql import row_of
from carestation.vault.archives import encrypted_archive
from carestation.vault.files import new_file_key, remove_file, seal_stream
from carestation.vault.scopes import open_scope

HOLD: Final = "SELECT pg_try_advisory_lock(%(key)s) AS is_held"
LET_GO: Final = "SELECT pg_advisory_unlock(%(key)s) AS was_held"
ONE_STATE: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
# Between two statements a group's files are written, which may last; others do not wait for it.
UNHURRIED: Final = "SET LOCAL idle_in_transaction_session_timeout = 0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An archive that lies sealed, and what went into it."""

    size_bytes: int
    sha256: bytes
    group_ids: tuple[UUID, ...]


def make_export(export_id: UUID) -> None:
    """Make an export that someone asked for; a second time, or without the right, nothing."""
    with _alone_with(export_id) as is_alone:
        export = Export.objects.running().filter(pk=export_id).first() if is_alone else None
        if export is None or export.pass_phrase_sealed is None:
            return
        if may_still(export):
            _make(export)
        else:
            give_up(export_id)


def _make(export: Export) -> None:
    actor, key = Actor(user_id=export.asker_id, request_id=uuid7()), new_file_key()
    if export.extent in {Extent.FACILITY, Extent.RECORD}:
        sign_part(export.facility_id)
    try:
        with _one_state(), acting_as(Work.EXPORT, of=export.facility_id):
            archive = _written(export, actor, key)
        _hand_over(export.pk, actor, key, archive)
    except BaseException:
        remove_file(export.pk)
        give_up(export.pk)
        raise


def _written(export: Export, actor: Actor, key: bytes) -> Archive:
    extent = Extent(export.extent)
    reach = reach_of(export.facility_id, export.asker_id, extent)
    asked = None if export.sifted is None else asked_of(export.sifted)
    writing = Writing(reach=reach, actor=actor, extent=extent, at=timezone.now(), asked=asked)
    bundle, digest = open_scope(export.facility_id, actor), hashlib.sha256()
    place = export_place(export.pk, "pass_phrase")
    pass_phrase = bundle.unseal(export.pass_phrase_sealed or b"", place)

    def hashed() -> Iterator[bytes]:
        for part in encrypted_archive(members_of(writing), pass_phrase):
            digest.update(part)
            yield part

    sealed = seal_stream(export.pk, key, hashed())
    return Archive(size_bytes=sealed.size_bytes, sha256=digest.digest(), group_ids=reach.group_ids)


@transaction.atomic
def _hand_over(export_id: UUID, actor: Actor, key: bytes, archive: Archive) -> None:
    row = Export.objects.running().select_for_update().get(pk=export_id)
    now, bundle = timezone.now(), open_scope(row.facility_id, actor)
    row.made_at, row.expires_at, row.pass_phrase_sealed = now, now + LASTS, None
    row.size_bytes, row.sha256 = archive.size_bytes, archive.sha256
    row.key_sealed = bundle.seal_bytes(key, export_place(export_id, "key"))
    row.save()
    marks = {
        "actor_id": row.asker_id,
        "facility_id": row.facility_id,
        "export_id": export_id,
        "request_id": actor.request_id,
    }
    announce(ExportMade(**marks))
    for group_id in archive.group_ids:
        announce(GroupExported(**marks, group_id=group_id))


@contextmanager
def _alone_with(export_id: UUID) -> Iterator[bool]:
    """Hold an export for this worker; its connection holds it, and lets go where it is killed."""
    held = {"key": export_id.int & (2**63 - 1)}
    row = row_of(HOLD, held)
    is_alone = row is not None and row["is_held"]
    try:
        yield is_alone
    finally:
        if is_alone:
            row_of(LET_GO, held)


@contextmanager
def _one_state() -> Iterator[None]:
    """Read everything as it stood at one moment, and write nothing: nobody waits for it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(ONE_STATE)
            cursor.execute(UNHURRIED)
        yield
