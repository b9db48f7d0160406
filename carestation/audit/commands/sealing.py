"""Sealing: the entries in their order, and the trees that grow over them.

Nothing here is announced: a fact about the seal would be one more to seal, without end.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from collections import defaultdict
from typing import Final

from django.db import transaction

from carestation.audit.models import WHOLE, Mark, Tree
from carestation.audit.queries.marks import marks_of
from carestation.factlog.merkle import Frontier
from carestation.kernel.sql import Parameters, Row, rows_of

# Hot (benchmarks/sealing.py): what has surely committed behind a place (as factlog.commands.SURE
# reads it), numbered on from the tree's size, in one statement: SEALED_AT_ONCE at the most.
SEAL: Final = """
WITH batch AS MATERIALIZED (
  SELECT f.era, f.xid, f.id, f.at, f.kind, f.facility_id,
    coalesce(f.actor_id, (f.detail ->> 'person_id')::uuid) AS actor_id, f.group_id,
    factlog_leaf(f) AS leaf
  FROM factlog_loggedfact f
  WHERE (f.era, f.xid, f.id) > (%(era)s, %(xid)s::xid8, %(fact_id)s)
    AND (f.xid < pg_snapshot_xmin(pg_current_snapshot())
      OR f.era < (SELECT max(era) FROM factlog_loggedfact))
  ORDER BY f.era, f.xid, f.id LIMIT 2000
), numbered AS (
  SELECT b.*, row_number() OVER (ORDER BY b.era, b.xid, b.id) AS place FROM batch b
), sealed AS (
  INSERT INTO audit_entry (number, fact_id, at, kind, facility_id, actor_id, group_id, leaf)
  SELECT %(sealed)s + n.place - 1, n.id, n.at, n.kind, n.facility_id, n.actor_id, n.group_id,
    n.leaf
  FROM numbered n
)
SELECT n.era, n.xid::text AS xid, n.id, n.facility_id, n.leaf, n.place FROM numbered n
ORDER BY n.place
"""
GROWN: Final = """
INSERT INTO audit_tree (id, size, peaks)
SELECT * FROM unnest(%(ids)b::uuid[], %(sizes)b::bigint[], %(peaks)b::bytea[])
ON CONFLICT (id) DO UPDATE SET size = EXCLUDED.size, peaks = EXCLUDED.peaks
"""


@transaction.atomic
def seal_next(after: Parameters) -> list[Row]:
    """Seal the next batch behind a place in the log; return its rows."""
    Tree.objects.get_or_create(pk=WHOLE)
    whole = Tree.objects.select_for_update().get(pk=WHOLE)
    rows = rows_of(SEAL, after | {"sealed": whole.size})
    if rows:
        marks = marks_of(whole.size, [bytes(row["leaf"]) for row in rows])
        # What was marked there first stays: who put back the entries alone holds nobody up.
        Mark.objects.bulk_create([Mark(first=whole.size, marks=marks)], ignore_conflicts=True)
        _grow(rows)
    return rows


def _grow(rows: list[Row]) -> None:
    leaves = defaultdict(list)
    for row in rows:
        leaves[WHOLE].append(row["leaf"])
        if row["facility_id"] is not None:
            leaves[row["facility_id"]].append(row["leaf"])
    kept = Tree.objects.select_for_update().filter(pk__in=leaves).order_by("pk")
    trees = {tree.pk: Frontier.from_bytes(tree.size, tree.peaks) for tree in kept}
    for tree_id, added in leaves.items():
        trees.setdefault(tree_id, Frontier()).extend(added)
    told = {
        "ids": list(trees),
        "sizes": [tree.size for tree in trees.values()],
        "peaks": [tree.to_bytes() for tree in trees.values()],
    }
    rows_of(GROWN, told)
