"""The log and its seal in stretches, column by column: a million rows are read in seconds.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from dataclasses import dataclass
from typing import Final

from carestation.factlog.merkle import HASH_BYTES
from carestation.kernel.sql import Row, row_of

# What a leaf says, as the trigger puts it together; it is hashed here, not by the database. No
# text of a fact holds a line's end: `jsonb` writes it as two signs.
FACTS: Final = r"""
WITH stretch AS MATERIALIZED (
  SELECT f.* FROM factlog_loggedfact f
  WHERE (f.era, f.xid, f.id) > (%(era)s, %(xid)s::xid8, %(fact_id)s)
  ORDER BY f.era, f.xid, f.id LIMIT 5000
), last AS (
  SELECT s.era, s.xid, s.id FROM stretch s ORDER BY s.era DESC, s.xid DESC, s.id DESC LIMIT 1
)
SELECT string_agg(s.id::text, E'\n' ORDER BY s.era, s.xid, s.id) AS ids,
  string_agg(s.leaf, ''::bytea ORDER BY s.era, s.xid, s.id) AS leaves,
  string_agg(concat_ws('|', s.era, s.xid, s.id, (extract(epoch FROM s.at) * 1000000)::bigint,
    s.kind, coalesce(s.actor_id::text, ''), coalesce(s.facility_id::text, ''),
    coalesce(s.group_id::text, ''), coalesce(s.patient_id::text, ''), s.object_id, s.request_id,
    s.detail), E'\n' ORDER BY s.era, s.xid, s.id) AS said,
  (SELECT l.era FROM last l) AS era, (SELECT l.xid::text FROM last l) AS xid,
  (SELECT l.id FROM last l) AS fact_id
FROM stretch s
"""
ENTRIES: Final = r"""
WITH stretch AS MATERIALIZED (
  SELECT e.* FROM audit_entry e WHERE e.number > %(number)s ORDER BY e.number LIMIT 5000
)
SELECT string_agg(s.fact_id::text, E'\n' ORDER BY s.number) AS ids,
  string_agg(s.leaf, ''::bytea ORDER BY s.number) AS leaves,
  string_agg(s.number::text, E'\n' ORDER BY s.number) AS numbers,
  string_agg(coalesce(s.facility_id::text, ''), E'\n' ORDER BY s.number) AS facilities,
  max(s.number) AS number
FROM stretch s
"""
BEFORE_ALL: Final[Row] = {"era": 0, "xid": "0", "fact_id": 0, "number": -1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of facts, or of entries; what the others have is empty. `last`: where it ends."""

    ids: list[str]
    leaves: list[bytes]
    said: list[str]
    numbers: list[str]
    facilities: list[str]
    last: Row


def facts_after(before: Stretch | None) -> Stretch:
    """Return the facts that come next, in the order of the seal."""
    return _stretch(row_of(FACTS, BEFORE_ALL if before is None else before.last))


def entries_after(before: Stretch | None) -> Stretch:
    """Return the entries that come next, by their numbers."""
    return _stretch(row_of(ENTRIES, BEFORE_ALL if before is None else before.last))


def _stretch(row: Row | None) -> Stretch:
    told = row or {}
    leaves = told.get("leaves") or b""
    starts = range(0, len(leaves), HASH_BYTES)
    return Stretch(
        ids=_lines(told, "ids"),
        leaves=[leaves[start : start + HASH_BYTES] for start in starts],
        said=_lines(told, "said"),
        numbers=_lines(told, "numbers"),
        facilities=_lines(told, "facilities"),
        last=told,
    )


def _lines(row: Row, name: str) -> list[str]:
    text = row.get(name)
    return [] if text is None else text.split("\n")
