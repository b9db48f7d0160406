"""The terms of the record: what a facility's rules keep no longer goes from the log.

The database decides what may go (`audit_remove_facts`); this asks it, and puts down that it went.
What was sealed and signed of it stays, so that nothing else can go unseen.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.audit.facts import FactsRemoved
from carestation.audit.models import WHOLE, Entry
from carestation.factlog.commands import announce
from carestation.factlog.months import drop_months
from carestation.kernel.ids import uuid7
from carestation.kernel.sql import rows_of
from carestation.ui.times import TOKYO

# Whose record holds what is over its term; what is of no facility has the longest term of all.
DUE: Final = """
SELECT t.id AS facility_id, k.since AS before
FROM audit_tree t, LATERAL (SELECT audit_kept_since(t.id, %(now)s) AS since) k
WHERE t.id <> %(whole)s
  AND EXISTS (SELECT FROM audit_entry e WHERE e.facility_id = t.id AND e.at < k.since)
UNION ALL
SELECT NULL, k.since FROM (SELECT audit_kept_since(NULL, %(now)s) AS since) k
WHERE EXISTS (
  SELECT FROM factlog_loggedfact f WHERE f.facility_id IS NULL AND f.at < k.since)
"""
REMOVE: Final = "SELECT audit_remove_facts(%(facility_id)s, %(before)s) AS count"


def remove_what_is_over() -> int:
    """Let go what is over its term, and months that hold nothing any more; return how many facts.

    A term ends with the month: what happened in November is there until the last of November.
    """
    due = rows_of(DUE, {"now": timezone.now(), "whole": WHOLE})
    removed = sum(_remove(row["facility_id"], row["before"]) for row in due)
    drop_months()
    return removed


@transaction.atomic
def _remove(facility_id: UUID | None, before: datetime) -> int:
    [row] = rows_of(REMOVE, {"facility_id": facility_id, "before": before})
    if not row["count"]:
        return 0
    part = Entry.objects.filter(facility_id=facility_id)
    announce(
        FactsRemoved(
            part_id=facility_id or WHOLE,
            facility_id=facility_id,
            before=before.astimezone(TOKYO),
            count=row["count"],
            total=part.filter(at=None).count(),
            request_id=uuid7(),
        )
    )
    return int(row["count"])
