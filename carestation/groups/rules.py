"""Who may do what in a group.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypedDict
from uuid import UUID

from carestation.groups.choices import GroupRight, Kind, Relation, Role, Side
from carestation.kernel.actor import Actor

SIDES_OF: Final = {
    Kind.PATIENT: frozenset({Side.PROFESSIONAL, Side.PATIENT}),
    Kind.FREE: frozenset({Side.ALL}),
    Kind.DIRECT: frozenset({Side.ALL}),
}
_FAMILY: Final = frozenset({GroupRight.READ_SHARED, GroupRight.WRITE, GroupRight.TAKE_BACK})
# This is the table: every rule of groups, patients and timelines asks it, and the page of rights
# shows it. Whatever is not said here is refused.
RIGHTS_OF: Final = {
    Role.MANAGER: frozenset(GroupRight),
    Role.PROFESSIONAL: frozenset(GroupRight) - {GroupRight.MANAGE},
    Role.FAMILY: _FAMILY,
}
_READING: Final = {
    Side.PROFESSIONAL: GroupRight.READ_PROFESSIONALS,
    Side.PATIENT: GroupRight.READ_SHARED,
    Side.ALL: GroupRight.READ_SHARED,
}
SIDES_OPEN_TO: Final = {
    role: frozenset(side for side, right in _READING.items() if right in held)
    for role, held in RIGHTS_OF.items()
}


class Marks(TypedDict):
    """Who, for which facility, in which request, in which group."""

    actor_id: UUID
    facility_id: UUID | None
    request_id: UUID
    group_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """The actor's own active membership, at a side open to it: proof that the actor may see it.

    Only `groups.queries.seats.take_seat` makes one; a command that asks for a Seat cannot run
    without.
    `seq`, `posts` and `mark` are as they were when the seat was taken.
    """

    actor: Actor
    group_id: UUID
    kind: Kind
    is_archived: bool
    side: Side
    timeline_id: UUID
    seq: int
    posts: int
    membership_id: UUID
    role: Role
    staff_id: UUID | None
    facility_id: UUID | None
    mark_id: UUID
    mark: int

    @property
    def unread(self) -> int:
        """How many posts of the timeline came after the mark."""
        return self.posts - self.mark

    def marks(self) -> Marks:
        """Return who, where and in which request: what every fact of this seat says."""
        return Marks(
            actor_id=self.actor.user_id,
            facility_id=self.facility_id,
            request_id=self.actor.request_id,
            group_id=self.group_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Who is to sit in a group, and as what; professionals come through a place in a facility.

    `expires_at`: when their seat ends by itself, if it does.
    """

    user_id: UUID
    role: Role
    staff_id: UUID | None = None
    relation: Relation | None = None
    expires_at: datetime | None = None


def holds(seat: Seat, right: GroupRight) -> bool:
    """Whether the role of a seat has a right in its group."""
    return right in RIGHTS_OF[seat.role]


def may_see(role: Role, side: Side) -> bool:
    """Professionals see both sides; the patient and the family see theirs only."""
    return side in SIDES_OPEN_TO[role]


def may_post(seat: Seat) -> bool:
    """Whoever sees a side may write there, until the group is archived."""
    return holds(seat, GroupRight.WRITE) and not seat.is_archived


def may_end(seat: Seat, user_id: UUID) -> bool:
    """Anyone may end their own place; the group's manager any."""
    return user_id == seat.actor.user_id or may_manage(seat)


def may_manage(seat: Seat) -> bool:
    """A group's manager adds and removes members and archives it; a talk of two has none."""
    return holds(seat, GroupRight.MANAGE) and seat.kind is not Kind.DIRECT
