"""How many values and files there are, per column, kind of scope and version of the key.

Counted by the id of the key that stands in front of each value, in batches by the rows' ids: no
value is opened, and no look lasts long.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from carestation.kernel.acting import Work, require_work
from carestation.kernel.sql import rows_of
from carestation.vault.models import ScopeKind
from carestation.vault.register import FILES, SEALED, SealedColumn

BATCH_SIZE: Final = 50_000
# What stands in braces comes from the register, which is ours; nothing comes from outside.
COUNT: Final = """
WITH batch AS MATERIALIZED (
  SELECT t.id, {scope} AS scope_id, {value} AS sealed
  FROM {table} t WHERE t.id > %(after)s ORDER BY t.id LIMIT %(limit)s
), read AS (
  SELECT b.scope_id, ('x' || encode(substr(b.sealed, 2, 4), 'hex'))::bit(32)::bigint AS key_id
  FROM batch b WHERE b.sealed IS NOT NULL
), counted AS (
  SELECT s.kind, array_position(s.key_ids, r.key_id) AS version, count(*) AS held
  FROM read r LEFT JOIN vault_scope s ON s.id = r.scope_id GROUP BY 1, 2
)
SELECT c.kind, c.version, c.held, l.id AS last
FROM (SELECT id FROM batch ORDER BY id DESC LIMIT 1) l LEFT JOIN counted c ON true
"""
COUNT_FILES: Final = """
SELECT count(*) AS held FROM {table} t WHERE {is_kept}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueCount:
    """So many values under one version of the keys of one kind of scope.

    `kind` is None where the scope's keys are gone, `version` 0 where its keys know no such id.
    """

    kind: ScopeKind | None
    version: int
    count: int

    @property
    def opens(self) -> bool:
        """Whether the keys of these values are there."""
        return self.kind is not None and self.version > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnCount:
    """The values of one column."""

    column: str
    values: tuple[ValueCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCount:
    """The files of one kind; `key_column`: where the key of each stands, sealed."""

    kind: str
    key_column: str
    count: int


def count_values() -> Iterator[ColumnCount]:
    """Yield every sealed column with its values, counted.

    Raises:
        PermissionError: this process does not see every row.
    """
    require_work(Work.CONTENT)
    for column in SEALED:
        found: Counter[tuple[str | None, int]] = Counter()
        for kind, version, held in _counted(column):
            found[kind, version] += held
        yield ColumnCount(
            column=column.name,
            values=tuple(
                ValueCount(kind=ScopeKind(kind) if kind else None, version=version, count=count)
                for (kind, version), count in sorted(found.items(), key=str)
            ),
        )


def count_files() -> Iterator[FileCount]:
    """Yield every kind of sealed files, counted.

    Raises:
        PermissionError: this process does not see every row.
    """
    require_work(Work.CONTENT)
    for one in FILES:
        rows = rows_of(COUNT_FILES.format(table=one.table, is_kept=one.is_kept), {})
        yield FileCount(kind=one.kind, key_column=f"{one.table}.{one.key}", count=rows[0]["held"])


def _counted(column: SealedColumn) -> Iterator[tuple[str | None, int, int]]:
    statement = COUNT.format(table=column.table, scope=column.scope, value=column.value)
    after = column.first
    while rows := rows_of(statement, {"after": after, "limit": BATCH_SIZE}):
        for row in rows:
            if row["held"]:
                yield row["kind"], row["version"] or 0, row["held"]
        after = rows[0]["last"]
