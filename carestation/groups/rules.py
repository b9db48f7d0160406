"""Who may do what in a group.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final, TypedDict
from uuid import UUID

from carestation.groups.choices import (
    GroupRight,
    InvitationState,
    Kind,
    Relation,
    Role,
    Side,
)
from carestation.kernel.actor import Actor

SIDES_OF: Final = {
    Kind.PATIENT: frozenset({Side.PROFESSIONAL, Side.PATIENT}),
    Kind.FREE: frozenset({Side.ALL}),
    Kind.DIRECT: frozenset({Side.ALL}),
}
_FAMILY: Final = frozenset({GroupRight.READ_SHARED, GroupRight.WRITE, GroupRight.TAKE_BACK})
_READER: Final = frozenset(
    {GroupRight.READ_PROFESSIONALS, GroupRight.READ_SHARED, GroupRight.READ_FACE_SHEET}
)
# This is the table: every rule of groups, patients and timelines asks it, and the page of rights
# shows it. Whatever is not said here is refused.
RIGHTS_OF: Final = {
    Role.MANAGER: frozenset(GroupRight),
    Role.PROFESSIONAL: frozenset(GroupRight) - {GroupRight.MANAGE},
    Role.READER: _READER,
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
WRITERS: Final = frozenset(role for role, held in RIGHTS_OF.items() if GroupRight.WRITE in held)
INVITATION_LASTS: Final = timedelta(days=7)
OFFER_LASTS: Final = timedelta(days=14)


class Marks(TypedDict):
    """Who, for which facility, in which request, in which group."""

    actor_id: UUID
    facility_id: UUID | None
    request_id: UUID
    group_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """The actor's own active membership, at a side open to it: proof that the actor may see it.

    Only `groups.queries.seats` makes one, of a row of the view `groups_seat`; a command that asks
    for a Seat cannot run without.
    `seq`, `posts` and `mark` are as they were when the seat was taken; `expires_at`: when it ends
    by itself, if it does. `known`: how many of the posts the actor has read or wrote.
    `unread_beside`: how many posts are unread at the group's other side; None where no other is
    open to it, or none was asked for.
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
    known: int
    expires_at: datetime | None
    unread_beside: int | None

    @property
    def unread(self) -> int:
        """How many posts of the timeline the actor has neither read nor written."""
        return self.posts - self.known

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


@cache
def writers_at(side: Side) -> list[Role]:
    """Return the roles that write at a side: those that see it and do not only read."""
    return sorted(role for role in WRITERS if may_see(role, side))


def may_post(seat: Seat) -> bool:
    """Whoever sees a side may write there, but who only reads, until the group is archived."""
    return holds(seat, GroupRight.WRITE) and not seat.is_archived


def may_end(seat: Seat, user_id: UUID) -> bool:
    """Anyone may end their own place; the group's manager any."""
    return user_id == seat.actor.user_id or may_manage(seat)


def may_manage(seat: Seat) -> bool:
    """A group's manager adds and removes members and archives it; a talk of two has none."""
    return holds(seat, GroupRight.MANAGE) and seat.kind is not Kind.DIRECT


def may_invite(seat: Seat) -> bool:
    """Professionals invite, into what is open and has more than two; others wait for approval.

    Who came for a time alone brings nobody in.
    """
    is_open = seat.kind is not Kind.DIRECT and not seat.is_archived
    return holds(seat, GroupRight.INVITE) and seat.expires_at is None and is_open


def may_resend(seat: Seat, inviter_id: UUID) -> bool:
    """Who invited sends again and takes back, by the same membership, and nobody else."""
    return seat.membership_id == inviter_id and not seat.is_archived


def may_approve(seat: Seat) -> bool:
    """A manager of the group approves of what others invite; the desk of a facility too."""
    return may_manage(seat) and not seat.is_archived


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How far an invitation has come: what it needed, what it got, and what became of it."""

    needs_manager: bool
    needs_patient: bool
    approved: bool
    agreed: bool
    has_account: bool
    joined: bool
    ended: bool
    expires_at: datetime


def invitation_state(course: Course, now: datetime) -> InvitationState:
    """Return what an invitation waits for: manager, patient, registration, joining, in this order.

    At the very end of its term it is over.
    """
    steps = (
        (course.joined, InvitationState.JOINED),
        (course.ended, InvitationState.ENDED),
        (course.expires_at <= now, InvitationState.EXPIRED),
        (course.needs_manager and not course.approved, InvitationState.AWAITING_MANAGER),
        (course.needs_patient and not course.agreed, InvitationState.AWAITING_PATIENT),
        (not course.has_account, InvitationState.AWAITING_REGISTRATION),
    )
    return next((state for holds, state in steps if holds), InvitationState.AWAITING_JOIN)


def folded_code(typed: str) -> str:
    """Return a code as it was made, however someone wrote it down: base32 has no 0, 1 and 8."""
    letters = "".join(one for one in typed.upper() if one.isascii() and one.isalnum())
    return letters.translate(str.maketrans("018", "OIB"))
