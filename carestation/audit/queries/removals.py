"""What went from the log because its term was over, as the log itself says.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from carestation.kernel.sql import Row, rows_of

# The newest of each part; what nobody sealed says nothing. No text of `detail` is a word.
REMOVALS: Final = """
SELECT DISTINCT ON (f.facility_id) f.facility_id, f.at, e.number,
  f.detail ->> 'before' AS before, f.detail ->> 'total' AS total
FROM factlog_loggedfact f JOIN audit_entry e ON e.fact_id = f.id AND e.kind = f.kind
WHERE f.kind = 'audit.FactsRemoved'
ORDER BY f.facility_id, f.era DESC, f.xid DESC, f.id DESC
"""
# No rule lets go sooner, and what a removal is about was signed within this time.
SHORTEST: Final = timedelta(days=5 * 365)
SIGNED_WITHIN: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What the newest removal of a part says: how many facts there are no more, from before when.

    `upto`: behind which number there can be none of them.
    """

    before: datetime
    total: int
    upto: int

    def explains(self, number: int, count: int) -> bool:
        """Whether the fact of a number, of which `count` are gone with it, may be gone."""
        return number < self.upto and count <= self.total


def removals_of(signed: Sequence[tuple[datetime, int]]) -> dict[str, Removal]:
    """Return the removals by the id of their facility; without one, those of none.

    `signed`: when the whole log was signed, and at which size, as it grew.
    """
    read = {str(row["facility_id"] or ""): _removal(row, signed) for row in rows_of(REMOVALS, {})}
    return {part: removal for part, removal in read.items() if removal is not None}


def _removal(row: Row, signed: Sequence[tuple[datetime, int]]) -> Removal | None:
    """Return what a removal says, if it says that and may be.

    Its own time is nobody's word: what says that it happened later than it was signed, did not.
    """
    try:
        before, total = datetime.fromisoformat(row["before"]), int(row["total"])
    except (TypeError, ValueError):
        return None
    known = next((at for at, size in signed if size > row["number"]), timezone.now())
    if before.tzinfo is None or before > min(row["at"], known) - SHORTEST:
        return None
    upto = next((size for at, size in signed if at >= before + SIGNED_WITHIN), 0)
    return Removal(before=before, total=total, upto=upto)
