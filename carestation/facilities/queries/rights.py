"""Who may do what through their role in a facility.

Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""

from dataclasses import dataclass, replace
from typing import Final

from carestation.accounts.queries.people import read_name
from carestation.facilities.choices import Allowed, Right, StaffRole
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.policies import rules_of
from carestation.facilities.queries.roles import custom_roles_of, granted_to, rights_in
from carestation.facilities.queries.staff import places_of
from carestation.facilities.rules import DESK_RIGHTS, Desk, Rules, rights_of
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.kernel.sql import Row, rows_of

# Hot (benchmarks/pages.py): home asks it of everyone. Its twin: tests/facilities/twins.py. One row
# a place, the oldest first, and one without a place for who has none.
WORKPLACES: Final = """
SELECT u.name_sealed, s.role, f.name AS facility, f.frozen_at IS NOT NULL AS is_frozen,
  f.approved_at IS NOT NULL AND f.frozen_at IS NULL AS takes_part,
  p.may_invite, p.may_export, p.family_invitations,
  CASE WHEN s.custom_role_id IS NOT NULL THEN ARRAY (
    SELECT g.right FROM facilities_grant g WHERE g.role_id = s.custom_role_id) END AS granted
FROM accounts_user u
LEFT JOIN facilities_staff s ON s.user_id = u.id AND s.ended_at IS NULL AND s.paused_at IS NULL
LEFT JOIN facilities_facility f ON f.id = s.facility_id
LEFT JOIN LATERAL (
  SELECT n.may_invite, n.may_export, n.family_invitations FROM facilities_policy n
  WHERE n.facility_id = s.facility_id ORDER BY n.version DESC LIMIT 1
) p ON true
WHERE u.id = %(user_id)s ORDER BY s.began_at LIMIT 50
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleShown:
    """A role with what it may do now, ready to show."""

    title: str
    rights: frozenset[Right]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplaces:
    """Where someone works, taken together, and who they are.

    `name`: their own. `facilities`: the names of those that take part now; `rights`: what they may
    do in one or another of these; `has_desk`: whether one of them is managed by them too, frozen
    ones counted; `frozen`: the names of those that stand still.
    """

    name: str
    facilities: tuple[str, ...]
    rights: frozenset[Right]
    has_desk: bool
    frozen: tuple[str, ...]


def rights_at(staff: Staff) -> frozenset[Right]:
    """Return what someone may do through their place in a facility."""
    own = staff.custom_role_id
    granted = None if own is None else granted_to(own)
    return rights_of(StaffRole(staff.role), rules_of(staff.facility_id), granted)


def take_places(actor: Actor, right: Right) -> list[Staff]:
    """Return where the actor works now and has a right, as `places_of` does; there is one at least.

    Raises:
        NotVisible: nowhere: the family, whose facility is not approved, or who may not there.
    """
    places = [one for one in places_of(actor.user_id) if right in rights_at(one)]
    if not places:
        raise NotVisible
    return places


def rights_anywhere(actor: Actor) -> frozenset[Right]:
    """Return what the actor may do in one or another of the facilities where they work now."""
    return frozenset[Right]().union(*(rights_at(one) for one in places_of(actor.user_id)))


def workplaces_of(actor: Actor) -> Workplaces:
    """Return where the actor works, in one look: home asks it of everyone, each time."""
    rows = rows_of(WORKPLACES, {"user_id": actor.user_id})
    places = [(row, _held(row)) for row in rows if row["role"] is not None]
    taking_part = [held for row, held in places if row["takes_part"]]
    return Workplaces(
        name=read_name(actor.user_id, rows[0]["name_sealed"], actor),
        facilities=tuple(row["facility"] for row, _ in places if row["takes_part"]),
        rights=frozenset[Right]().union(*taking_part),
        has_desk=any(not held.isdisjoint(DESK_RIGHTS) for _, held in places),
        frozen=tuple(row["facility"] for row, _ in places if row["is_frozen"]),
    )


def roles_shown(desk: Desk) -> list[RoleShown]:
    """Return the roles of the desk's facility: those that every one has, and its own."""
    rules, member = rules_of(desk.facility_id), StaffRole.MEMBER
    common = [RoleShown(title=one.label, rights=rights_of(one, rules)) for one in StaffRole]
    own = [
        RoleShown(title=one.title, rights=rights_of(member, rules, one.granted))
        for one in custom_roles_of(desk)
    ]
    return [*common, *own]


def _held(row: Row) -> frozenset[Right]:
    common = Rules()
    rules = replace(
        common,
        may_invite=Allowed(row["may_invite"] or common.may_invite),
        may_export=Allowed(row["may_export"] or common.may_export),
        family_invitations=row["family_invitations"] is not False,
    )
    granted = None if row["granted"] is None else rights_in(row["granted"])
    return rights_of(StaffRole(row["role"]), rules, granted)
