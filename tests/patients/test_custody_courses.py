"""Whatever happens between two facilities: one of them manages all of a group, and its keys."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from carestation.facilities.queries.desks import take_desk
from carestation.facilities.rules import DESK_RIGHTS, Desk
from carestation.groups.choices import Role
from carestation.groups.commands.memberships import end_membership
from carestation.groups.commands.places import pause_place, resume_place
from carestation.groups.models.memberships import Membership, MembershipQuerySet
from carestation.groups.queries.seats import take_seats
from carestation.groups.rules import Seat
from carestation.kernel.errors import CareError, NotVisible
from carestation.patients.commands.custody import (
    accept_custody,
    decline_custody,
    end_expired_transfers,
    propose_custody,
    withdraw_custody,
)
from carestation.patients.commands.emergencies import seek_access
from carestation.patients.models import CustodyTransfer, EmergencyAccess, Patient
from carestation.patients.queries.alike import known_likeness
from carestation.vault.models import Scope
from tests.accounts.people import clock_at
from tests.facilities.people import a_manager
from tests.groups.people import PRO, a_neighbour
from tests.patients.custody import sit_down
from tests.patients.emergencies import SOUGHT
from tests.world import FACE_SHEET, World

SOME_DAYS: Final = timedelta(days=8)
desks = st.sampled_from(["abe", "oka"])
answers = st.sampled_from(["", "yes", "no", "withdrawn"])


class Hands(RuleBasedStateMachine):
    """Two desks propose, answer and take back, while their people come and go."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.around = transaction.atomic()
        self.around.__enter__()
        self.now = timezone.now()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    @rule(by=desks, answer=answers)
    def it_is_proposed_and_answered(self, by: str, answer: str) -> None:
        other = "oka" if by == "abe" else "abe"
        taker_id = self.world.staff[other].facility_id
        self.tried(lambda: propose_custody(self.desk(by), self.world.group.pk, taker_id))
        newest = CustodyTransfer.objects.order_by("-id").first()
        if newest is None:
            return
        named = self.sitting(other).values_list("pk", flat=True).first()
        if answer == "yes":
            self.tried(lambda: accept_custody(self.desk(other), newest.pk, manager_id=named))
        elif answer == "no":
            self.tried(lambda: decline_custody(self.desk(other), newest.pk))
        elif answer:
            self.tried(lambda: withdraw_custody(self.desk(by), newest.pk))

    @rule(who=st.sampled_from(["ito", "oka"]))
    def someone_comes_in_an_emergency(self, who: str) -> None:
        self.tried(lambda: seek_access(self.world.actor(who), self.world.staff[who].pk, SOUGHT))

    @rule(who=st.sampled_from(["sato", "oka"]), comes=st.booleans())
    def someone_comes_or_goes(self, who: str, *, comes: bool) -> None:
        own = self.sitting(who).first()
        if own is None and comes:
            self.tried(lambda: sit_down(self.world, who))
        elif own is not None and not comes:
            self.tried(lambda: end_membership(self.seat(who), own.pk))

    @rule(turn=st.sampled_from(["on", "off"]))
    def a_place_is_paused_or_resumed(self, turn: str) -> None:
        act = resume_place if turn == "on" else pause_place
        self.tried(lambda: act(self.desk("abe"), self.world.staff["kato"].pk))

    @rule()
    def some_days_go_by(self) -> None:
        self.now += SOME_DAYS
        self.tried(end_expired_transfers)

    @invariant()
    def one_facility_manages_the_group_its_patient_and_its_keys(self) -> None:
        patient = Patient.objects.select_related("group").get(group=self.world.group)
        owner = Scope.objects.select_related("owner_key").get(pk=self.world.group.pk).owner_key
        facility_id = patient.managing_facility_id
        assert (patient.group.facility_id, owner.owner_id) == (facility_id, facility_id)
        told = known_likeness(self.world.actor("abe"), facility_id, FACE_SHEET)
        assert bytes(patient.likeness or b"") == told

    @invariant()
    def a_proposal_goes_from_who_manages_to_someone_else(self) -> None:
        managed_by = Patient.objects.get(group=self.world.group).managing_facility_id
        for one in CustodyTransfer.objects.waiting():
            assert one.giver_id == managed_by != one.taker_id

    @invariant()
    def who_came_in_an_emergency_came_for_the_facility_that_manages(self) -> None:
        managed_by = Patient.objects.get(group=self.world.group).managing_facility_id
        standing = EmergencyAccess.objects.filter(membership__left_at=None)
        assert all(one.facility_id == managed_by for one in standing)

    def desk(self, who: str) -> Desk:
        facility_id = self.world.staff[who].facility_id
        return take_desk(self.world.actor(who), facility_id, *DESK_RIGHTS)

    def sitting(self, who: str) -> MembershipQuerySet:
        place = self.world.staff[who]
        return Membership.objects.active().of_group(self.world.group.pk).filter(staff=place)

    def seat(self, who: str) -> Seat:
        for seat in take_seats(self.world.actor(who)):
            if seat.group_id == self.world.group.pk:
                return seat
        raise NotVisible

    def tried(self, act: Callable[[], object]) -> None:
        try:
            with clock_at(self.now), transaction.atomic():
                act()
        except CareError:
            pass


@pytest.mark.control("5.18")
def test_one_facility_manages_the_whole_of_a_group_whatever_happens(world: World) -> None:
    a_manager(world)
    a_neighbour(world, "oka")
    sit_down(world, "oka", Role.MANAGER)
    assert world.seat("oka", PRO).role is Role.MANAGER
    Hands.world = world
    run_state_machine_as_test(
        Hands,
        settings=settings(
            max_examples=15,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
