"""Who may do what with a patient's face sheet.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from carestation.groups.choices import GroupRight, Kind
from carestation.groups.rules import Seat, holds


def may_see_face_sheet(seat: Seat) -> bool:
    """Professionals of a patient's group read the face sheet; the family has its own words."""
    return seat.kind is Kind.PATIENT and holds(seat, GroupRight.READ_FACE_SHEET)


def may_change_face_sheet(seat: Seat) -> bool:
    """Whoever reads it may put it right, until the group is archived."""
    may_change = holds(seat, GroupRight.CHANGE_FACE_SHEET) and not seat.is_archived
    return may_see_face_sheet(seat) and may_change
