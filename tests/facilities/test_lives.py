"""Whatever happens to places: a facility keeps a manager, and no seat stands on what does not."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from carestation.accounts.models import PersonBinding
from carestation.facilities.choices import EndCause, Profession, Right, StaffRole
from carestation.facilities.commands.invitations import (
    cancel_invitation,
    invite_staff,
    join_as_known,
)
from carestation.facilities.commands.roles import NewRole, change_role, end_role, make_role
from carestation.facilities.commands.staff import NewCalling, change_staff
from carestation.facilities.models.staff import Staff, StaffInvitation
from carestation.facilities.queries.desks import take_desk
from carestation.facilities.queries.rights import rights_at
from carestation.facilities.queries.roles import custom_roles_of
from carestation.facilities.rules import DESK_RIGHTS, MANAGERS_ALONE, Desk
from carestation.groups.commands.places import end_place, pause_place, resume_place
from carestation.groups.models.memberships import Membership
from carestation.groups.queries.seats import take_seats
from carestation.kernel.errors import CareError, NotVisible
from carestation.kernel.ids import uuid7
from tests.facilities.people import a_manager, an_invited
from tests.facilities.test_invitations import token_of
from tests.world import World

WHO = ("abe", "kato", "sato", "ito", "ueda")
people = st.sampled_from(WHO)
roles = st.sampled_from(StaffRole)


class Lives(RuleBasedStateMachine):
    """Managers of one facility do what they like; what is refused changes nothing."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.around = transaction.atomic()
        self.around.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    @rule(by=people, whom=people, cause=st.sampled_from(EndCause))
    def someone_is_ended(self, by: str, whom: str, cause: EndCause) -> None:
        self.tried(by, lambda desk: end_place(desk, self.newest_of(whom).pk, cause))

    @rule(by=people, whom=people)
    def someone_is_paused(self, by: str, whom: str) -> None:
        self.tried(by, lambda desk: pause_place(desk, self.newest_of(whom).pk))

    @rule(by=people, whom=people)
    def someone_is_resumed(self, by: str, whom: str) -> None:
        self.tried(by, lambda desk: resume_place(desk, self.newest_of(whom).pk))

    @rule(by=people, whom=people, role=roles)
    def someone_gets_another_role(self, by: str, whom: str, role: StaffRole) -> None:
        new = NewCalling(profession=Profession.NURSE, role=role)
        self.tried(by, lambda desk: change_staff(desk, self.newest_of(whom).pk, new))

    @rule(by=people, whom=people, rights=st.frozensets(st.sampled_from(Right), max_size=4))
    def someone_gets_a_role_of_the_facilitys_own(
        self, by: str, whom: str, rights: frozenset[Right]
    ) -> None:
        def given(desk: Desk) -> None:
            role = make_role(desk, NewRole(name=uuid7().hex[-30:], rights=rights))
            calling = NewCalling(
                profession=Profession.CLERK, role=StaffRole.MEMBER, custom_role_id=role.pk
            )
            change_staff(desk, self.newest_of(whom).pk, calling)

        self.tried(by, given)

    @rule(by=people, which=st.integers(0, 3), rights=st.frozensets(st.sampled_from(Right)))
    def a_role_is_changed_or_ended(self, by: str, which: int, rights: frozenset[Right]) -> None:
        def changed(desk: Desk) -> None:
            for role in custom_roles_of(desk)[which : which + 1]:
                if rights:
                    new = NewRole(name=role.title, rights=rights)
                    change_role(desk, role.id, new, version=role.version)
                else:
                    end_role(desk, role.id)

        self.tried(by, changed)

    @rule(by=people, whom=people, role=roles, is_taken_back=st.booleans())
    def someone_is_invited_and_agrees(
        self, by: str, whom: str, role: StaffRole, *, is_taken_back: bool
    ) -> None:
        def invited(desk: Desk) -> None:
            [invitation] = invite_staff(
                desk, [an_invited(f"{whom}@tsukimizaka.example", role=role)]
            )
            token = token_of(invitation)
            if is_taken_back:
                cancel_invitation(desk, invitation.pk)
            join_as_known(self.world.actor(whom), token)

        self.tried(by, invited)

    @invariant()
    def the_facility_has_a_manager(self) -> None:
        managers = Staff.objects.standing().managers()
        assert managers.of_facility(self.world.facility.pk).exists()

    @invariant()
    def no_seat_stands_without_a_standing_place(self) -> None:
        standing = set(Staff.objects.standing().values_list("pk", flat=True))
        for name in WHO:
            assert {one.staff_id for one in take_seats(self.world.actor(name))} <= standing
        ended = Staff.objects.exclude(ended_at=None)
        assert not Membership.objects.active().filter(staff__in=ended).exists()

    @invariant()
    def an_invitation_is_accepted_taken_back_or_waiting(self) -> None:
        for one in StaffInvitation.objects.all():
            assert (one.accepted_at is None) == (one.staff_id is None)
            assert one.accepted_at is None or one.cancelled_at is None

    @invariant()
    def a_desk_is_taken_by_whom_a_standing_place_gives_a_right_at_it(self) -> None:
        for name in WHO:
            own = Staff.objects.of_person(self.world.people[name].pk)
            has_desk = own.standing().with_right(*DESK_RIGHTS).exists()
            try:
                take_desk(self.world.actor(name), self.world.facility.pk, *DESK_RIGHTS)
            except NotVisible:
                assert not has_desk
            else:
                assert has_desk

    @invariant()
    def nobody_but_managers_governs_and_whoever_has_a_desk_owes_a_factor(self) -> None:
        for staff in Staff.objects.active().of_facility(self.world.facility.pk):
            held = rights_at(staff)
            assert staff.role == StaffRole.MANAGER or held.isdisjoint(MANAGERS_ALONE)
            assert staff.custom_role is None or staff.custom_role.ended_at is None
        for name in WHO:
            bound = PersonBinding.objects.filter(user=self.world.people[name]).first()
            places = Staff.objects.standing().of_person(self.world.people[name].pk)
            if bound and places.with_right(*DESK_RIGHTS).exists():
                assert bound.second_factor

    def newest_of(self, name: str) -> Staff:
        places = Staff.objects.of_person(self.world.people[name].pk)
        return places.order_by("-began_at").first() or self.world.staff[name]

    def tried(self, by: str, act: object) -> None:
        try:
            with transaction.atomic():
                act(take_desk(self.world.actor(by), self.world.facility.pk, *DESK_RIGHTS))  # type: ignore[operator]  # a rule's own
        except CareError:
            pass


@pytest.fixture
def lives(world: World) -> World:
    a_manager(world)
    Lives.world = world
    return world


@pytest.mark.control("5.18")
def test_a_facility_keeps_a_manager_whatever_happens_to_places(lives: World) -> None:
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
