"""Announcing, and following.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeVar

from django.db import transaction

from carestation.factlog.facts import Fact, fact_of
from carestation.factlog.models import Cursor
from carestation.kernel.sql import Parameters, Row, rows_of

BATCH_SIZE: Final = 500  # as in the statement below
# In the order of (era, xid, id): ids alone are given out before the commit, and a slow transaction
# would be passed by. Below xmin every transaction has ended, so no row can still appear there; a
# restore begins a new era, because transaction ids start anew.
# Of a batch come the facts of the follower's kind, and its last one, to which the cursor moves.
SURE: Final = """
WITH batch AS MATERIALIZED (
  SELECT f.* FROM factlog_loggedfact f
  WHERE (f.era, f.xid, f.id) > (%(era)s, %(xid)s::xid8, %(fact_id)s)
    AND (f.xid < pg_snapshot_xmin(pg_current_snapshot())
      OR f.era < (SELECT max(era) FROM factlog_loggedfact))
  ORDER BY f.era, f.xid, f.id LIMIT 500
), numbered AS (
  SELECT b.*, row_number() OVER (ORDER BY b.era, b.xid, b.id) AS place, count(*) OVER () AS size
  FROM batch b
)
SELECT n.*, n.xid::text AS xid FROM numbered n
WHERE n.kind = %(kind)s OR n.place = n.size ORDER BY n.place
"""
# Who has read all that is sure: asked once a round, so that where nothing happens nobody reads. The
# last sure fact is looked for once, not once a follower: each month of the log is looked at for it.
AT_THE_END: Final = """
WITH last AS MATERIALIZED (
  SELECT f.era, f.xid, f.id FROM factlog_loggedfact f
  WHERE f.xid < pg_snapshot_xmin(pg_current_snapshot())
    OR f.era < (SELECT max(era) FROM factlog_loggedfact)
  ORDER BY f.era DESC, f.xid DESC, f.id DESC LIMIT 1
)
SELECT c.follower FROM factlog_cursor c WHERE NOT EXISTS (
  SELECT FROM last l WHERE (l.era, l.xid, l.id) > (c.era, c.xid::xid8, c.fact_id))
"""
# The oldest fact that one of them has not read, sure or not: up to it their work is done.
UNREAD: Final = """
SELECT min(f.at) AS at FROM unnest(%(followers)s::text[], %(kinds)s::text[]) AS a (follower, kind)
LEFT JOIN factlog_cursor c ON c.follower = a.follower,
LATERAL (
  SELECT f.at FROM factlog_loggedfact f
  WHERE (f.era, f.xid, f.id) >
    (coalesce(c.era, 0), coalesce(c.xid, '0')::xid8, coalesce(c.fact_id, 0)) AND f.kind = a.kind
  ORDER BY f.era, f.xid, f.id LIMIT 1
) f
"""
# The application may name these columns and no others: time and order are the database's.
ANNOUNCE: Final = """
INSERT INTO factlog_loggedfact (kind, actor_id, facility_id, group_id, patient_id, object_id,
  request_id, detail)
VALUES (%(kind)s, %(actor_id)s, %(facility_id)s, %(group_id)s, %(patient_id)s, %(object_id)s,
  %(request_id)s, %(detail)s)
"""
F = TypeVar("F", bound=Fact)
FOLLOWERS: dict[str, "Reader"] = {}


class Reader(Protocol):
    """Who has a cursor in the log."""

    @property
    def name(self) -> str:
        """What its cursor is called."""

    @property
    def kind(self) -> type[Fact]:
        """What it listens to; `Fact` itself: everything."""

    def read(self, after: Parameters) -> list[Row]:
        """Take the next batch behind a place in the log; the last row says how large it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """Who listens to one kind, and what it does with a batch."""

    name: str
    kind: type[Fact]
    act: Callable[[Sequence[Fact]], None]

    def read(self, after: Parameters) -> list[Row]:
        """Act on what of the next batch is of the kind."""
        rows = rows_of(SURE, after | {"kind": self.kind.kind})
        facts = [fact_of(row) for row in rows if row["kind"] == self.kind.kind]
        if facts:
            self.act(facts)
        return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowerOfAll:
    """Who takes every row, whatever it tells, by a statement of its own."""

    name: str
    read: Callable[[Parameters], list[Row]]
    kind: type[Fact] = Fact


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


def follower_of_all(read: Callable[[Parameters], list[Row]]) -> Callable[[Parameters], list[Row]]:
    """Register a follower of the whole log: it reads behind a place, in the order of `SURE`."""
    name = f"{read.__module__}.{read.__name__}"
    FOLLOWERS[name] = FollowerOfAll(name=name, read=read)
    return read


def followers_behind() -> list[Reader]:
    """Return who has something to read, and who has not read anything yet."""
    at_the_end = {row["follower"] for row in rows_of(AT_THE_END, {})}
    return [one for one in FOLLOWERS.values() if one.name not in at_the_end]


def unread_since(context: str) -> datetime | None:
    """Return when what the followers of a context have not read yet began; None: they are done."""
    own = [one for one in FOLLOWERS.values() if one.name.startswith(f"carestation.{context}.")]
    asked = {"followers": [one.name for one in own], "kinds": [one.kind.kind for one in own]}
    since: datetime | None = rows_of(UNREAD, asked)[0]["at"]
    return since


@transaction.atomic
def follow(one: Reader) -> int:
    """Let a follower read its next batch; its effect and its cursor are one transaction.

    Returns how many facts the batch had, of its kind or not.
    """
    Cursor.objects.get_or_create(follower=one.name)
    cursor = Cursor.objects.select_for_update().get(follower=one.name)
    place = {"era": cursor.era, "xid": cursor.xid, "fact_id": cursor.fact_id}
    rows = one.read(place)
    if rows:
        last = rows[-1]
        cursor.era, cursor.xid, cursor.fact_id = last["era"], last["xid"], last["id"]
        cursor.save(update_fields=["era", "xid", "fact_id"])
    return rows[-1]["size"] if rows else 0
