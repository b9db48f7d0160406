"""Taking a seat, and who else sits there.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from carestation.accounts.models import User
from carestation.accounts.queries.people import read_name, read_person
from carestation.facilities.queries.staff import short_profession
from carestation.facilities.rules import Desk
from carestation.groups.choices import Kind, Relation, Role, Side
from carestation.groups.models.groups import Group
from carestation.groups.models.memberships import Membership
from carestation.groups.rules import Seat, may_end, may_manage, may_see
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible, require
from carestation.kernel.read_once import ReadOnce
from carestation.kernel.sql import Row, rows_of
from carestation.vault.scopes import open_scope
from carestation.vault.sealing import Place

# Hot (benchmarks/posts.py): stands before every look and every change. Its twin in the ORM is
# tests/groups/twins.py; live asks the same of the whole group (live/queries.py).
# The seats that it finds are those by which the tables open from now on (kernel/acting.py). A side
# among the limits would cost more than the other side's row, which every page of a group wants.
SEAT: Final = """
SELECT t.*, set_config('carestation.group', t.group_id::text, false)
  || set_config('carestation.staff_group',
    CASE WHEN t.role = 'family' THEN '' ELSE t.group_id::text END, false) AS opened
FROM groups_seat t
WHERE t.group_id = %(group_id)s AND t.user_id = %(user_id)s
"""
SEATS: Final = """
SELECT * FROM groups_seat WHERE user_id = %(user_id)s ORDER BY group_id, side LIMIT 2000
"""
# What a seat is made of, beside who takes it: columns of `groups_seat`.
COLUMNS: Final = tuple(
    field.name for field in fields(Seat) if field.name not in {"actor", "unread_beside"}
)
# Everyone who sits at a side now, with the place from which each works and how far each has read.
MEMBERS: Final = """
SELECT m.id AS membership_id, m.user_id, m.role, m.relation, m.began_at, m.expires_at,
  u.name_sealed, s.profession, f.name AS facility, f.phone, r.number AS mark
FROM groups_readmark r
JOIN groups_membership m ON m.id = r.membership_id AND m.group_id = r.group_id
JOIN accounts_user u ON u.id = m.user_id
LEFT JOIN facilities_staff s ON s.id = m.staff_id
LEFT JOIN facilities_facility f ON f.id = s.facility_id
WHERE r.group_id = %(group_id)s AND r.timeline_id = %(timeline_id)s AND m.left_at IS NULL
  AND (m.expires_at IS NULL OR m.expires_at > now())
ORDER BY m.role = 'family', m.began_at, m.id LIMIT 1000
"""
# The groups in which a place gives the only manager, with who of the same facility sits there too.
LEFT_ALONE: Final = """
SELECT g.id AS group_id, g.kind, g.created_at,
  (SELECT count(*) FROM groups_membership o WHERE o.group_id = g.id AND o.left_at IS NULL
    AND o.id <> m.id) AS others,
  ARRAY (SELECT o.user_id FROM groups_membership o JOIN facilities_staff s ON s.id = o.staff_id
    WHERE o.group_id = g.id AND o.left_at IS NULL AND o.id <> m.id
      AND s.facility_id = %(facility_id)s ORDER BY o.began_at LIMIT 20) AS colleagues
FROM groups_membership m JOIN groups_group g ON g.id = m.group_id
JOIN facilities_staff p ON p.id = m.staff_id
WHERE m.staff_id = %(staff_id)s AND p.facility_id = %(facility_id)s AND m.left_at IS NULL
  AND m.role = 'manager' AND g.kind <> 'direct' AND g.archived_at IS NULL
  AND NOT EXISTS (SELECT FROM groups_membership o WHERE o.group_id = g.id AND o.left_at IS NULL
    AND o.id <> m.id AND o.role = 'manager')
ORDER BY g.id LIMIT 200
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAlone:
    """A group that loses its only manager with a place. Its name is not the desk's to read."""

    kind: Kind
    opened_at: datetime
    others: int
    colleagues: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Someone who sits at a side, ready to show. `mark`: the post up to which they have read.

    `phone`: by which their facility is called. `until`: when their seat ends by itself, if it does.
    """

    user_id: UUID
    membership_id: UUID
    name: str
    calling: str
    profession: str
    facility: str
    phone: str
    role: Role
    mark: int
    until: datetime | None = None

    @property
    def is_family(self) -> bool:
        """Whether this is the patient or the family."""
        return self.role is Role.FAMILY


# What the rows of MEMBERS said lately.
_READ: Final = ReadOnce[Member](most=20_000)


def take_seat(actor: Actor, group_id: UUID, side: Side) -> Seat:
    """Return the actor's seat at one side of a group.

    Raises:
        NotVisible: no such group, no membership, or a side not open to it: one answer for all.
    """
    rows = rows_of(SEAT, {"group_id": group_id, "user_id": actor.user_id})
    visible = {row["side"]: row for row in rows if may_see(Role(row["role"]), Side(row["side"]))}
    row = visible.pop(side.value, None)
    if row is None:
        raise NotVisible
    beside = [other["posts"] - other["known"] for other in visible.values()]
    return read_seat(actor, row, unread_beside=beside[0] if beside else None)


def take_seats(actor: Actor) -> list[Seat]:
    """Return every seat of the actor, group by group, the sides in their order."""
    seats = [read_seat(actor, row) for row in rows_of(SEATS, {"user_id": actor.user_id})]
    return [seat for seat in seats if may_see(seat.role, seat.side)]


def members_at(seat: Seat) -> list[Member]:
    """Return who sits at the side of a seat, professionals first, in the order of joining."""
    asked = {"group_id": seat.group_id, "timeline_id": seat.timeline_id}
    return _READ.rows_of(MEMBERS, asked, partial(_member, seat.actor))


def leaver(seat: Seat, membership_id: UUID) -> Member:
    """Return whose place at the side of a seat may be ended by the actor.

    Raises:
        NotVisible: there is none with this id.
        Refused: another's place, and the actor is not the group's manager.
    """
    for one in members_at(seat):
        if one.membership_id == membership_id:
            require(allowed=may_end(seat, one.user_id))
            return one
    raise NotVisible


def colleague_at(seat: Seat, membership_id: UUID) -> Member:
    """Return a professional who sits at the side of a seat, for the group's manager.

    Raises:
        Refused: the actor is not the group's manager.
        NotVisible: there is none with this id.
    """
    require(allowed=may_manage(seat))
    for one in members_at(seat):
        if one.membership_id == membership_id and not one.is_family:
            return one
    raise NotVisible


def is_only_manager(seat: Seat, member: Member) -> bool:
    """Whether the seat's group would be left without a manager who can act."""
    if member.role is not Role.MANAGER or seat.kind is Kind.DIRECT:
        return False
    managers = Membership.objects.managing().of_group(seat.group_id)
    return not managers.exclude(pk=member.membership_id).exists()


@acting_as(Work.DESK)
def groups_left_alone(desk: Desk, staff_id: UUID) -> list[LeftAlone]:
    """Return the groups that would lose their only manager with a place of the desk's facility."""
    rows = rows_of(LEFT_ALONE, {"facility_id": desk.facility_id, "staff_id": staff_id})
    known = {one for row in rows for one in row["colleagues"]}
    people = User.objects.in_bulk(known)
    names = {user_id: read_person(user, desk.actor).name for user_id, user in people.items()}
    return [
        LeftAlone(
            kind=Kind(row["kind"]),
            opened_at=row["created_at"],
            others=row["others"],
            colleagues=tuple(names[one] for one in row["colleagues"]),
        )
        for row in rows
    ]


@acting_as(Work.DESK)
def count_held(desk: Desk, staff_id: UUID) -> int:
    """Return in how many groups someone sits through a place of the desk's facility."""
    held = Membership.objects.active().filter(staff_id=staff_id)
    return held.filter(staff__facility_id=desk.facility_id).count()


def find_membership(seat: Seat, membership_id: UUID) -> Membership:
    """Return an active membership of the seat's group.

    Raises:
        NotVisible: there is none with this id.
    """
    own = Membership.objects.active().of_group(seat.group_id)
    membership = own.filter(pk=membership_id).first()
    if membership is None:
        raise NotVisible
    return membership


def title_of(seat: Seat, members: Sequence[Member]) -> str:
    """Return what a free group or a talk of two is called; a patient's group has its patient."""
    others = [one.name for one in members if one.user_id != seat.actor.user_id]
    if seat.kind is Kind.DIRECT:
        return others[0] if others else ""
    group = Group.objects.get(pk=seat.group_id)
    if group.name_sealed is None:
        return ""
    return read_group_name(seat.actor, seat.group_id, group.name_sealed)


def read_seat(actor: Actor, row: Row, *, unread_beside: int | None = None) -> Seat:
    """Return the actor's own seat from a row that has the columns of `groups_seat`."""
    own = {name: row[name] for name in COLUMNS}
    own |= {"kind": Kind(row["kind"]), "side": Side(row["side"]), "role": Role(row["role"])}
    return Seat(actor=actor, unread_beside=unread_beside, **own)


def read_group_name(actor: Actor, group_id: UUID, name_sealed: bytes | memoryview) -> str:
    """Return the name of a free group, unsealed."""
    return open_scope(group_id, actor).unseal(name_sealed, group_name_place(group_id))


def group_name_place(group_id: UUID) -> Place:
    """Return where a group's name is sealed."""
    return Place("groups_group", "name", group_id)


def calling_of(role: str, relation: str, profession: str | None) -> str:
    """Return what someone is here in a word: the profession, or the place in the family."""
    if profession:
        return short_profession(profession)
    return Relation(relation).label if relation else Role(role).label


def _member(actor: Actor, row: Row) -> Member:
    return Member(
        user_id=row["user_id"],
        membership_id=row["membership_id"],
        name=read_name(row["user_id"], row["name_sealed"], actor),
        calling=calling_of(row["role"], row["relation"], row["profession"]),
        profession=row["profession"] or "",
        facility=row["facility"] or "",
        phone=row["phone"] or "",
        role=Role(row["role"]),
        mark=row["mark"],
        until=row["expires_at"],
    )
