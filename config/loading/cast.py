"""The people of a load test, their groups and their open sessions; made by the product's commands.

They have no password and no authenticator: nobody signs in as one of them, their sessions are
opened here, as after a second factor.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from carestation.accounts.choices import Device, Proof, SessionKind
from carestation.accounts.commands.people import NewPerson, register_person
from carestation.accounts.commands.sessions import Where, open_session
from carestation.facilities.choices import FacilityKind, Profession, StaffRole
from carestation.facilities.commands.places import open_facility
from carestation.facilities.commands.staff import begin_staff
from carestation.facilities.models.staff import Staff
from carestation.groups.choices import Role, Side
from carestation.groups.commands.memberships import begin_membership
from carestation.groups.queries.seats import take_seat
from carestation.groups.rules import Newcomer, Seat
from carestation.kernel.actor import Actor
from carestation.kernel.ids import uuid7
from carestation.patients.choices import CareLevel, Sex
from carestation.patients.commands.face_sheets import register_patient
from carestation.patients.queries.face_sheets import FaceSheet
from carestation.vault.models import OPERATOR

WHERE: Final = Where(kind=SessionKind.PROGRAM, device=Device.PROGRAM, agent="load test")
CALLINGS: Final = (
    Profession.PHYSICIAN,
    Profession.VISITING_NURSE,
    Profession.PHARMACIST,
    Profession.CARE_MANAGER,
    Profession.HOME_HELPER,
    Profession.PHYSICAL_THERAPIST,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadMember:
    """Someone in a group, and the token of their session."""

    person_id: UUID
    token: str
    seat: Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadGroup:
    """A patient's group, seen from its professional side."""

    group_id: UUID
    side: Side
    members: list[LoadMember]


class Caster:
    """Makes groups with their people, all of one facility."""

    def __init__(self) -> None:
        """Open the facility."""
        self._operator = Actor(user_id=OPERATOR, request_id=uuid7())
        self._run = uuid7().hex[:12]
        facility = open_facility(self._operator, name="負荷試験", kind=FacilityKind.CLINIC)
        self._facility_id = facility.pk
        self._count = 0

    @transaction.atomic
    def group(self, members: int) -> LoadGroup:
        """Make a patient's group of so many professionals, the first its manager."""
        staff = [self._new_staff() for _ in range(members)]
        founder = Actor(user_id=staff[0].user_id, request_id=uuid7())
        patient = register_patient(founder, staff[0], self._face_sheet())
        manager = take_seat(founder, patient.group_id, Side.PROFESSIONAL)
        for one in staff[1:]:
            newcomer = Newcomer(user_id=one.user_id, role=Role.PROFESSIONAL, staff_id=one.pk)
            begin_membership(manager, newcomer)
        seated = [_seated(one.user_id, patient.group_id) for one in staff]
        return LoadGroup(group_id=patient.group_id, side=Side.PROFESSIONAL, members=seated)

    def _new_staff(self) -> Staff:
        self._count += 1
        new = NewPerson(
            email=f"{self._run}-{self._count}@load.example",
            name=f"負荷 {self._count}",
            kana=f"ふか {self._count}",
            password="",
            is_professional=True,
        )
        return begin_staff(
            self._operator,
            self._facility_id,
            register_person(self._operator, new).pk,
            profession=CALLINGS[self._count % len(CALLINGS)],
            role=StaffRole.MEMBER,
        )

    def _face_sheet(self) -> FaceSheet:
        return FaceSheet(
            name=f"試験{self._count} 花子",
            kana="しけん はなこ",
            birth_date=date(1940, 2, 3) + timedelta(days=self._count),
            sex=Sex.FEMALE,
            care_level=CareLevel.CARE_3,
        )


def _seated(user_id: UUID, group_id: UUID) -> LoadMember:
    request_id = uuid7()
    opened = open_session(user_id, WHERE, proof=Proof.TOTP, request_id=request_id)
    actor = Actor(user_id=user_id, request_id=request_id, session_id=opened.session_id)
    seat = take_seat(actor, group_id, Side.PROFESSIONAL)
    return LoadMember(person_id=user_id, token=opened.token, seat=seat)
