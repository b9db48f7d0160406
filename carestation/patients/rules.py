"""Who may do what with a patient's face sheet and consent, what a consent covers, and emergencies.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from carestation.facilities.rules import Desk
from carestation.groups.choices import GroupRight, Kind, Role
from carestation.groups.rules import Seat, holds, may_manage
from carestation.patients.choices import ConsentScope

# Long enough for a night call, too short for curiosity.
EMERGENCY_LASTS: Final = timedelta(minutes=60)
# A facility's managers meet once a week at the least.
CUSTODY_WAITS: Final = timedelta(days=14)


def may_see_face_sheet(seat: Seat) -> bool:
    """Professionals of a patient's group read the face sheet; the family has its own words."""
    return seat.kind is Kind.PATIENT and holds(seat, GroupRight.READ_FACE_SHEET)


def may_change_face_sheet(seat: Seat) -> bool:
    """Whoever reads it may put it right, until the group is archived."""
    may_change = holds(seat, GroupRight.CHANGE_FACE_SHEET) and not seat.is_archived
    return may_see_face_sheet(seat) and may_change


def may_record_consent(seat: Seat) -> bool:
    """Whoever may put the face sheet right puts down what the patient agreed to, too.

    Who came for a time alone decides nothing that lasts.
    """
    return may_change_face_sheet(seat) and seat.expires_at is None


def covers(scope: ConsentScope, role: Role) -> bool:
    """Whether a consent lets someone be invited in this role; the family only where it says so."""
    return role is not Role.FAMILY or scope is ConsentScope.TEAM_AND_FAMILY


def may_review(desk: Desk, user_id: UUID) -> bool:
    """A manager looks into what others did in an emergency, and not into their own."""
    return desk.actor.user_id != user_id


def may_stand_in(seat: Seat, user_id: UUID, reviewers: frozenset[UUID]) -> bool:
    """A group's manager looks into an emergency that nobody else of the facility can.

    `reviewers`: who of the facility may look into emergencies at its desk.
    """
    return may_manage(seat) and seat.actor.user_id != user_id and reviewers <= {user_id}
