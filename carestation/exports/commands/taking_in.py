"""Taking an export in: an empty installation becomes what the facility saw, and shows that it has.

Every row comes with its id, every word is sealed anew under keys of this installation, every file
too. Then everything is read as an export would read it, and compared: nothing that differs stays.
The log is not taken in: it says what happened here, and cannot be told what happened elsewhere.

Controls: ISO/IEC 27017 8.13, CLD.8.1.5; white paper 「バックアップ」.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, models, transaction
from django.utils import timezone

from carestation.accounts.models import User
from carestation.accounts.queries.people import email_index, email_place, index_of_ended
from carestation.exports.choices import Extent
from carestation.exports.facts import ExportTakenIn
from carestation.exports.queries.archives import MANIFEST, Writing, members_of
from carestation.exports.queries.posts import path_of_file
from carestation.exports.queries.reach import reach_of
from carestation.exports.queries.rows import Line, hash_by_database
from carestation.exports.queries.tables import TABLES, Table
from carestation.facilities.choices import StaffRole
from carestation.facilities.commands.bindings import bind_by_rules
from carestation.facilities.models.facilities import Facility
from carestation.facilities.models.staff import Staff, StaffInvitation
from carestation.factlog.commands import announce
from carestation.groups.choices import Kind
from carestation.groups.commands.groups import SCOPE_KINDS
from carestation.groups.models.groups import Group
from carestation.groups.models.invitations import Invitation
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, DomainError
from carestation.kernel.ids import uuid7
from carestation.kernel.sql import row_of
from carestation.patients.models import Patient
from carestation.patients.queries.alike import known_likeness
from carestation.patients.queries.face_sheets import read_face_sheet
from carestation.timeline.models import Attachment
from carestation.vault.files import SealedFile, Variant, new_file_key, remove_file, seal_file
from carestation.vault.models import OPERATOR, ScopeKind
from carestation.vault.scopes import create_scope, forget_all, open_scope
from carestation.vault.sealing import Place

ROWS_AT_ONCE: Final = 500
# Addresses are entered with the people. What was told to the log there, and what the operator of
# that installation ruled, stays in the archive.
LEFT_THERE: Final = frozenset({"facts", "rulings"})
NOT_ENTERED: Final = LEFT_THERE | {"addresses"}
# More than the longest post, face sheet and all else of a row take.
LONGEST_LINE_BYTES: Final = 4 << 20
# What lists that nobody wrote out raise on their way into rows.
MALFORMED: Final = (
    ArithmeticError,
    AttributeError,
    DatabaseError,
    LookupError,
    ObjectDoesNotExist,
    RecursionError,
    TypeError,
    ValidationError,
    ValueError,
)
ALONE: Final = "SELECT pg_try_advisory_xact_lock(7262003) AS is_ours"
KEPT: Final = ("data/", "files/", "thumbnails/")
LEFT_OUT: Final = frozenset({f"data/{name}.jsonl" for name in LEFT_THERE})


class Archive(Protocol):
    """An export that was opened and checked."""

    def parts(self, name: str) -> Iterator[bytes]:
        """Yield a member part by part."""

    def whole(self, name: str) -> bytes:
        """Return a small member."""

    def names(self) -> list[str]:
        """Return the paths of all members."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A list or a file: whether it stands here as the export has it."""

    name: str
    is_same: bool


def take_in(archive: Archive) -> list[Compared]:
    """Fill an empty installation with an export, and return how each list and file compares.

    Raises:
        Conflict: there is a facility or a person here already, or another export is being taken
            in (`not_empty`).
        DomainError: the export is of one person's groups alone (`not_whole`), its lists are none
            (`malformed`), or something here is not as it is there (`differs`); nothing of it stays.
    """
    kept: list[UUID] = []
    try:
        return _taken_in(archive, kept)
    except BaseException as error:
        # Rows are gone with the transaction; opened keys and files are no part of it.
        forget_all()
        for file_id in kept:
            remove_file(file_id)
        if isinstance(error, MALFORMED):
            raise DomainError("malformed") from error
        raise


@transaction.atomic
def _taken_in(archive: Archive, kept: list[UUID]) -> list[Compared]:
    # One at a time, and to its end: of two, the second would write over the files of the first.
    is_alone = row_of(ALONE, {})
    if not (is_alone and is_alone["is_ours"]) or Facility.objects.exists() or User.objects.exists():
        raise Conflict("not_empty")
    listing = json.loads(archive.whole("export.json"))
    if listing["extent"] != Extent.FACILITY.value:
        raise DomainError("not_whole")
    facility_id, actor = UUID(listing["facility_id"]), Actor(user_id=OPERATOR, request_id=uuid7())
    entering = Entering(archive, facility_id, actor, kept)
    tables = tuple(_as_written(archive, table) for table in TABLES)
    for table in tables:
        if table.name not in NOT_ENTERED:
            entering.enter(table)
    entering.finish()
    announce(ExportTakenIn(facility_id=facility_id, request_id=actor.request_id))
    writing = Writing(
        reach=reach_of(facility_id, OPERATOR, Extent.FACILITY),
        actor=actor,
        extent=Extent.FACILITY,
        at=timezone.now(),
        tables=tables,
    )
    compared = list(_compared(archive, listing["lists"], writing))
    if not all(one.is_same for one in compared):
        raise DomainError("differs")
    return compared


class Entering:
    """One export while its rows are entered."""

    def __init__(self, archive: Archive, facility_id: UUID, actor: Actor, kept: list[UUID]) -> None:
        self._archive, self._facility_id, self._actor = archive, facility_id, actor
        self._kept = kept
        self._now = timezone.now()
        self._addresses = {line["id"]: line["email"] for line in _lines(archive, "addresses")}
        self._more: dict[str, Callable[[Any, Line], None]] = {
            "facility": self._keyed_facility,
            "other_facilities": self._approved,
            "people": self._account,
            "other_staff": self._member,
            "groups": self._keyed_group,
            "staff_invitations": self._addressed,
            "invitations": self._uncoded,
            "files": self._file,
        }

    def enter(self, table: Table) -> None:
        """Enter the rows of one list."""
        rows = []
        for line in _lines(self._archive, table.name):
            row = table.model(**self._values(table, line))
            if more := self._more.get(table.name):
                more(row, line)
            self._seal(table, row, line)
            rows.append(row)
            if len(rows) == ROWS_AT_ONCE:
                table.model._default_manager.bulk_create(rows)  # noqa: SLF001 - Django's documented API
                rows = []
        table.model._default_manager.bulk_create(rows)  # noqa: SLF001 - the same

    def finish(self) -> None:
        """Let rules bind the staff, and patients be told alike, with what is there now."""
        own = Patient.objects.filter(managing_facility_id=self._facility_id)
        for patient in own.iterator(chunk_size=ROWS_AT_ONCE):
            sealed = patient.face_sheet_sealed
            sheet = read_face_sheet(self._actor, patient.group_id, patient.pk, sealed)
            likeness = known_likeness(self._actor, self._facility_id, sheet)
            Patient.objects.filter(pk=patient.pk).update(likeness=likeness)
        for user_id in self._addresses:
            bind_by_rules(self._actor, UUID(user_id))

    def _values(self, table: Table, line: Line) -> Line:
        fields = {one.attname: one for one in table.model._meta.concrete_fields}  # noqa: SLF001 - the same
        return {name: fields[name].to_python(line[name]) for name in table.columns}

    def _seal(self, table: Table, row: models.Model, line: Line) -> None:
        for name in table.sealed:
            column = f"{name}_sealed"
            words = line[name]
            if words is None and table.hidden_by:
                words = ""
            if words is not None:
                place = Place(table.model._meta.db_table, name, row.pk)  # noqa: SLF001 - the same
                bundle = open_scope(self._scope_of(table, row), self._actor)
                setattr(row, column, bundle.seal(words, place))

    def _scope_of(self, table: Table, row: models.Model) -> UUID:
        found: Any = row
        for name in table.scope.split("__"):
            found = getattr(found, name)
        return UUID(str(found))

    def _keyed_facility(self, row: Facility, _line: Line) -> None:
        create_scope(row.pk, ScopeKind.FACILITY, row.pk)

    def _approved(self, row: Facility, _line: Line) -> None:
        row.approved_at = row.created_at

    def _account(self, row: User, line: Line) -> None:
        """Own staff set a password by their address; of others the account is not theirs to use."""
        bundle, email = create_scope(row.pk, ScopeKind.PERSON), self._addresses.get(line["id"], "")
        row.email_index = email_index(email) if email else index_of_ended(row.pk)
        row.email_sealed = bundle.seal(email, email_place(row.pk))
        row.ended_at = None if email else self._now
        row.password = make_password(None)

    def _member(self, row: Staff, _line: Line) -> None:
        row.role = StaffRole.MEMBER

    def _keyed_group(self, row: Group, _line: Line) -> None:
        create_scope(row.pk, SCOPE_KINDS[Kind(row.kind)], row.facility_id or OPERATOR)

    def _addressed(self, row: StaffInvitation, line: Line) -> None:
        row.email_index = email_index(line["email"])

    def _uncoded(self, row: Invitation, _line: Line) -> None:
        # By which address or code it went out, the export does not say: this one nobody holds.
        row.code_key = secrets.token_bytes(32)

    def _file(self, row: Attachment, _line: Line) -> None:
        key = new_file_key()
        self._kept.append(row.pk)
        bundle = open_scope(row.scope_id, self._actor)
        row.key_sealed = bundle.seal_bytes(key, Attachment.key_place(row.pk))
        content = self._archive.whole(path_of_file(row.pk, row.media_type))
        _keep(row.pk, Variant.CONTENT, content, key)
        if row.thumbnail_bytes is not None:
            _keep(row.pk, Variant.THUMBNAIL, self._archive.whole(f"thumbnails/{row.pk}.webp"), key)


def _keep(file_id: UUID, variant: Variant, data: bytes, key: bytes) -> None:
    seal_file(SealedFile(file_id=file_id, variant=variant, size_bytes=len(data), key=key), data)


def _lines(archive: Archive, name: str) -> Iterator[Line]:
    held = b""
    for part in archive.parts(f"data/{name}.jsonl"):
        *whole, held = (held + part).split(b"\n")
        yield from map(json.loads, whole)
        if len(held) > LONGEST_LINE_BYTES:
            raise DomainError("malformed")


def _as_written(archive: Archive, table: Table) -> Table:
    """Return a list as the version that wrote the archive had it; what came since is as usual."""
    line = next(_lines(archive, table.name), None) if table.newer else None
    return table if line is None else table.as_told_by(line)


def _compared(archive: Archive, lists: Line, writing: Writing) -> Iterator[Compared]:
    """Yield how each list and file compares, read here as an export reads it."""
    expected = {
        path: digest
        for digest, path in _manifest(archive)
        if path.startswith(KEPT) and path not in LEFT_OUT
    }
    for member in members_of(writing):
        if member.path.startswith(KEPT) and member.path not in LEFT_OUT:
            digest = hashlib.sha256()
            for part in member.parts:
                digest.update(part)
            is_same = expected.pop(member.path, "") == digest.hexdigest()
            yield Compared(name=member.path, is_same=is_same)
    for path in expected:
        yield Compared(name=path, is_same=False)
    for table in writing.tables:
        if f"data/{table.name}.jsonl" not in LEFT_OUT:
            rows, hashed = hash_by_database(table, writing.reach)
            is_same = lists[table.name] == {"rows": rows, "database_hash": hashed}
            yield Compared(name=f"{table.name}: {rows}", is_same=is_same)


def _manifest(archive: Archive) -> Iterator[tuple[str, str]]:
    for line in archive.whole(MANIFEST).decode().splitlines():
        digest, _, path = line.partition("  ")
        yield digest, path
