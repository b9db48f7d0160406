"""Who has seen a patient: for the patient's own question to the facility that manages them.

Controls: ISO/IEC 27017 8.15, 8.3; white paper 「ログ」.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from carestation.audit.choices import LOOKS
from carestation.audit.queries.people import names_of
from carestation.audit.queries.record import GroupTold, groups_told
from carestation.facilities.models.facilities import Facility
from carestation.facilities.rules import Desk
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.errors import NotVisible
from carestation.kernel.sql import rows_of
from carestation.patients.models import Patient

READERS: Final = """
SELECT e.actor_id, e.facility_id, count(*) AS times, min(e.at) AS first_at, max(e.at) AS last_at
FROM audit_entry e
WHERE e.group_id = %(group_id)s AND e.kind = ANY(%(kinds)s) AND e.actor_id IS NOT NULL
  AND e.at >= coalesce(%(since)s, '-infinity'::timestamptz)
  AND e.at < coalesce(%(until)s, 'infinity'::timestamptz)
GROUP BY e.actor_id, e.facility_id ORDER BY last_at DESC LIMIT 500
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Someone who has seen a patient; `facility` is empty for the patient and the family."""

    name: str
    facility: str
    times: int
    first_at: datetime
    last_at: datetime


@acting_as(Work.CUSTODY)
def manages(desk: Desk, group_id: UUID | None) -> bool:
    """Whether it is the group of a patient whom the desk's facility manages."""
    own = Patient.objects.filter(managing_facility_id=desk.facility_id)
    return group_id is not None and own.filter(group_id=group_id).exists()


def take_patient_group(desk: Desk, group_id: UUID) -> GroupTold:
    """Return the group of a patient whom the desk's facility manages.

    Raises:
        NotVisible: it is no patient's, or another facility manages them.
    """
    if not manages(desk, group_id):
        raise NotVisible
    return groups_told(desk.actor, [group_id])[group_id]


def readers_of(
    desk: Desk, group: GroupTold, since: datetime | None, until: datetime | None
) -> list[Reader]:
    """Return who looked at a patient's group, whoever last did first."""
    asked = {"group_id": group.id, "kinds": sorted(LOOKS), "since": since, "until": until}
    rows = rows_of(READERS, asked)
    names = names_of({row["actor_id"] for row in rows}, desk.actor)
    facilities = Facility.objects.in_bulk({row["facility_id"] for row in rows} - {None})
    return [
        Reader(
            name=names.get(row["actor_id"], ""),
            facility=facilities[row["facility_id"]].name if row["facility_id"] else "",
            times=row["times"],
            first_at=row["first_at"],
            last_at=row["last_at"],
        )
        for row in rows
    ]
