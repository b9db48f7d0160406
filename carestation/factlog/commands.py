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
  SELECT b.*, row_number() OVER here AS place, lead(b.id) OVER here IS NULL AS is_last
  FROM batch b WINDOW here AS (ORDER BY b.era, b.xid, b.id)
)
SELECT n.*, n.xid::text AS xid FROM numbered n
WHERE n.kind = %(kind)s OR n.is_last ORDER BY n.place
"""
# Hot (benchmarks/posts.py): one statement a round, however many follow. Where nothing is new nobody
# reads. Of what is new, 2,000 facts at a time, whoever finds none of their kind passes by all of it
# (nearly everyone stands at the same place); the names of the others come back, to read. Cursors
# that are held are another worker's matter.
PASSING: Final = """
WITH followed AS (
  SELECT a.follower, a.kind, c.era, c.xid, c.fact_id
  FROM unnest(%(followers)b::text[], %(kinds)b::text[]) AS a (follower, kind)
  LEFT JOIN factlog_cursor c ON c.follower = a.follower
), fresh AS MATERIALIZED (
  SELECT p.era, p.xid, p.fact_id, n.kinds, n.last
  FROM (SELECT DISTINCT era, xid, fact_id FROM followed WHERE era IS NOT NULL) p, LATERAL (
    SELECT array_agg(DISTINCT b.kind) AS kinds,
      (array_agg(b.id ORDER BY b.era DESC, b.xid DESC, b.id DESC))[1] AS last
    FROM (
      SELECT f.era, f.xid, f.id, f.kind FROM factlog_loggedfact f
      WHERE (f.era, f.xid, f.id) > (p.era, p.xid::xid8, p.fact_id)
        AND (f.xid < pg_snapshot_xmin(pg_current_snapshot())
          OR f.era < (SELECT max(era) FROM factlog_loggedfact))
      ORDER BY f.era, f.xid, f.id LIMIT 2000
    ) b
  ) n WHERE n.last IS NOT NULL
), passing AS (
  SELECT c.follower, n.last FROM factlog_cursor c
  JOIN followed a ON a.follower = c.follower
  JOIN fresh n ON (n.era, n.xid, n.fact_id) = (c.era, c.xid, c.fact_id)
  WHERE a.kind <> '' AND a.kind <> ALL (n.kinds)
  ORDER BY c.follower FOR NO KEY UPDATE OF c SKIP LOCKED
), passed AS (
  UPDATE factlog_cursor c SET era = f.era, xid = f.xid::text, fact_id = f.id
  FROM passing p JOIN factlog_loggedfact f ON f.id = p.last WHERE c.follower = p.follower
)
SELECT a.follower FROM followed a
LEFT JOIN fresh n ON (n.era, n.xid, n.fact_id) = (a.era, a.xid, a.fact_id)
WHERE a.era IS NULL OR a.kind = ANY (n.kinds) OR (a.kind = '' AND n.last IS NOT NULL)
"""
# The oldest fact that one of them has not read, sure or not: up to it their work is done.
UNREAD: Final = """
SELECT min(f.at) AS at FROM unnest(%(followers)b::text[], %(kinds)b::text[]) AS a (follower, kind)
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
        """Take the next batch behind a place in the log; the place of its last row is its size."""


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


def pass_by() -> list[Reader]:
    """Let everyone pass by what is not of their kind; return who has something to read."""
    everyone = list(FOLLOWERS.values())
    asked = {
        "followers": [one.name for one in everyone],
        "kinds": [one.kind.kind for one in everyone],
    }
    reading = {row["follower"] for row in rows_of(PASSING, asked)}
    return [one for one in everyone if one.name in reading]


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
    cursor, _ = Cursor.objects.select_for_update().get_or_create(follower=one.name)
    place = {"era": cursor.era, "xid": cursor.xid, "fact_id": cursor.fact_id}
    rows = one.read(place)
    if rows:
        last = rows[-1]
        cursor.era, cursor.xid, cursor.fact_id = last["era"], last["xid"], last["id"]
        cursor.save(update_fields=["era", "xid", "fact_id"])
    return rows[-1]["place"] if rows else 0
