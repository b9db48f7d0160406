"""Announcing, and following.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from django.db import transaction

from carestation.factlog.facts import Fact, fact_of
from carestation.factlog.models import Cursor
from carestation.kernel.sql import Row, rows_of

BATCH_SIZE: Final = 500
# In the order of (era, xid, id): ids alone are given out before the commit, and a slow transaction
# would be passed by. Below xmin every transaction has ended, so no row can still appear there; a
# restore begins a new era, because transaction ids start anew.
SURE: Final = """
SELECT f.*, f.xid::text AS xid FROM factlog_loggedfact f
WHERE (f.era, f.xid, f.id) > (%(era)s, %(xid)s::xid8, %(fact_id)s)
  AND (f.xid < pg_snapshot_xmin(pg_current_snapshot())
    OR f.era < (SELECT max(era) FROM factlog_loggedfact))
ORDER BY f.era, f.xid, f.id LIMIT %(limit)s
"""
# The application may name these columns and no others: time, order and leaf are the database's.
ANNOUNCE: Final = """
INSERT INTO factlog_loggedfact (kind, actor_id, facility_id, group_id, patient_id, object_id,
  request_id, detail)
VALUES (%(kind)s, %(actor_id)s, %(facility_id)s, %(group_id)s, %(patient_id)s, %(object_id)s,
  %(request_id)s, %(detail)s)
"""
F = TypeVar("F", bound=Fact)
FOLLOWERS: dict[str, "Follower"] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """Who listens, to which kinds, and what it does with a batch."""

    name: str
    kind: type[Fact]
    act: Callable[[Sequence[Fact]], None]


def announce(fact: Fact) -> None:
    """Write a fact into the log; it stands or falls with the change."""
    rows_of(ANNOUNCE, fact.parameters())


def follower(
    kind: type[F],
) -> Callable[[Callable[[Sequence[F]], None]], Callable[[Sequence[F]], None]]:
    """Register a follower of one kind of fact under the name of its function."""

    def register(act: Callable[[Sequence[F]], None]) -> Callable[[Sequence[F]], None]:
        name = f"{act.__module__}.{act.__name__}"
        FOLLOWERS[name] = Follower(name=name, kind=kind, act=act)  # type: ignore[arg-type]  # it gets its own kind only
        return act

    return register


@transaction.atomic
def follow(one: Follower) -> int:
    """Let a follower read its next batch; its effect and its cursor are one transaction."""
    Cursor.objects.get_or_create(follower=one.name)
    cursor = Cursor.objects.select_for_update().get(follower=one.name)
    rows = _read(cursor)
    facts = [fact_of(row) for row in rows if row["kind"] == one.kind.kind]
    if facts:
        one.act(facts)
    if rows:
        last = rows[-1]
        cursor.era, cursor.xid, cursor.fact_id = last["era"], last["xid"], last["id"]
        cursor.save(update_fields=["era", "xid", "fact_id"])
    return len(rows)


def _read(cursor: Cursor) -> list[Row]:
    place = {"era": cursor.era, "xid": cursor.xid, "fact_id": cursor.fact_id, "limit": BATCH_SIZE}
    return rows_of(SURE, place)
