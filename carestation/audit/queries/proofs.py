"""A facility's part of the log as evidence: every fact beside what was sealed of it.

What is bent is not left out and not put right: the lines say what stands there now and what was
sealed, and the facility's own verifier (carestation/audit/verifier.py) names the difference. Of
what went because its term was over, the line says that, and the leaf.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from carestation.audit.models import Checkpoint, Entry
from carestation.kernel.sql import Parameters, Row, rows_of
from carestation.ui.times import TOKYO

AT_ONCE: Final = 2_000
# In the order of the seal; the part has no index of its own, so that a post costs no more.
FACTS: Final = """
SELECT f.era, f.xid::text AS xid, f.id, f.at, f.kind, f.actor_id, f.facility_id, f.group_id,
  f.patient_id, f.object_id, f.request_id, f.detail
FROM factlog_loggedfact f
WHERE f.facility_id = %(facility_id)s AND (f.era, f.xid, f.id) > (%(era)s, %(xid)s::xid8, %(id)s)
ORDER BY f.era, f.xid, f.id LIMIT 2000
"""
IDS: Final = ("actor_id", "facility_id", "group_id", "patient_id", "object_id", "request_id")
ABSENT: Final[Row] = dict.fromkeys(("era", "xid", "id", "at", "kind", *IDS, "detail"))


def proof_of(facility_id: UUID) -> Iterator[Row]:
    """Yield a part's facts as far as they are signed, one by one, as a verifier reads them."""
    last = Checkpoint.objects.of_tree(facility_id).last()
    entries = Entry.objects.of_facility(facility_id).order_by("number")
    facts = _facts(facility_id)
    fact = next(facts, None)
    for number, entry in enumerate(entries[: last.size if last else 0].iterator(AT_ONCE)):
        if entry.at is None and (fact is None or fact["id"] != entry.fact_id):
            yield line_of(ABSENT, number, entry) | {"removed": True}
            continue
        while fact is not None and fact["id"] != entry.fact_id and not _is_sealed(fact):
            yield line_of(fact, None, None)
            fact = next(facts, None)
        if fact is not None and fact["id"] == entry.fact_id:
            yield line_of(fact, number, entry)
            fact = next(facts, None)
        else:
            yield line_of(ABSENT, number, entry)


def notes_of(facility_id: UUID) -> Iterator[str]:
    """Yield everything that was signed of a part."""
    yield from Checkpoint.objects.of_tree(facility_id).values_list("note", flat=True)


def line_of(fact: Row, number: int | None, entry: Entry | None) -> Row:
    """Return a fact as a line says it: times of Japan, ids as text, and what was sealed of it."""
    told = dict(fact)
    if fact["at"] is not None:
        told["at"] = fact["at"].astimezone(TOKYO).isoformat(timespec="microseconds")
    told |= {name: None if fact[name] is None else str(fact[name]) for name in IDS}
    return {"number": number, "leaf": entry and bytes(entry.leaf).hex()} | told


def _facts(facility_id: UUID) -> Iterator[Row]:
    place: Parameters = {"era": 0, "xid": "0", "id": 0}
    while rows := rows_of(FACTS, place | {"facility_id": facility_id}):
        yield from rows
        place = {name: rows[-1][name] for name in ("era", "xid", "id")}


def _is_sealed(fact: Row) -> bool:
    return Entry.objects.filter(fact_id=fact["id"]).exists()
