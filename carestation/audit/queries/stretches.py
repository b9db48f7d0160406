"""The log and its seal in stretches, column by column: a million rows are read in seconds.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from carestation.factlog.merkle import HASH_BYTES
from carestation.kernel.sql import Row, row_of

# By what an entry is found must be what its fact says: pages look for entries, not for facts. One
# hash a row tells whether it is; of a row, so that nothing runs into what stands beside it.
# What a leaf says, as `factlog_leaf` puts it together; it is hashed here, not by the database. No
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
  string_agg(concat_ws('|', s.era, s.xid, s.id, (extract(epoch FROM s.at) * 1000000)::bigint,
    s.kind, coalesce(s.actor_id::text, ''), coalesce(s.facility_id::text, ''),
    coalesce(s.group_id::text, ''), coalesce(s.patient_id::text, ''), s.object_id, s.request_id,
    s.detail), E'\n' ORDER BY s.era, s.xid, s.id) AS said,
  string_agg(sha256(record_send(ROW(s.at, s.kind, s.facility_id,
    coalesce(s.actor_id::text, s.detail ->> 'person_id'), s.group_id))), ''::bytea
    ORDER BY s.era, s.xid, s.id) AS found_by,
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
  string_agg((s.at IS NULL)::int::text, '' ORDER BY s.number) AS gone,
  coalesce(string_agg(sha256(record_send(ROW(s.at, s.kind, s.facility_id, s.actor_id::text,
    s.group_id))), ''::bytea ORDER BY s.number) FILTER (WHERE s.at IS NOT NULL), ''::bytea)
    AS found_by,
  max(s.number) AS number
FROM stretch s
"""
FIRST_OF_FACTS: Final[Row] = {"era": 0, "xid": "0", "fact_id": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of entries. `gone`: the places of those whose fact went when its term was over.

    `found_by`: by what each of the others is found, hashed.
    """

    ids: list[str]
    leaves: list[bytes]
    numbers: list[str]
    facilities: list[str]
    gone: list[int]
    found_by: bytes


def stretches() -> Iterator[Stretch]:
    """Yield the entries by their numbers."""
    number = -1
    while row := row_of(ENTRIES, {"number": number}):
        if row["number"] is None:
            return
        number = row["number"]
        yield Stretch(
            ids=row["ids"].split("\n"),
            leaves=hashes_in(row["leaves"]),
            numbers=row["numbers"].split("\n"),
            facilities=row["facilities"].split("\n"),
            gone=[place for place, sign in enumerate(row["gone"]) if sign == "1"],
            found_by=bytes(row["found_by"]),
        )


def hashes_in(joined: bytes) -> list[bytes]:
    """Return hashes that came one behind the other."""
    starts = range(0, len(joined), HASH_BYTES)
    return [joined[start : start + HASH_BYTES] for start in starts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Facts that come next: their ids, what each says, and by what its entry is found, hashed."""

    ids: list[str]
    said: list[str]
    found_by: bytes


@dataclass(slots=True)
class Facts:
    """The facts in the order of the seal, as many at a time as are asked for."""

    _ids: list[str] = field(default_factory=list)
    _said: list[str] = field(default_factory=list)
    _found_by: bytes = b""
    _last: Row = field(default_factory=lambda: FIRST_OF_FACTS)

    def take(self, count: int) -> Taken:
        """Return the facts that come next; fewer where the log ends.

        Those that were not asked for yet come the next time.
        """
        while len(self._ids) < count and (row := row_of(FACTS, self._last)):
            if row["ids"] is None:
                break
            self._ids += row["ids"].split("\n")
            self._said += row["said"].split("\n")
            self._found_by += bytes(row["found_by"])
            self._last = row
        hashes = count * HASH_BYTES
        taken = Taken(
            ids=self._ids[:count], said=self._said[:count], found_by=self._found_by[:hashes]
        )
        del self._ids[:count], self._said[:count]
        self._found_by = self._found_by[hashes:]
        return taken
