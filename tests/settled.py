"""The cast, or a fuller world, settled once in a process by the commands, laid down for each test.

What the commands wrote is read back from every table, and put there again as it was: a tenth of
the work. The log gives each fact its own place, time and transaction, as it does to any. In memory
is opened what the commands opened, and nothing is remembered of the test before.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Generic, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql
from tink import aead

from carestation.factlog.models import LoggedFact
from carestation.groups.queries import seats
from carestation.patients.queries import face_sheets
from carestation.timeline.queries import messages
from carestation.ui.keeping import forget_kept
from carestation.vault import scopes
from carestation.vault.sealing import Bundle
from tests.world import settle

GIVEN_BY_THE_LOG: Final = {"id", "era", "xid", "at"}
# A trigger of each job writes there.
GIVEN_BY_THE_JOBS: Final = "procrastinate_events"
REMEMBERED: Final = (seats._READ, face_sheets._READ, face_sheets._READ_AMONG, messages._READ)
Made = TypeVar("Made")


@dataclass(frozen=True)
class Rows:
    """What was written into one table, as COPY tells it and takes it."""

    taken_by: sql.Composed
    data: bytes


@dataclass(frozen=True)
class Settled(Generic[Made]):
    made: Made
    rows: dict[str, Rows]
    bundles: dict[UUID, Bundle]
    owners: dict[tuple[UUID, bytes], aead.Aead]


@dataclass
class Settling(Generic[Made]):
    """How a world is made of nothing."""

    make: Callable[[], Made]

    def lay_down(self) -> Made:
        """Put it where nobody is, acting as who owns the tables."""
        settled = self.once
        with transaction.atomic(), connection.cursor() as cursor:
            for rows in settled.rows.values():
                with cursor.copy(rows.taken_by) as copy:
                    copy.write(rows.data)
        forget()
        until = time.monotonic() + settings.KEYS_KEPT_SECONDS
        scopes._opened.update({key: (until, one) for key, one in settled.bundles.items()})
        scopes._opened_owners.update({key: (until, one) for key, one in settled.owners.items()})
        return deepcopy(settled.made)

    @cached_property
    def once(self) -> Settled[Made]:
        """In a thread of its own: a browser's loop would part its connection in two."""
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(_settled, self.make).result()


CAST: Final = Settling(settle)


def forget() -> None:
    """Let this process know nothing of any world."""
    scopes.forget_all()
    forget_kept()
    for memory in REMEMBERED:
        memory.forget()


def _settled(make: Callable[[], Made]) -> Settled[Made]:
    """Settle a world as the application's role, read what was written, and take it back."""
    scopes.forget_all()
    with transaction.atomic():
        before = tables_with_rows()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE carestation_app")
            made = make()
            cursor.execute("RESET ROLE")
        new = tables_with_rows() - before - {GIVEN_BY_THE_JOBS}
        rows = {table: rows_of(table) for table in sorted(new)}
        transaction.set_rollback(True)
    connection.close()
    return Settled(
        made=made,
        rows=rows,
        bundles={key: one for key, (_, one) in scopes._opened.items()},
        owners={key: one for key, (_, one) in scopes._opened_owners.items()},
    )


def tables_with_rows() -> set[str]:
    return {table for table in connection.introspection.table_names() if _has_rows(table)}


def _has_rows(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table)))
        return bool(cursor.fetchone()[0])


def rows_of(table: str) -> Rows:
    given = GIVEN_BY_THE_LOG if table == LoggedFact._meta.db_table else set()
    named, order = sql.Identifier(table), sql.Identifier("id" if given else "ctid")
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(named))
        names = [column.name for column in cursor.description if column.name not in given]
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        told = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
            columns, named, order
        )
        with cursor.copy(told) as copy:
            data = b"".join(bytes(part) for part in copy)
    taken_by = sql.SQL("COPY {} ({}) FROM STDIN").format(named, columns)
    return Rows(taken_by=taken_by, data=data)
