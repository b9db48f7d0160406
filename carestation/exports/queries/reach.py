"""What goes into an export: which groups, which people, and whose places.

A facility sees through the seats of its people, those that give one now and are not for an hour;
both sides are open to professionals. A talk of two is the two's own and never goes in.

Controls: ISO/IEC 27017 8.3, CLD.8.1.5; white paper 「利用者アクセスの管理」.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from carestation.exports.choices import Extent
from carestation.groups.choices import Kind
from carestation.groups.models.memberships import Membership
from carestation.kernel.sql import row_of

# Everyone who is named in these groups or at this facility, and the places through which they sit.
NAMED: Final = """
WITH members AS (
  SELECT user_id, staff_id FROM groups_membership WHERE group_id = ANY(%(groups)s)
), places AS (
  SELECT s.id, s.user_id, s.facility_id FROM facilities_staff s
  WHERE s.id IN (SELECT staff_id FROM members)
    OR (%(whole)s AND s.facility_id = %(facility_id)s)
)
SELECT
  coalesce(array_agg(DISTINCT p.user_id) FILTER (WHERE p.facility_id = %(facility_id)s), '{}')
    AS own_people,
  coalesce(array_agg(DISTINCT p.id) FILTER (WHERE p.facility_id = %(facility_id)s), '{}') AS own,
  coalesce(array_agg(DISTINCT p.id) FILTER (WHERE p.facility_id <> %(facility_id)s), '{}')
    AS others,
  (SELECT coalesce(array_agg(DISTINCT found.user_id), '{}') FROM (
    SELECT user_id FROM members UNION SELECT user_id FROM places UNION
    SELECT a.user_id FROM timeline_acknowledgement a WHERE a.group_id = ANY(%(groups)s) UNION
    SELECT c.recorder_id FROM patients_consent c JOIN patients_patient t ON t.id = c.patient_id
      WHERE t.group_id = ANY(%(groups)s) UNION
    SELECT c.withdrawal_recorder_id FROM patients_consent c JOIN patients_patient t
      ON t.id = c.patient_id
      WHERE t.group_id = ANY(%(groups)s) AND c.withdrawal_recorder_id IS NOT NULL UNION
    SELECT approver_id FROM groups_invitation
      WHERE group_id = ANY(%(groups)s) AND approver_id IS NOT NULL UNION
    SELECT reviewer_id FROM patients_emergencyaccess
      WHERE %(whole)s AND facility_id = %(facility_id)s AND reviewer_id IS NOT NULL UNION
    SELECT inviter_id FROM facilities_staffinvitation
      WHERE %(whole)s AND facility_id = %(facility_id)s UNION
    SELECT author_id FROM facilities_policy WHERE %(whole)s AND facility_id = %(facility_id)s
  ) found) AS people,
  (SELECT coalesce(array_agg(DISTINCT f.id), '{}') FROM facilities_facility f
   WHERE f.id <> %(facility_id)s AND (f.id IN (SELECT facility_id FROM places)
     OR f.id IN (SELECT facility_id FROM groups_group WHERE id = ANY(%(groups)s))
     OR f.id IN (SELECT managing_facility_id FROM patients_patient
       WHERE group_id = ANY(%(groups)s)))) AS facilities
FROM places p
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What one export covers, as ids; `is_whole`: the facility's own staff and rules too."""

    facility_id: UUID
    is_whole: bool
    group_ids: tuple[UUID, ...]
    own_staff_ids: tuple[UUID, ...]
    other_staff_ids: tuple[UUID, ...]
    user_ids: tuple[UUID, ...]
    own_user_ids: tuple[UUID, ...]
    facility_ids: tuple[UUID, ...]


def reach_of(facility_id: UUID, asker_id: UUID, extent: Extent) -> Reach:
    """Return what a facility, or one of its people, may see now."""
    seats = Membership.objects.could_manage(facility_id).exclude(group__kind=Kind.DIRECT)
    if extent is Extent.OWN:
        seats = seats.of_person(asker_id)
    if extent is Extent.RECORD:
        seats = seats.none()
    groups = list(seats.order_by("group_id").values_list("group_id", flat=True).distinct())
    is_whole = extent is Extent.FACILITY
    asked = {"groups": groups, "facility_id": facility_id, "whole": is_whole}
    named = row_of(NAMED, asked) or {}
    return Reach(
        facility_id=facility_id,
        is_whole=is_whole,
        group_ids=tuple(groups),
        own_staff_ids=tuple(sorted(named["own"])),
        other_staff_ids=tuple(sorted(named["others"])),
        user_ids=tuple(sorted(named["people"])),
        own_user_ids=tuple(sorted(named["own_people"])) if is_whole else (),
        facility_ids=tuple(sorted(named["facilities"])),
    )
