"""Groups that nobody can manage now, and who could: what a facility's desk is told of them.

A patient's name is not the desk's to read: a group is known by kind, day and colleagues.

Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from carestation.accounts.queries.people import read_person
from carestation.facilities.rules import Desk
from carestation.groups.choices import Kind
from carestation.groups.models.memberships import Membership
from carestation.groups.queries.seats import calling_of
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.sql import Row, rows_of

# Groups of the facility in which a professional sits, but no manager who can act.
UNMANAGED: Final = """
SELECT g.id, g.kind, g.created_at, g.archived_at IS NOT NULL AS is_archived,
  (SELECT count(*) FROM groups_membership o WHERE o.group_id = g.id AND o.left_at IS NULL) AS people
FROM groups_group g WHERE g.facility_id = %(facility_id)s AND g.kind <> 'direct'
  AND EXISTS (SELECT FROM groups_membership o WHERE o.group_id = g.id AND o.left_at IS NULL
    AND o.role <> 'family' AND o.expires_at IS NULL)
  AND NOT EXISTS (SELECT FROM groups_membership o JOIN facilities_staff s ON s.id = o.staff_id
    JOIN facilities_facility f ON f.id = s.facility_id
    WHERE o.group_id = g.id AND o.left_at IS NULL AND o.role = 'manager'
      AND s.ended_at IS NULL AND s.paused_at IS NULL AND f.frozen_at IS NULL)
ORDER BY g.id LIMIT 100
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A colleague who sits in such a group, and could manage it."""

    membership_id: UUID
    name: str
    calling: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmanagedGroup:
    """A group without a manager who can act, ready to show at the desk."""

    id: UUID
    kind: Kind
    opened_at: datetime
    is_archived: bool
    people: int
    candidates: tuple[Candidate, ...]


@acting_as(Work.DESK)
def unmanaged_at(desk: Desk) -> list[UnmanagedGroup]:
    """Return the groups of the desk's facility that nobody can manage now, the oldest first."""
    return [_group(desk, row) for row in rows_of(UNMANAGED, {"facility_id": desk.facility_id})]


@acting_as(Work.DESK)
def candidates_in(desk: Desk, group_id: UUID) -> tuple[Candidate, ...]:
    """Return who of the desk's facility could manage a group in which they sit."""
    could = Membership.objects.could_manage(desk.facility_id).of_group(group_id)
    people = could.select_related("user", "staff").order_by("began_at")[:50]
    return tuple(_candidate(desk, one) for one in people)


@acting_as(Work.DESK)
def is_managed_from(desk: Desk, group_id: UUID) -> bool:
    """Whether someone of the desk's facility manages a group, and can act."""
    could = Membership.objects.could_manage(desk.facility_id).of_group(group_id)
    return could.managing().exists()


def _group(desk: Desk, row: Row) -> UnmanagedGroup:
    return UnmanagedGroup(
        id=row["id"],
        kind=Kind(row["kind"]),
        opened_at=row["created_at"],
        is_archived=row["is_archived"],
        people=row["people"],
        candidates=candidates_in(desk, row["id"]),
    )


def _candidate(desk: Desk, membership: Membership) -> Candidate:
    profession = membership.staff.profession if membership.staff else None
    return Candidate(
        membership_id=membership.pk,
        name=read_person(membership.user, desk.actor).name,
        calling=calling_of(membership.role, membership.relation, profession),
    )
