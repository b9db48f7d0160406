"""Facilities as the operator sees them: how each stands, and how many work there.

Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, F

from carestation.accounts.models import User
from carestation.accounts.queries.people import read_person
from carestation.accounts.rules import Console
from carestation.facilities.choices import FacilityKind, FacilityState, Ruling
from carestation.facilities.models.facilities import Facility, FacilityRuling
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.applications import told_of
from carestation.facilities.queries.rights import rights_at
from carestation.facilities.rules import DESK_RIGHTS, RULINGS, folded
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.vault.scopes import operator_bundle
from carestation.vault.sealing import Place

LONGEST_HISTORY: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityLine:
    """A facility in the operator's list. `people`: who has a place there, paused or not."""

    id: UUID
    name: str
    kana: str
    kind: FacilityKind
    state: FacilityState
    people: int
    created_at: datetime

    @property
    def found_by(self) -> str:
        """What the list is searched by: name and reading, without spaces."""
        return folded(f"{self.name}{self.kana}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What was decided about a facility, by whom and why."""

    ruling: Ruling
    reason: str
    operator: str
    ruled_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityCard:
    """One facility, as the operator sees it; `rulings`: what can be decided now."""

    id: UUID
    name: str
    kana: str
    kind: FacilityKind
    state: FacilityState
    address: str
    contact: str
    people: int
    managers: int
    created_at: datetime
    rulings: Sequence[Ruling]
    history: Sequence[Ruled]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedFacility:
    """A facility that the operator froze or refused, as its managers read it."""

    name: str
    state: FacilityState
    reason: str
    since: datetime


def facilities_for(_console: Console) -> list[FacilityLine]:
    """Return every facility, the newest first."""
    places = Staff.objects.active().order_by().values_list("facility_id")
    people = dict(places.annotate(Count("id")))
    return [
        FacilityLine(
            id=one.pk,
            name=one.name,
            kana=one.kana,
            kind=FacilityKind(one.kind),
            state=one.state,
            people=people.get(one.pk, 0),
            created_at=one.created_at,
        )
        for one in Facility.objects.order_by(F("created_at").desc(), "id")
    ]


def count_waiting(_console: Console) -> int:
    """Return how many facilities wait for the operator."""
    return Facility.objects.filter(approved_at=None, refused_at=None).count()


def facility_for(console: Console, facility_id: UUID) -> FacilityCard:
    """Return one facility.

    Raises:
        NotVisible: there is none with this id.
    """
    facility = Facility.objects.filter(pk=facility_id).first()
    if facility is None:
        raise NotVisible
    places = Staff.objects.active().of_facility(facility_id)
    return FacilityCard(
        id=facility.pk,
        name=facility.name,
        kana=facility.kana,
        kind=FacilityKind(facility.kind),
        state=facility.state,
        address=told_of(facility, "address", console.actor),
        contact=told_of(facility, "contact", console.actor),
        people=places.count(),
        managers=places.managers().count(),
        created_at=facility.created_at,
        rulings=RULINGS[facility.state],
        history=_history(console.actor, facility_id),
    )


def stopped_facility(actor: Actor, facility_id: UUID) -> StoppedFacility:
    """Return why a facility where the actor has a desk does not take part.

    Raises:
        NotVisible: they have none there, or it is neither frozen nor refused.
    """
    own = Staff.objects.kept().of_person(actor.user_id).of_facility(facility_id)
    place = own.select_related("facility").first()
    if place is None or rights_at(place).isdisjoint(DESK_RIGHTS):
        raise NotVisible
    if place.facility.state not in {FacilityState.FROZEN, FacilityState.REFUSED}:
        raise NotVisible
    last = FacilityRuling.objects.filter(facility_id=facility_id).latest("ruled_at")
    return StoppedFacility(
        name=place.facility.name,
        state=place.facility.state,
        reason=_reason(last),
        since=last.ruled_at,
    )


def reason_place(ruling_id: UUID) -> Place:
    """Return where the reason of a ruling is sealed."""
    return Place("facilities_facilityruling", "reason", ruling_id)


def _history(actor: Actor, facility_id: UUID) -> list[Ruled]:
    rows = list(
        FacilityRuling.objects.filter(facility_id=facility_id).order_by("-ruled_at", "-id")[
            :LONGEST_HISTORY
        ]
    )
    people = User.objects.in_bulk({row.operator_id for row in rows})
    names = {user_id: read_person(user, actor).name for user_id, user in people.items()}
    return [
        Ruled(
            ruling=Ruling(row.ruling),
            reason=_reason(row),
            operator=names[row.operator_id],
            ruled_at=row.ruled_at,
        )
        for row in rows
    ]


def _reason(row: FacilityRuling) -> str:
    return operator_bundle().unseal(row.reason_sealed, reason_place(row.pk))
