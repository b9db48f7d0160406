"""Whom a professional knows: colleagues, professionals in groups of one's own, and connections.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from carestation.accounts.queries.people import kana_place, name_place
from carestation.facilities.queries.staff import short_profession
from carestation.facilities.rules import folded
from carestation.groups.choices import Role
from carestation.groups.rules import Newcomer
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.kernel.sql import Row, rows_of
from carestation.vault.scopes import open_scope

# Each with one standing place: that in a facility of the actor's, else the oldest.
CONTACTS: Final = """
WITH places AS (
  SELECT s.* FROM facilities_staff s JOIN facilities_facility f ON f.id = s.facility_id
  WHERE s.ended_at IS NULL AND s.paused_at IS NULL AND f.approved_at IS NOT NULL
    AND f.frozen_at IS NULL
), own AS (
  SELECT facility_id FROM places WHERE user_id = %(user_id)s
), known AS (
  SELECT p.user_id FROM places p JOIN own ON own.facility_id = p.facility_id
  UNION
  SELECT other_id FROM groups_companion WHERE user_id = %(user_id)s
  UNION
  SELECT CASE c.lower_id WHEN %(user_id)s THEN c.higher_id ELSE c.lower_id END
  FROM groups_connection c
  WHERE c.ended_at IS NULL AND (c.lower_id = %(user_id)s OR c.higher_id = %(user_id)s)
)
SELECT DISTINCT ON (k.user_id) k.user_id, u.name_sealed, u.kana_sealed, p.id AS staff_id,
  p.profession, p.facility_id, f.name AS facility,
  f.kana AS facility_kana
FROM known k JOIN accounts_user u ON u.id = k.user_id
JOIN places p ON p.user_id = k.user_id JOIN facilities_facility f ON f.id = p.facility_id
WHERE EXISTS (SELECT FROM own) AND k.user_id <> %(user_id)s AND u.ended_at IS NULL
  AND k.user_id = coalesce(%(person_id)s, k.user_id)
ORDER BY k.user_id, (p.facility_id IN (SELECT facility_id FROM own)) DESC, p.began_at
LIMIT 1000
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Someone with whom the actor can talk, ready to show."""

    user_id: UUID
    staff_id: UUID
    facility_id: UUID
    name: str
    kana: str
    calling: str
    facility: str
    facility_kana: str

    @property
    def found_by(self) -> str:
        """What the list is searched by: names and readings, the facility's too, without spaces."""
        return folded(f"{self.name}{self.kana}{self.facility}{self.facility_kana}")

    def as_newcomer(self) -> Newcomer:
        """Return them as someone to seat, through their place of work."""
        return Newcomer(user_id=self.user_id, role=Role.PROFESSIONAL, staff_id=self.staff_id)


def contacts_of(actor: Actor) -> list[Contact]:
    """Return with whom the actor can talk, by their reading; for the family, nobody."""
    rows = rows_of(CONTACTS, {"user_id": actor.user_id, "person_id": None})
    return sorted((_contact(actor, row) for row in rows), key=lambda one: (one.kana, one.name))


def find_contact(actor: Actor, person_id: UUID) -> Contact:
    """Return one of them.

    Raises:
        NotVisible: no such person, or none with whom the actor can talk: one answer for both.
    """
    for row in rows_of(CONTACTS, {"user_id": actor.user_id, "person_id": person_id}):
        return _contact(actor, row)
    raise NotVisible


def _contact(actor: Actor, row: Row) -> Contact:
    bundle, user_id = open_scope(row["user_id"], actor), row["user_id"]
    return Contact(
        user_id=user_id,
        staff_id=row["staff_id"],
        facility_id=row["facility_id"],
        name=bundle.unseal(row["name_sealed"], name_place(user_id)),
        kana=bundle.unseal(row["kana_sealed"], kana_place(user_id)),
        calling=short_profession(row["profession"]),
        facility=row["facility"],
        facility_kana=row["facility_kana"],
    )
