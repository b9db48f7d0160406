"""Reading of custody: what a facility manages, what is proposed, and to whom it could go.

A patient's name is not the desk's to read: who sits in the group themself reads it here, others
know a group by its day and by the colleagues who sit there.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from carestation.accounts.queries.people import read_person
from carestation.facilities.choices import Right, Todo
from carestation.facilities.models.facilities import Facility
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.rights import rights_at
from carestation.facilities.queries.todos import Waiting, waits
from carestation.facilities.rules import Desk
from carestation.groups.models.memberships import Membership
from carestation.groups.queries.seats import take_seats
from carestation.groups.rules import Seat
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.patients.choices import CustodyEnd
from carestation.patients.models import CustodyTransfer, CustodyTransferQuerySet, Patient
from carestation.patients.queries.face_sheets import patients_of
from carestation.patients.rules import may_see_face_sheet

LONGEST_LIST: Final = 200
LAST_ONES: Final = 20
COLLEAGUES_NAMED: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """A facility that could manage a group, and how many of its people sit there."""

    id: UUID
    name: str
    kana: str
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientGroup:
    """A patient's group as a desk knows it. `patient`: nothing, where the actor does not sit."""

    id: UUID
    opened_at: datetime
    is_archived: bool
    patient: str
    colleagues: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferCard:
    """A proposal, and what became of it, ready to show."""

    id: UUID
    group: PatientGroup
    giver: str
    taker: str
    proposer: str
    proposed_at: datetime
    expires_at: datetime
    outcome: CustodyEnd | None
    decider: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyDesk:
    """What a desk is told of custody: what waits for it, what it proposed, what was, what it has.

    `proposed`: the groups about which a proposal waits.
    """

    received: list[TransferCard]
    sent: list[TransferCard]
    past: list[TransferCard]
    groups: list[PatientGroup]

    @property
    def proposed(self) -> frozenset[UUID]:
        """The groups for which another facility was asked."""
        return frozenset(one.group.id for one in self.sent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """Which facility manages a patient's group, as its members see it.

    `taker` and `until`: to which it was proposed, and how long that waits; `since`: since when the
    present one manages it, if it did not from the beginning. `may_propose`: whether the reader
    has that right at its desk.
    """

    facility_id: UUID
    facility: str
    since: datetime | None
    taker: str
    until: datetime | None
    may_propose: bool


def custody_at(desk: Desk) -> CustodyDesk:
    """Return what the desk's facility manages, and what it is asked and asks."""
    now, names = timezone.now(), _names(desk)
    with acting_as(Work.CUSTODY):
        return _custody_at(desk, now, names)


def _custody_at(desk: Desk, now: datetime, names: dict[UUID, str]) -> CustodyDesk:
    asked = CustodyTransfer.objects.to_facility(desk.facility_id)
    asks = CustodyTransfer.objects.from_facility(desk.facility_id)
    own = Patient.objects.filter(managing_facility_id=desk.facility_id).select_related("group")
    patients = list(own.order_by("-group_id")[:LONGEST_LIST])
    return CustodyDesk(
        received=_cards(desk, asked.open(now), names),
        sent=_cards(desk, asks.open(now), names),
        past=_cards(desk, (asked | asks).exclude(ended_at=None), names)[:LAST_ONES],
        groups=_groups(desk, patients, names),
    )


def group_at(desk: Desk, group_id: UUID) -> PatientGroup:
    """Return one patient's group that the desk's facility manages.

    Raises:
        NotVisible: it manages no such group.
    """
    own = Patient.objects.filter(managing_facility_id=desk.facility_id, group_id=group_id)
    names = _names(desk)
    with acting_as(Work.CUSTODY):
        for one in _groups(desk, own.select_related("group"), names):
            return one
    raise NotVisible


@acting_as(Work.CUSTODY)
def takers_of(desk: Desk, group_id: UUID) -> list[Taker]:
    """Return the other facilities whose people sit in a group for good, by their reading."""
    sitting = Membership.objects.standing().lasting().of_group(group_id)
    others = sitting.exclude(staff__facility_id=desk.facility_id)
    about = tuple(f"staff__facility__{name}" for name in ("kana", "name", "id"))
    found = others.values_list(*about).annotate(n=Count("id")).order_by(*about)
    return [
        Taker(id=facility_id, name=name, kana=kana, people=people)
        for kana, name, facility_id, people in found[:LONGEST_LIST]
    ]


def received_at(desk: Desk, transfer_id: UUID) -> TransferCard:
    """Return what was proposed to the desk's facility, decided or not.

    Raises:
        NotVisible: nothing of that kind.
    """
    asked = CustodyTransfer.objects.to_facility(desk.facility_id).filter(pk=transfer_id)
    names = _names(desk)
    with acting_as(Work.CUSTODY):
        for one in _cards(desk, asked, names):
            return one
    raise NotVisible


def find_transfer(own: CustodyTransferQuerySet, transfer_id: UUID) -> CustodyTransfer:
    """Return one of these proposals.

    Raises:
        NotVisible: there is none with this id.
    """
    transfer = own.filter(pk=transfer_id).first()
    if transfer is None:
        raise NotVisible
    return transfer


@acting_as(Work.CUSTODY)
def desks_asked(actor: Actor) -> dict[UUID, int]:
    """Return how many groups other facilities ask those to manage at whose desks the actor decides.

    By facility; for the actor's first page.
    """
    own = Staff.objects.standing().of_person(actor.user_id).with_right(Right.TRANSFER_CUSTODY)
    asked = CustodyTransfer.objects.open(timezone.now())
    asked = asked.filter(taker_id__in=own.values("facility_id")).order_by("taker_id")
    return dict(asked.values_list("taker_id").annotate(Count("id"))[:LONGEST_LIST])


@waits
@acting_as(Work.CUSTODY)
def custody_waiting(desk: Desk) -> list[Waiting]:
    """Return how many groups other facilities ask the desk's to manage."""
    asked = CustodyTransfer.objects.to_facility(desk.facility_id)
    return [Waiting(what=Todo.CUSTODY, count=asked.open(timezone.now()).count())]


def custody_of(seat: Seat) -> Custody | None:
    """Return which facility manages the seat's group; None where the group is not a patient's."""
    own = Patient.objects.filter(group_id=seat.group_id).select_related("managing_facility")
    patient = own.first()
    if patient is None:
        return None
    about = CustodyTransfer.objects.of_patient(patient.pk).select_related("taker")
    waiting = about.open(timezone.now()).first()
    last = about.filter(outcome=CustodyEnd.ACCEPTED).first()
    return Custody(
        facility_id=patient.managing_facility_id,
        facility=patient.managing_facility.name,
        since=last.ended_at if last else None,
        taker=waiting.taker.name if waiting else "",
        until=waiting.expires_at if waiting else None,
        may_propose=_may_propose(seat, patient.managing_facility),
    )


def _may_propose(seat: Seat, facility: Facility) -> bool:
    own = Staff.objects.standing().of_person(seat.actor.user_id).of_facility(facility.pk).first()
    return own is not None and Right.TRANSFER_CUSTODY in rights_at(own)


def _names(desk: Desk) -> dict[UUID, str]:
    readable = {seat.group_id for seat in take_seats(desk.actor) if may_see_face_sheet(seat)}
    patients = patients_of(desk.actor) if readable else {}
    return {key: card.face_sheet.name for key, card in patients.items() if key in readable}


def _cards(desk: Desk, rows: CustodyTransferQuerySet, names: dict[UUID, str]) -> list[TransferCard]:
    related = ("patient__group", "giver", "taker", "proposer", "decider")
    found = list(rows.select_related(*related).order_by("-id")[:LONGEST_LIST])
    groups = {one.id: one for one in _groups(desk, [row.patient for row in found], names)}
    return [
        TransferCard(
            id=row.pk,
            group=groups[row.patient.group_id],
            giver=row.giver.name,
            taker=row.taker.name,
            proposer=read_person(row.proposer, desk.actor).name,
            proposed_at=row.proposed_at,
            expires_at=row.expires_at,
            outcome=CustodyEnd(row.outcome) if row.outcome else None,
            decider=read_person(row.decider, desk.actor).name if row.decider else "",
            ended_at=row.ended_at,
        )
        for row in found
    ]


def _groups(desk: Desk, patients: Iterable[Patient], names: dict[UUID, str]) -> list[PatientGroup]:
    rows = [one.group for one in patients]
    sitting = Membership.objects.lasting().filter(group_id__in=[one.pk for one in rows])
    own = sitting.filter(staff__facility_id=desk.facility_id).select_related("user")
    colleagues: dict[UUID, list[str]] = {}
    for one in own.order_by("began_at", "id"):
        named = colleagues.setdefault(one.group_id, [])
        if len(named) < COLLEAGUES_NAMED:
            named.append(read_person(one.user, desk.actor).name)
    return [
        PatientGroup(
            id=one.pk,
            opened_at=one.created_at,
            is_archived=one.archived_at is not None,
            patient=names.get(one.pk, ""),
            colleagues=tuple(colleagues.get(one.pk, ())),
        )
        for one in rows
    ]
