"""What waits for who sits at a desk, and who manages the facility.

Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from carestation.accounts.queries.history import often_refused
from carestation.facilities.choices import PlaceState, Right, Todo
from carestation.facilities.models.staff import StaffInvitation
from carestation.facilities.queries.facilities import facility_at
from carestation.facilities.queries.staff import Colleague, last_review, staff_of
from carestation.facilities.queries.storage import room_at
from carestation.facilities.rules import (
    INVITATION_ENDS_SOON,
    MANAGERS_ADVISED,
    REFUSALS_LOOKED_BACK,
    RIGHT_FOR,
    Desk,
    review_is_due,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing to do, and for how many people or invitations."""

    what: Todo
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskTop:
    """What a desk is opened with: what is to do, and the managers with their last use.

    `managers`: nobody, where the list of staff is not the actor's to see.
    """

    todos: list[Waiting]
    managers: list[Colleague]


Found = Callable[[Desk], Sequence[Waiting]]
ELSEWHERE: Final[list[Found]] = []


def waits(found: Found) -> Found:
    """Let what a context above knows of stand among what waits at a desk; it comes first."""
    ELSEWHERE.append(found)
    return found


def top_of(desk: Desk) -> DeskTop:
    """Return what waits at a desk, of what the actor may do something about."""
    elsewhere = [one for found in ELSEWHERE for one in found(desk)]
    active = [one for one in staff_of(desk) if one.state is PlaceState.ACTIVE]
    managers = [one for one in active if one.is_manager]
    found = [one for one in (*elsewhere, *_waiting(desk, active)) if one.count]
    return DeskTop(
        todos=[one for one in found if RIGHT_FOR[one.what] in desk.rights],
        managers=managers if Right.SEE_STAFF in desk.rights else [],
    )


def _waiting(desk: Desk, active: Sequence[Colleague]) -> list[Waiting]:
    now, last = timezone.now(), last_review(desk)
    people = [one.user_id for one in active]
    managers = sum(one.is_manager for one in active)
    invited = StaffInvitation.objects.waiting().of_facility(desk.facility_id)
    due = review_is_due(last.reviewed_at if last else None, now)
    return [
        Waiting(what=Todo.FACTORS, count=sum(not one.has_factor for one in active)),
        Waiting(what=Todo.REFUSALS, count=often_refused(people, since=now - REFUSALS_LOOKED_BACK)),
        Waiting(
            what=Todo.INVITATIONS,
            count=invited.filter(expires_at__lt=now + INVITATION_ENDS_SOON).count(),
        ),
        Waiting(what=Todo.STORAGE, count=int(room_at(desk).is_short)),
        Waiting(what=Todo.READING, count=int(facility_at(desk).kana == "")),
        Waiting(what=Todo.REVIEW, count=len(active) if due else 0),
        Waiting(what=Todo.SECOND_MANAGER, count=int(managers < MANAGERS_ADVISED)),
    ]
