"""The hot tables, hash-partitioned by their group, in a transaction that is taken back.

What differs from the tables as they are: what is unique names the group too (the primary keys,
one mark per membership and side, one sign per person and post), and so does a reference from one
of these tables to another. A file that no post carries has no group, and lies with all of its kind.
Columns, checks, policies and views are the same, and so is all code.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from django.db import connection
from psycopg import ClientCursor
from psycopg.rows import TupleRow

PARTS: Final = 2
# Whose key is their group: of the first it is the id itself.
TABLES: Final = (
    "groups_group",
    "groups_timeline",
    "groups_membership",
    "groups_readmark",
    "patients_patient",
    "timeline_post",
    "timeline_postversion",
    "timeline_acknowledgement",
    "timeline_attachment",
)
PART: Final = re.compile(rf"({'|'.join(TABLES)})_part_[0-9]+")
VIEWS: Final = """
SELECT c.relname, pg_get_viewdef(c.oid), array_to_string(c.reloptions, ', ')
FROM pg_class c WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace ORDER BY c.oid
"""
INDEXES: Final = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s"
POLICIES: Final = "SELECT policyname, qual FROM pg_policies WHERE tablename = %s"
REFERENCES: Final = """
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass
"""
# What this transaction has looked at, written or changed.
TOUCHES: Final = """
SELECT relname, seq_scan + coalesce(idx_scan, 0) + n_tup_ins + n_tup_upd + n_tup_del
FROM pg_stat_xact_user_tables WHERE relname ~ '_part_[0-9]+$'
"""
CONDITIONS: Final = ("Index Cond", "Recheck Cond", "Filter")
ASKED: Final = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")


@dataclass
class Rehearsal:
    """What each statement touched: by its words, the parts of one table where they are several."""

    several: dict[str, set[str]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def watch(
        self,
        execute: Callable[..., Any],
        statement: str,
        parameters: Any,  # noqa: ANN401 - as Django hands it on
        many: bool,  # noqa: FBT001 - the same
        context: dict[str, Any],
    ) -> object:
        """Run a statement; note which parts its plan names, and which it touched."""
        if not statement.lstrip().startswith(ASKED) or many:
            return execute(statement, parameters, many, context)
        parts = scattered_parts(statement, parameters)
        before = touches()
        answer = execute(statement, parameters, many, context)
        after = touches()
        parts |= {part for part, count in after.items() if count > before.get(part, 0)}
        self.seen.add(statement)
        of_tables = [match[1] for match in map(PART.fullmatch, parts) if match]
        if twice := {table for table in of_tables if of_tables.count(table) > 1}:
            self.several.setdefault(statement, set()).update(twice)
        return answer


@contextmanager
def rehearsing() -> Iterator[Rehearsal]:
    """Divide the tables, and watch every statement; the transaction of the test takes it back."""
    divide()
    rehearsal = Rehearsal()
    with connection.execute_wrapper(rehearsal.watch):
        yield rehearsal


def divide() -> None:
    """Put tables with parts into the places of the whole ones, with all that hangs on them."""
    run("RESET ROLE")
    run("SET CONSTRAINTS ALL IMMEDIATE")
    views = run(VIEWS)
    for name, _, _ in reversed(views):
        run(f"DROP VIEW {name}")
    references = {table: run(REFERENCES, [table]) for table in TABLES}
    for table in TABLES:
        _divide(table)
    for table, found in references.items():
        for (said,) in found:
            run(f"ALTER TABLE {table} ADD {_held_by_the_group(said)}")
    for name, said, options in views:
        run(f"CREATE VIEW {name} {f'WITH ({options})' if options else ''} AS {said}")
    run("SET CONSTRAINTS ALL DEFERRED")
    run("SET LOCAL ROLE carestation_app")


def scattered_parts(statement: str, parameters: Any) -> set[str]:  # noqa: ANN401 - as above
    """Return the parts that a plan reads without naming a group.

    Where the group comes from another row, the plan has all parts, and opens the one of that group.
    """
    with ClientCursor(connection.connection) as cursor:
        plan = cursor.execute(f"EXPLAIN (FORMAT json) {statement}", parameters).fetchall()
    return set(_scattered(plan[0][0][0]["Plan"]))


def touches() -> dict[str, int]:
    """Return how often each part was touched in this transaction."""
    return dict(run(TOUCHES))


def run(statement: str, said: list[str] | None = None) -> list[TupleRow]:
    """Run a statement past the watch; return its rows."""
    database: psycopg.Connection[TupleRow] = connection.connection
    answer = database.execute(statement.encode(), said)
    return answer.fetchall() if answer.description else []


def _scattered(node: dict[str, Any]) -> Iterator[str]:
    part = PART.fullmatch(node.get("Relation Name", ""))
    conditions = " ".join(node.get(name, "") for name in CONDITIONS)
    key = "id" if part and part[1] == "groups_group" else "group_id"
    if part and f"({key} = " not in conditions:
        yield part[0]
    for below in node.get("Plans", ()):
        yield from _scattered(below)


def _divide(table: str) -> None:
    key = "id" if table == "groups_group" else "group_id"
    indexes, policies = run(INDEXES, [table]), run(POLICIES, [table])
    run(f"ALTER TABLE {table} RENAME TO {table}_whole")
    columns = f"LIKE {table}_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS"
    run(f"CREATE TABLE {table} ({columns}) PARTITION BY HASH ({key})")
    for number in range(PARTS):
        values = f"WITH (MODULUS {PARTS}, REMAINDER {number})"
        run(f"CREATE TABLE {table}_part_{number} PARTITION OF {table} FOR VALUES {values}")
    for name, said in indexes:
        run(_naming_the_group(said.replace(f" {name} ", " ", 1), key))
    run(f"INSERT INTO {table} SELECT * FROM {table}_whole")  # noqa: S608 - names of ours
    for name, condition in policies:
        run(f"CREATE POLICY {name} ON {table} USING ({condition})")
    run(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    run(f"ANALYZE {table}")


def _naming_the_group(index: str, key: str) -> str:
    """Return the index as a table with parts can have it: what is unique names the key, too."""
    columns = re.search(r"USING btree \(([^)]*)\)", index)
    if not index.startswith("CREATE UNIQUE") or (columns and key in columns[1].split(", ")):
        return index
    return index.replace("USING btree (", f"USING btree ({key}, ", 1)


def _held_by_the_group(reference: str) -> str:
    """Return the reference as it can be to a table with parts: held by the group, too."""
    found = re.match(r"FOREIGN KEY \((.+?)\) REFERENCES (\w+)\((.+?)\)(.*)", reference)
    assert found
    own, table, other, rest = found.groups()
    if table not in TABLES or "group_id" in own:
        return reference
    return f"FOREIGN KEY (group_id, {own}) REFERENCES {table}(group_id, {other}){rest}"
