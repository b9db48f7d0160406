"""Who works in a facility.

Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from carestation.accounts.models import User
from carestation.accounts.queries.people import read_email, read_person
from carestation.facilities.choices import PlaceState, Profession, StaffRole
from carestation.facilities.models.policies import CustomRole
from carestation.facilities.models.staff import Staff, StaffReview
from carestation.facilities.queries.roles import read_role_name
from carestation.facilities.rules import Desk, folded
from carestation.kernel.errors import NotVisible
from carestation.kernel.sql import Row, rows_of

LONGEST_LIST: Final = 1_000
# Whether each has a second factor, and when they were last here, asked in the same statement.
STAFF: Final = """
SELECT s.id, s.user_id, s.profession, s.role, s.custom_role_id, s.began_at, s.paused_at,
  s.ended_at, s.end_cause,
  EXISTS (SELECT FROM mfa_authenticator a
    WHERE a.user_id = s.user_id AND a.type IN ('totp', 'webauthn')) AS has_factor,
  (SELECT max(x.last_used_at) FROM accounts_session x WHERE x.user_id = s.user_id) AS last_used_at
FROM facilities_staff s
WHERE s.facility_id = %(facility_id)s AND s.id = coalesce(%(staff_id)s, s.id)
ORDER BY s.ended_at DESC NULLS FIRST, s.id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Someone who works in a facility, or did, ready to show."""

    staff_id: UUID
    user_id: UUID
    name: str
    kana: str
    email: str
    profession: Profession
    role: StaffRole
    custom_role_id: UUID | None
    role_title: str
    state: PlaceState
    has_factor: bool
    last_used_at: datetime | None
    began_at: datetime
    ended_at: datetime | None
    end_cause: str

    @property
    def is_manager(self) -> bool:
        """Whether they manage the facility."""
        return self.role is StaffRole.MANAGER

    @property
    def found_by(self) -> str:
        """What the list is searched by: name, reading and address, without spaces."""
        return folded(f"{self.name}{self.kana}{self.email}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The newest signature under the list of staff."""

    name: str
    people: int
    reviewed_at: datetime


def staff_of(desk: Desk) -> list[Colleague]:
    """Return who works in the facility, by their reading; behind them who has worked there."""
    colleagues = _colleagues(desk, None)
    return sorted(colleagues, key=lambda one: (one.state is PlaceState.ENDED, one.kana, one.name))


def colleague(desk: Desk, staff_id: UUID) -> Colleague:
    """Return one of them, whose place stands or is paused.

    Raises:
        NotVisible: no such place in this facility, or it has ended.
    """
    for one in _colleagues(desk, staff_id):
        if one.state is not PlaceState.ENDED:
            return one
    raise NotVisible


def mark_of_list(facility_id: UUID) -> str:
    """Return what tells the list of who has a place here from any other: who, as what, paused."""
    places = Staff.objects.active().of_facility(facility_id).order_by("id")
    said = places.values_list("id", "profession", "role", "custom_role_id", "paused_at")
    return hashlib.sha256(repr(list(said)).encode()).hexdigest()


def find_staff(desk: Desk, staff_id: UUID) -> Staff:
    """Return a place in the desk's facility.

    Raises:
        NotVisible: there is none with this id.
    """
    staff = Staff.objects.of_facility(desk.facility_id).filter(pk=staff_id).first()
    if staff is None:
        raise NotVisible
    return staff


def other_managers(desk: Desk, staff_id: UUID) -> int:
    """Return how many others manage the facility now."""
    managers = Staff.objects.standing().managers().of_facility(desk.facility_id)
    return managers.exclude(pk=staff_id).count()


def works_elsewhere(one: Colleague) -> bool:
    """Return whether someone has a standing place besides this one."""
    others = Staff.objects.standing().of_person(one.user_id)
    return others.exclude(pk=one.staff_id).exists()


def last_review(desk: Desk) -> Signature | None:
    """Return the newest signature under the list of staff."""
    reviews = StaffReview.objects.filter(facility_id=desk.facility_id)
    review = reviews.select_related("reviewer").order_by("-reviewed_at").first()
    if review is None:
        return None
    return Signature(
        name=read_person(review.reviewer, desk.actor).name,
        people=review.people,
        reviewed_at=review.reviewed_at,
    )


def short_profession(profession: str) -> str:
    """Return how a tag says it: the everyday word in the brackets, if there is one."""
    label = Profession(profession).label
    return label.split("（")[1].rstrip("）") if "（" in label else label


def places_of(user_id: UUID) -> list[Staff]:
    """Return where a person works now, in facilities that take part; oldest place first."""
    own = Staff.objects.standing().of_person(user_id).select_related("facility")
    own = own.exclude(facility__approved_at=None)
    return list(own.order_by("began_at")[:50])


def _colleagues(desk: Desk, staff_id: UUID | None) -> list[Colleague]:
    asked = {"facility_id": desk.facility_id, "staff_id": staff_id, "limit": LONGEST_LIST}
    rows = rows_of(STAFF, asked)
    people = User.objects.in_bulk([row["user_id"] for row in rows])
    own = CustomRole.objects.in_bulk({row["custom_role_id"] for row in rows} - {None})
    titles = {role_id: read_role_name(role, desk.actor) for role_id, role in own.items()}
    return [_colleague(desk, row, people[row["user_id"]], titles) for row in rows]


def _colleague(desk: Desk, row: Row, user: User, titles: Mapping[UUID, str]) -> Colleague:
    person = read_person(user, desk.actor)
    return Colleague(
        staff_id=row["id"],
        user_id=row["user_id"],
        name=person.name,
        kana=person.kana,
        email=read_email(user, desk.actor),
        profession=Profession(row["profession"]),
        role=StaffRole(row["role"]),
        custom_role_id=row["custom_role_id"],
        role_title=titles.get(row["custom_role_id"], str(StaffRole(row["role"]).label)),
        state=_state(row),
        has_factor=row["has_factor"],
        last_used_at=row["last_used_at"],
        began_at=row["began_at"],
        ended_at=row["ended_at"],
        end_cause=row["end_cause"],
    )


def _state(row: Row) -> PlaceState:
    if row["ended_at"] is not None:
        return PlaceState.ENDED
    return PlaceState.PAUSED if row["paused_at"] is not None else PlaceState.ACTIVE
