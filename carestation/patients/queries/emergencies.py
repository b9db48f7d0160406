"""Reading of emergency access: whom a reading and a day of birth mean, and what was done.

Controls: ISO/IEC 27017 5.18, 8.3, 8.24; white paper 「利用者アクセスの管理」, 「暗号化」.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from carestation.accounts.queries.people import read_person
from carestation.facilities.choices import Right, Todo
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.staff import short_profession
from carestation.facilities.queries.todos import Waiting, waits
from carestation.facilities.rules import Desk
from carestation.groups.queries.invitations import waiting_at
from carestation.groups.rules import Seat, may_manage
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.patients.models import EmergencyAccess
from carestation.patients.queries.alike import Told, groups_alike, known_likeness
from carestation.patients.rules import may_review, may_stand_in
from carestation.vault.scopes import open_scope
from carestation.vault.sealing import Place

LONGEST_LIST: Final = 200
LAST_ONES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A seat that was taken in an emergency, as members and managers see it.

    `until`: when it ended, or will by itself. `reviewer`: who looked into it; nothing, nobody yet.
    `may_review`: whether the reader stands in for a facility where nobody else can; only then is
    `reason` told to them.
    """

    id: UUID
    name: str
    calling: str
    facility: str
    began_at: datetime
    until: datetime
    is_open: bool
    reviewer: str
    reviewed_at: datetime | None
    may_review: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessCard:
    """One of them at the desk: why it was taken, of which group; `is_own`: by the reader."""

    access: Access
    reason: str
    group_opened_at: datetime
    is_own: bool


def find_group(actor: Actor, facility_id: UUID, sought: Told) -> UUID | None:
    """Return the group of the one patient of a facility who is read so and was born that day."""
    likeness = known_likeness(actor, facility_id, sought)
    if likeness is None:
        return None
    found = groups_alike(facility_id, likeness)
    return found[0] if len(found) == 1 else None


@acting_as(Work.DESK)
def find_access(desk: Desk, access_id: UUID) -> EmergencyAccess:
    """Return an emergency access of the facility's people, locked.

    Raises:
        NotVisible: there is none with this id.
    """
    own = EmergencyAccess.objects.of_facility(desk.facility_id).select_for_update(of=("self",))
    access = own.select_related("membership").filter(pk=access_id).first()
    if access is None:
        raise NotVisible
    return access


@acting_as(Work.DESK)
def accesses_at(desk: Desk) -> list[AccessCard]:
    """Return what the facility's people did in emergencies, the newest first."""
    rows = _with_people(EmergencyAccess.objects.of_facility(desk.facility_id))[:LONGEST_LIST]
    return [
        AccessCard(
            access=_access(row, desk.actor),
            reason=_reason(row, desk.actor),
            group_opened_at=row.membership.group.created_at,
            is_own=not may_review(desk, row.membership.user_id),
        )
        for row in rows
    ]


@waits
@acting_as(Work.DESK)
def waiting_in_groups(desk: Desk) -> list[Waiting]:
    """Return what waits at a desk of what the facility's people do in groups."""
    unread = EmergencyAccess.objects.of_facility(desk.facility_id).filter(reviewed_at=None)
    others = unread.exclude(membership__user_id=desk.actor.user_id)
    return [
        Waiting(what=Todo.EMERGENCIES, count=others.count()),
        Waiting(what=Todo.APPROVALS, count=len(waiting_at(desk))),
    ]


def accesses_in(seat: Seat) -> list[Access]:
    """Return who took a seat in an emergency in the group of a seat, the newest first."""
    rows = _with_people(EmergencyAccess.objects.of_group(seat.group_id))[:LAST_ONES]
    return [_access_at_seat(seat, row) for row in rows]


def find_access_in(seat: Seat, access_id: UUID) -> EmergencyAccess:
    """Return an emergency access in the group of a seat, locked.

    Raises:
        NotVisible: there is none with this id.
    """
    own = EmergencyAccess.objects.of_group(seat.group_id).select_for_update(of=("self",))
    access = own.select_related("membership").filter(pk=access_id).first()
    if access is None:
        raise NotVisible
    return access


def reviewers_at(facility_id: UUID) -> frozenset[UUID]:
    """Return who of a facility may look into emergencies at its desk now."""
    working = Staff.objects.standing().of_facility(facility_id)
    able = working.with_right(Right.REVIEW_EMERGENCIES)
    return frozenset(able.values_list("user_id", flat=True))


def reason_place(access_id: UUID) -> Place:
    """Return where the reason is sealed."""
    return Place("patients_emergencyaccess", "reason", access_id)


def _with_people(rows: QuerySet[EmergencyAccess]) -> QuerySet[EmergencyAccess]:
    return rows.select_related(
        "facility", "reviewer", "membership__group", "membership__user", "membership__staff"
    )


def _access(row: EmergencyAccess, actor: Actor) -> Access:
    held = row.membership
    planned = held.expires_at or held.began_at
    until = min(held.left_at, planned) if held.left_at else planned
    return Access(
        id=row.pk,
        name=read_person(held.user, actor).name,
        calling=short_profession(held.staff.profession) if held.staff else "",
        facility=row.facility.name,
        began_at=held.began_at,
        until=until,
        is_open=until > timezone.now(),
        reviewer=read_person(row.reviewer, actor).name if row.reviewer else "",
        reviewed_at=row.reviewed_at,
    )


def _access_at_seat(seat: Seat, row: EmergencyAccess) -> Access:
    shown = _access(row, seat.actor)
    is_settled = row.reviewed_at is not None and not shown.is_open
    if is_settled or not may_manage(seat):
        return shown
    if not may_stand_in(seat, row.membership.user_id, reviewers_at(row.facility_id)):
        return shown
    return replace(shown, may_review=True, reason=_reason(row, seat.actor))


def _reason(row: EmergencyAccess, actor: Actor) -> str:
    try:
        bundle = open_scope(row.membership.group_id, actor)
    except NotVisible:
        return ""
    return bundle.unseal(row.reason_sealed, reason_place(row.pk))
