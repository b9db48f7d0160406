"""Settling the demo's people: accounts, places of work, groups, and who sits where."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from carestation.accounts.commands.factors import give_fixed_secret
from carestation.accounts.commands.operators import begin_operator
from carestation.accounts.commands.people import NewPerson, register_person
from carestation.accounts.models import User
from carestation.accounts.queries.consoles import take_first_console
from carestation.facilities.commands.places import open_facility
from carestation.facilities.commands.staff import begin_staff
from carestation.facilities.models.facilities import Facility  # noqa: TC001 - types of attributes
from carestation.facilities.models.staff import Staff  # noqa: TC001 - types of attributes
from carestation.groups.choices import Kind, Relation, Role, Side
from carestation.groups.commands.groups import open_group
from carestation.groups.commands.memberships import begin_membership
from carestation.groups.commands.talks import open_talk
from carestation.groups.queries.seats import take_seat
from carestation.groups.rules import SIDES_OF, Newcomer, Seat
from carestation.kernel.actor import Actor
from carestation.kernel.ids import uuid7
from carestation.patients.choices import ConsentForm, ConsentScope
from carestation.patients.commands.consents import NewConsent, record_consent
from carestation.patients.commands.face_sheets import register_patient
from carestation.patients.queries.consents import ConsentWords
from carestation.ui.times import local_date
from carestation.vault.models import OPERATOR
from config.demo.backdate import Times
from config.demo.groups import GROUPS, DemoGroup
from config.demo.people import FACILITIES, PEOPLE, DemoPerson
from config.demo.story import moment

FOUNDED_DAYS_AGO: Final = 60
JOINED_DAYS_AGO: Final = 40


class DemoWorld:
    """What was made so far: people, places and groups by their keys."""

    def __init__(self, now: datetime) -> None:
        """Begin with nothing."""
        self.now = now
        self.times = Times()
        self.users: dict[str, User] = {}
        self.facilities: dict[str, Facility] = {}
        self.staff: dict[str, Staff] = {}
        self.group_ids: dict[str, UUID] = {}

    def settle(self) -> None:
        """Make everyone and seat them; nothing is said yet."""
        operator = Actor(user_id=OPERATOR, request_id=uuid7())
        for key, person in PEOPLE.items():
            self.users[key] = self._register(operator, person)
        for key, facility in FACILITIES.items():
            made = open_facility(
                operator,
                name=facility.name,
                kana=facility.kana,
                kind=facility.kind,
                phone=facility.phone,
            )
            self.facilities[key] = made
            self.times.note("facility", made.pk, self._ago(FOUNDED_DAYS_AGO))
        for person in PEOPLE.values():
            self._employ(operator, person)
        for group in GROUPS.values():
            self.group_ids[group.key] = self._open(group)
            self._seat_everyone(group)
            self._consent(group)

    def actor(self, key: str) -> Actor:
        """Return a person, in a request of its own."""
        return Actor(user_id=self.users[key].pk, request_id=uuid7())

    def seat(self, key: str, group: DemoGroup, side: Side) -> Seat:
        """Return a person's seat."""
        return take_seat(self.actor(key), self.group_ids[group.key], side)

    def _register(self, operator: Actor, person: DemoPerson) -> User:
        new = NewPerson(
            email=person.email,
            name=person.name,
            kana=person.kana,
            password=person.password,
            is_professional=person.is_professional,
        )
        user = register_person(operator, new)
        if person.totp_secret is not None:
            give_fixed_secret(user.pk, person.totp_secret)
        if person.is_operator:
            begin_operator(take_first_console(), user.pk)
        self.times.note("person", user.pk, self._ago(JOINED_DAYS_AGO))
        return user

    def _employ(self, operator: Actor, person: DemoPerson) -> None:
        if person.profession is None or person.role is None:
            return
        staff = begin_staff(
            operator,
            self.facilities[person.facility].pk,
            self.users[person.key].pk,
            profession=person.profession,
            role=person.role,
        )
        self.staff[person.key] = staff
        self.times.note("staff began", staff.pk, self._ago(JOINED_DAYS_AGO))

    def _open(self, group: DemoGroup) -> UUID:
        founder, staff = self.actor(group.founder), self.staff[group.founder]
        opened_at = self._ago(group.opened_days_ago)
        if group.face_sheet is not None:
            patient = register_patient(founder, staff, group.face_sheet)
            self.times.note("patient", patient.pk, opened_at)
            group_id = patient.group_id
        elif group.kind is Kind.DIRECT:
            own, other = (self._professional(one) for one in group.everyone)
            group_id = open_talk(founder, own, other).pk
        else:
            manager = Newcomer(user_id=founder.user_id, role=Role.MANAGER, staff_id=staff.pk)
            facility_id = staff.facility_id
            opened = open_group(
                founder, group.kind, manager, facility_id=facility_id, name=group.title
            )
            group_id = opened.pk
        self.times.note("group", group_id, opened_at)
        return group_id

    def _seat_everyone(self, group: DemoGroup) -> None:
        group_id = self.group_ids[group.key]
        side = min(SIDES_OF[group.kind], key=lambda one: one is not Side.PROFESSIONAL)
        manager = self.seat(group.founder, group, side)
        opened_at = self._ago(group.opened_days_ago)
        for place, key in enumerate(group.everyone):
            if key != group.founder and group.kind is not Kind.DIRECT:
                begin_membership(manager, self._newcomer(key))
            at = opened_at + timedelta(minutes=place)
            self.times.note_membership(group_id, self.users[key].pk, at)

    def _consent(self, group: DemoGroup) -> None:
        if group.face_sheet is None:
            return
        opened_at = self._ago(group.opened_days_ago)
        given = NewConsent(
            scope=ConsentScope.TEAM_AND_FAMILY,
            form=ConsentForm.WRITTEN,
            given_by=Relation.PATIENT,
            given_on=local_date(opened_at),
            words=ConsentWords(explained_by=PEOPLE[group.founder].name),
        )
        consent = record_consent(self.seat(group.founder, group, Side.PROFESSIONAL), given)
        self.times.note("consent", consent.pk, opened_at)

    def _newcomer(self, key: str) -> Newcomer:
        relation = PEOPLE[key].relation
        if relation is None:
            return self._professional(key)
        return Newcomer(user_id=self.users[key].pk, role=Role.FAMILY, relation=relation)

    def _professional(self, key: str) -> Newcomer:
        user_id, staff_id = self.users[key].pk, self.staff[key].pk
        return Newcomer(user_id=user_id, role=Role.PROFESSIONAL, staff_id=staff_id)

    def _ago(self, days: int) -> datetime:
        return moment(days, "9:00", self.now)
