"""Whatever happens to invitations, seats and places: no state but the diagram's, no seat alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

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

from carestation.accounts.choices import RegistrationPurpose
from carestation.accounts.models import Registration, User
from carestation.accounts.queries.people import find_by_email
from carestation.facilities.choices import EndCause
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.desks import take_desk
from carestation.facilities.rules import DESK_RIGHTS
from carestation.groups.choices import InvitationState, Relation, Role
from carestation.groups.commands.approvals import (
    agree_to_invitation,
    decide_at_desk,
    decide_invitation,
)
from carestation.groups.commands.invitations import (
    Invited,
    cancel_invitation,
    resend_invitation,
)
from carestation.groups.commands.joining import decline_invitation, join_as_new, join_invited
from carestation.groups.commands.memberships import end_membership
from carestation.groups.commands.places import end_place, pause_place, resume_place
from carestation.groups.models.invitations import Invitation
from carestation.groups.models.memberships import Membership, MembershipQuerySet
from carestation.groups.queries.invitations import course_of
from carestation.groups.queries.seats import take_seats
from carestation.groups.rules import Seat, invitation_state
from carestation.kernel.errors import CareError, NotVisible
from carestation.kernel.ids import uuid7
from carestation.patients.choices import ConsentScope
from carestation.patients.commands.consents import record_consent, withdraw_consent
from carestation.patients.commands.invitations import invite_member
from carestation.patients.models import Consent
from carestation.patients.rules import covers
from carestation.ui.times import local_date
from tests.accounts.people import clock_at
from tests.facilities.people import a_manager
from tests.groups.people import DAUGHTER, DRAFT, acting, agreed, link_of
from tests.patients.test_consents import a_consent
from tests.world import World, a_person

S: Final = InvitationState
SOME_DAYS: Final = timedelta(days=4)
ADDRESSES: Final = {
    name: f"{name}@tsukimizaka.example" for name in ("ito", "ueda", "oka", "sato")
} | {"daughter": DAUGHTER}
SENT: Final = {S.AWAITING_REGISTRATION, S.AWAITING_JOIN}
AWAITING: Final = SENT | {S.AWAITING_MANAGER, S.AWAITING_PATIENT}
# The diagram: from each state to which. Registering elsewhere makes of one wait the other.
DIAGRAM: Final = {
    S.AWAITING_MANAGER: AWAITING | {S.EXPIRED, S.ENDED},
    S.AWAITING_PATIENT: SENT | {S.AWAITING_PATIENT, S.EXPIRED, S.ENDED},
    S.AWAITING_REGISTRATION: SENT | {S.JOINED, S.EXPIRED, S.ENDED},
    S.AWAITING_JOIN: {S.AWAITING_JOIN, S.JOINED, S.EXPIRED, S.ENDED},
    S.EXPIRED: AWAITING | {S.EXPIRED, S.ENDED},
    S.JOINED: {S.JOINED},
    S.ENDED: {S.ENDED},
}
members = st.sampled_from(["kato", "sato", "ito", "oka", "mori"])
invitees = st.sampled_from(sorted(ADDRESSES))
which = st.integers(0, 3)


class Courses(RuleBasedStateMachine):
    """People of two roles invite, approve, join and leave; what is refused changes nothing."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.around = transaction.atomic()
        self.around.__enter__()
        self.now = timezone.now()
        self.seen: dict[UUID, InvitationState] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    @rule(by=members, whom=invitees, relation=st.sampled_from([None, *Relation]))
    def someone_is_invited(self, by: str, whom: str, relation: Relation | None) -> None:
        role = Role.FAMILY if relation else Role.PROFESSIONAL
        invited = Invited(name=whom, role=role, relation=relation, email=ADDRESSES[whom])
        self.tried(lambda: invite_member(self.seat(by), invited))

    @rule(by=members, number=which)
    def one_is_sent_again(self, by: str, number: int) -> None:
        self.tried(lambda: resend_invitation(self.seat(by), self.newest(number)))

    @rule(by=members, number=which)
    def one_is_taken_back(self, by: str, number: int) -> None:
        self.tried(lambda: cancel_invitation(self.seat(by), self.newest(number)))

    @rule(by=members, number=which, approves=st.booleans())
    def a_member_decides(self, by: str, number: int, *, approves: bool) -> None:
        self.tried(lambda: decide_invitation(self.seat(by), self.newest(number), approves=approves))

    @rule(number=which, approves=st.booleans())
    def the_desk_decides(self, number: int, *, approves: bool) -> None:
        desk = take_desk(self.world.actor("abe"), self.world.facility.pk, *DESK_RIGHTS)
        self.tried(lambda: decide_at_desk(desk, self.newest(number), approves=approves))

    @rule(by=members, number=which, agrees=st.booleans())
    def the_patient_agrees(self, by: str, number: int, *, agrees: bool) -> None:
        self.tried(lambda: agree_to_invitation(self.seat(by), self.newest(number), agrees=agrees))

    @rule(whom=invitees, number=which)
    def an_invited_joins(self, whom: str, number: int) -> None:
        user = find_by_email(ADDRESSES[whom])
        if user:
            self.tried(lambda: join_invited(acting(user), self.newest(number), None))

    @rule(number=which)
    def someone_new_registers(self, number: int) -> None:
        def joined() -> Membership:
            link = link_of(Invitation.objects.get(pk=self.newest(number)))
            if link is None:
                raise NotVisible
            return join_as_new(link.token, DRAFT, request_id=uuid7())

        self.tried(joined)

    @rule(whom=invitees, number=which)
    def an_invited_says_no(self, whom: str, number: int) -> None:
        user = find_by_email(ADDRESSES[whom])
        if user:
            self.tried(lambda: decline_invitation(acting(user), self.newest(number)))

    @rule(by=members, whom=members)
    def someone_leaves_or_is_removed(self, by: str, whom: str) -> None:
        own = self.sitting().filter(user=self.world.people[whom]).first()
        if own:
            self.tried(lambda: end_membership(self.seat(by), own.pk))

    @rule(whom=st.sampled_from(["kato", "sato", "ito"]), turn=st.sampled_from(["on", "off"]))
    def a_place_is_paused_or_resumed(self, whom: str, turn: str) -> None:
        desk = take_desk(self.world.actor("abe"), self.world.facility.pk, *DESK_RIGHTS)
        act = resume_place if turn == "on" else pause_place
        self.tried(lambda: act(desk, self.world.staff[whom].pk))

    @rule(whom=st.sampled_from(["sato", "ito", "ueda"]))
    def a_place_ends(self, whom: str) -> None:
        desk = take_desk(self.world.actor("abe"), self.world.facility.pk, *DESK_RIGHTS)
        self.tried(lambda: end_place(desk, self.world.staff[whom].pk, EndCause.RETIRED))

    @rule(by=members, scope=st.sampled_from(ConsentScope))
    def the_patient_consents(self, by: str, scope: ConsentScope) -> None:
        self.tried(lambda: record_consent(self.seat(by), a_consent(scope)))

    @rule(by=members)
    def the_consent_is_withdrawn(self, by: str) -> None:
        newest = Consent.objects.latest("id")
        day = local_date()
        self.tried(lambda: withdraw_consent(self.seat(by), newest.pk, withdrawn_on=day, note=""))

    @rule()
    def some_days_go_by(self) -> None:
        self.now += SOME_DAYS

    @invariant()
    def no_invitation_leaves_the_diagram(self) -> None:
        known = set(User.objects.filter(ended_at=None).values_list("email_index", flat=True))
        for one in Invitation.objects.all():
            course = course_of(one, has_account=one.email_index in known)
            state = invitation_state(course, self.now)
            before = self.seen.get(one.pk, state)
            assert state in DIAGRAM[before], (before, state)
            assert one.sent_at is None or one.is_approved
            self.seen[one.pk] = state

    @invariant()
    def who_joined_was_invited_once_and_sits_as_invited(self) -> None:
        joined = Invitation.objects.exclude(joined_at=None).select_related("membership")
        memberships = [one.membership for one in joined if one.membership]
        assert len({one.pk for one in memberships}) == len(joined)
        for one in joined:
            assert one.membership is not None
            own = (one.membership.group_id, one.membership.role, one.membership.relation)
            assert own == (one.group_id, one.role, one.relation)

    @invariant()
    def nothing_waits_for_who_has_left_or_without_consent(self) -> None:
        newest = Consent.objects.latest("id")
        for one in Invitation.objects.waiting().select_related("inviter"):
            assert one.inviter.left_at is None
            assert newest.stands
            assert covers(ConsentScope(newest.scope), Role(one.role))

    @invariant()
    def no_link_is_open_that_leads_nowhere(self) -> None:
        sent = Invitation.objects.waiting().exclude(sent_at=None)
        subjects = set(
            Registration.objects.unused()
            .filter(purpose=RegistrationPurpose.JOIN_GROUP)
            .values_list("subject_id", flat=True)
        )
        assert subjects <= set(sent.values_list("pk", flat=True))

    @invariant()
    def no_seat_stands_without_a_standing_membership_and_place(self) -> None:
        standing = set(Staff.objects.standing().values_list("pk", flat=True))
        sitting = set(Membership.objects.active().values_list("pk", flat=True))
        for user_id in User.objects.values_list("pk", flat=True):
            for seat in take_seats(acting(user_id)):
                assert seat.membership_id in sitting
                assert seat.staff_id in standing or seat.role is Role.FAMILY

    @invariant()
    def the_facility_has_a_manager(self) -> None:
        managers = Staff.objects.standing().managers()
        assert managers.of_facility(self.world.facility.pk).exists()

    def sitting(self) -> MembershipQuerySet:
        return Membership.objects.active().of_group(self.world.group.pk)

    def seat(self, who: str) -> Seat:
        own = take_seats(self.world.actor(who))
        seats = [one for one in own if one.group_id == self.world.group.pk]
        if not seats:
            raise NotVisible
        return seats[-1]

    def newest(self, number: int) -> UUID:
        rows = Invitation.objects.order_by("-id").values_list("pk", flat=True)
        found = list(rows[number : number + 1])
        return found[0] if found else uuid7()

    def tried(self, act: Callable[[], object]) -> None:
        try:
            with clock_at(self.now), transaction.atomic():
                act()
        except (CareError, Invitation.DoesNotExist):
            pass


@pytest.fixture
def courses(world: World) -> World:
    a_manager(world)
    world.people["oka"] = a_person("oka")
    agreed(world)
    Courses.world = world
    return world


@pytest.mark.control("5.18")
def test_no_invitation_leaves_the_diagram_and_no_seat_stands_alone(courses: World) -> None:
    run_state_machine_as_test(
        Courses,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
