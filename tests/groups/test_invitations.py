"""Invitations into groups: who waits for whom, once, in time, and never past a right."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from carestation.accounts.commands.passwords import WeakPassword
from carestation.accounts.commands.registrations import PersonDraft
from carestation.accounts.models import User
from carestation.facilities.choices import Allowed, EndCause
from carestation.facilities.commands.policies import change_policy
from carestation.facilities.models.facilities import Facility
from carestation.facilities.rules import Rules
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import InvitationEnd, InvitationState, Relation, Role, Side
from carestation.groups.commands.approvals import (
    agree_to_invitation,
    decide_invitation,
)
from carestation.groups.commands.freezing import freeze_seats, unfreeze_seats
from carestation.groups.commands.groups import archive_group, open_free_group
from carestation.groups.commands.invitations import (
    cancel_invitation,
    make_invitation,
    resend_invitation,
)
from carestation.groups.commands.joining import (
    ask_by_code,
    decline_invitation,
    join_as_known,
    join_as_new,
    join_by_code,
    join_invited,
)
from carestation.groups.commands.memberships import end_membership
from carestation.groups.commands.places import end_place, pause_place, resume_place
from carestation.groups.models.invitations import Invitation
from carestation.groups.models.memberships import Membership
from carestation.groups.queries.invitations import (
    find_by_code,
    find_by_token,
    invitations_to,
    waiting_in,
)
from carestation.groups.queries.seats import take_seat, take_seats
from carestation.groups.rules import INVITATION_LASTS
from carestation.kernel.errors import Conflict, DomainError, NotVisible, Refused, TooMany
from carestation.kernel.ids import uuid7
from carestation.patients.choices import ConsentScope
from carestation.patients.commands.consents import record_consent, withdraw_consent
from carestation.patients.commands.invitations import invite_member
from carestation.ui.times import local_date
from tests.accounts.operating import a_console
from tests.accounts.people import clock_at
from tests.facilities.people import a_manager
from tests.groups.people import (
    DRAFT,
    PAT,
    PRO,
    a_neighbour,
    acting,
    agreed,
    family,
    invite,
    professional,
    the_patient,
    token_of,
)
from tests.patients.test_consents import a_consent
from tests.world import World

A_SECOND = timedelta(seconds=1)


def states(world: World, who: str = "kato") -> list[InvitationState]:
    return [one.state for one in waiting_in(world.seat(who, PRO))]


def ended(invitation: Invitation) -> str:
    invitation.refresh_from_db()
    return invitation.end_cause


@pytest.mark.control("5.18")
def test_without_consent_nobody_is_invited_into_a_patients_group(world: World) -> None:
    for invited in (family(), professional()):
        with pytest.raises(DomainError, match="no_consent"):
            invite(world, "kato", invited)
    with pytest.raises(DomainError, match="no_consent"):
        make_invitation(world.seat("kato", PRO), professional(), consent_id=None)
    consent = agreed(world, ConsentScope.TEAM)

    assert invite(world, "kato", professional()).invitation.consent_id == consent.pk
    with pytest.raises(DomainError, match="no_consent_for_family"):
        invite(world, "kato", family())


@pytest.mark.control("5.18")
def test_with_a_withdrawn_consent_goes_what_waits_under_it(world: World) -> None:
    consent = agreed(world)
    daughter = invite(world, "kato", family()).invitation
    token = token_of(daughter)

    withdraw_consent(
        world.seat("sato", PRO), consent.pk, withdrawn_on=local_date(), note="ご本人から。"
    )

    assert ended(daughter) == InvitationEnd.CONSENT_GONE
    with pytest.raises(NotVisible):
        join_as_new(token, DRAFT, request_id=uuid7())
    with pytest.raises(DomainError, match="no_consent"):
        invite(world, "kato", professional())


def test_a_narrower_consent_takes_back_the_family_alone(world: World) -> None:
    agreed(world)
    daughter = invite(world, "kato", family()).invitation
    ito = invite(world, "kato", professional()).invitation

    record_consent(world.seat("kato", PRO), a_consent(ConsentScope.TEAM))

    assert (ended(daughter), ended(ito)) == (InvitationEnd.CONSENT_GONE, "")


@pytest.mark.control("5.16")
def test_the_family_registers_and_sits_at_its_side_alone(world: World) -> None:
    agreed(world)
    sent = invite(world, "kato", family())
    assert states(world) == [InvitationState.AWAITING_REGISTRATION]

    membership = join_as_new(token_of(sent.invitation), DRAFT, request_id=uuid7())

    user = User.objects.get(pk=membership.user_id)
    assert not user.is_professional
    assert (membership.role, membership.relation, membership.staff) == ("family", "family", None)
    assert [seat.side for seat in take_seats(acting(user))] == [PAT]
    assert states(world) == []


@pytest.mark.control("5.16")
def test_a_professional_of_another_facility_joins_with_one_press(world: World) -> None:
    agreed(world)
    neighbour = a_neighbour(world)
    invite(world, "kato", professional("Abe@Tsukimizaka.example"))
    [one] = invitations_to(neighbour)

    membership = join_invited(neighbour, one.id, None)

    assert (one.inviter, one.facility) == ("加藤 恵子", "月見坂在宅クリニック")
    assert membership.staff_id == world.staff["abe"].pk
    assert take_seat(neighbour, world.group.pk, PRO).facility_id != world.facility.pk
    assert invitations_to(neighbour) == []


@pytest.mark.control("5.16")
def test_a_professional_needs_a_place_and_joins_through_one_of_their_own(world: World) -> None:
    agreed(world)
    nobody = invite(world, "kato", professional("new@example.org")).invitation
    mori = invite(world, "kato", professional("ueda@tsukimizaka.example")).invitation

    with pytest.raises(Refused, match="needs_place"):
        join_as_new(token_of(nobody), DRAFT, request_id=uuid7())
    with pytest.raises(DomainError, match="no_place_of_work"):
        join_invited(world.actor("ueda"), mori.pk, world.staff["sato"].pk)

    assert join_invited(world.actor("ueda"), mori.pk, world.staff["ueda"].pk).left_at is None


@pytest.mark.control("5.17")
def test_a_link_works_once_and_for_its_address_alone(world: World) -> None:
    agreed(world)
    token = token_of(invite(world, "kato", professional()).invitation)

    with pytest.raises(Refused, match="other_address"):
        join_as_known(world.actor("ueda"), token, None)
    with pytest.raises(NotVisible):
        join_invited(world.actor("ueda"), Invitation.objects.get().pk, None)
    assert find_by_token(token).person_id == world.people["ito"].pk
    assert join_as_known(world.actor("ito"), token, None).user_id == world.people["ito"].pk
    for _ in range(2):
        with pytest.raises(NotVisible):
            join_as_known(world.actor("ito"), token, None)


@pytest.mark.control("5.17")
def test_an_invitation_lives_seven_days_to_the_second(world: World) -> None:
    agreed(world)
    sent = timezone.now()
    with clock_at(sent):
        token = token_of(invite(world, "kato", family()).invitation)
        code = invite(world, "kato", family("")).code

    with clock_at(sent + INVITATION_LASTS - A_SECOND):
        assert find_by_token(token).name == find_by_code(code, None).name == "佐伯 美紀"
    with clock_at(sent + INVITATION_LASTS):
        with pytest.raises(NotVisible):
            join_as_new(token, DRAFT, request_id=uuid7())
        with pytest.raises(NotVisible):
            join_by_code(world.actor("ito"), code, None)
        assert states(world) == [InvitationState.EXPIRED] * 2


@pytest.mark.control("5.16")
def test_what_is_sent_again_ends_the_link_before_and_lasts_anew(world: World) -> None:
    agreed(world)
    invitation = invite(world, "kato", family()).invitation
    first = token_of(invitation)
    later = timezone.now() + INVITATION_LASTS + A_SECOND

    with clock_at(later):
        resend_invitation(world.seat("kato", PRO), invitation.pk)
        with pytest.raises(NotVisible):
            join_as_new(first, DRAFT, request_id=uuid7())
        membership = join_as_new(token_of(invitation), DRAFT, request_id=uuid7())

    assert membership.role == Role.FAMILY


@pytest.mark.control("5.18")
def test_only_who_invited_sends_again_and_takes_back(world: World) -> None:
    agreed(world)
    invitation = invite(world, "kato", family()).invitation
    token = token_of(invitation)

    for act in (resend_invitation, cancel_invitation):
        with pytest.raises(Refused):
            act(world.seat("sato", PRO), invitation.pk)
        with pytest.raises(NotVisible):
            act(world.seat("kato", PRO), uuid7())
    cancel_invitation(world.seat("kato", PRO), invitation.pk)

    assert ended(invitation) == InvitationEnd.CANCELLED
    with pytest.raises(NotVisible):
        find_by_token(token)
    for act in (resend_invitation, cancel_invitation):
        with pytest.raises(Conflict, match="invitation_over"):
            act(world.seat("kato", PRO), invitation.pk)


@pytest.mark.control("5.18")
@pytest.mark.parametrize("turn", ["left", "place", "removed"])
def test_with_the_seat_of_the_inviter_ends_what_they_invited(world: World, turn: str) -> None:
    agreed(world)
    desk = a_manager(world)
    invitation = invite(world, "sato", family()).invitation
    decide_invitation(world.seat("kato", PRO), invitation.pk, approves=True)
    token = token_of(invitation)

    own = world.membership("sato").pk
    if turn == "place":
        end_place(desk, world.staff["sato"].pk, EndCause.RETIRED)
    else:
        end_membership(world.seat("sato" if turn == "left" else "kato", PRO), own)

    assert ended(invitation) == InvitationEnd.INVITER_LEFT
    with pytest.raises(NotVisible):
        join_as_new(token, DRAFT, request_id=uuid7())


@pytest.mark.control("5.18")
def test_what_ends_with_a_seat_is_what_waits_of_this_person_in_this_group(world: World) -> None:
    agreed(world)
    mails = ("a@example.org", "b@example.org", "c@example.org")
    over, *own = (invite(world, "sato", family(mail)).invitation for mail in mails)
    cancel_invitation(world.seat("sato", PRO), over.pk)
    others = invite(world, "kato", professional()).invitation
    free = open_free_group(world.actor("sato"), world.staff["sato"], "退院調整")
    there = take_seat(world.actor("sato"), free.pk, Side.ALL)
    elsewhere = invite_member(there, professional("oka@tsukimizaka.example")).invitation

    seat = world.seat("sato", PRO)
    end_membership(seat, seat.membership_id)

    causes = [InvitationEnd.INVITER_LEFT] * 2
    assert [ended(one) for one in own] == causes
    assert (ended(over), ended(others), ended(elsewhere)) == (InvitationEnd.CANCELLED, "", "")
    told = LoggedFact.objects.filter(
        kind="groups.InvitationEnded", object_id__in=[one.pk for one in own]
    )
    assert {(one.actor_id, one.facility_id, one.group_id) for one in told} == {
        (world.people["sato"].pk, world.facility.pk, world.group.pk)
    }


@pytest.mark.control("5.18")
@pytest.mark.parametrize("stop", ["paused", "frozen"])
def test_while_the_inviters_place_gives_nothing_nobody_joins(world: World, stop: str) -> None:
    agreed(world)
    desk, console = a_manager(world), a_console()
    invitation = invite(world, "sato", professional()).invitation
    decide_invitation(world.seat("kato", PRO), invitation.pk, approves=True)

    if stop == "paused":
        pause_place(desk, world.staff["sato"].pk)
    else:
        freeze_seats(console, world.facility.pk, "連絡がつかないため")
    while_paused = invitations_to(world.actor("ito"))
    with pytest.raises(NotVisible):
        join_invited(world.actor("ito"), invitation.pk, None)
    if stop == "paused":
        resume_place(desk, world.staff["sato"].pk)
    else:
        unfreeze_seats(console, world.facility.pk, "")

    assert while_paused == []
    assert join_invited(world.actor("ito"), invitation.pk, None).left_at is None


def test_with_the_group_ends_what_waits(world: World) -> None:
    agreed(world)
    invitation = invite(world, "kato", professional()).invitation

    archive_group(world.seat("kato", PRO))

    assert ended(invitation) == InvitationEnd.GROUP_CLOSED
    with pytest.raises(Refused):
        invite(world, "kato", family())


@pytest.mark.control("5.18")
def test_the_rules_of_the_inviters_facility_hold(world: World) -> None:
    agreed(world)
    desk = a_manager(world)
    change_policy(desk, Rules(family_invitations=False), version=0)
    with pytest.raises(DomainError, match="no_family_by_rules"):
        invite(world, "kato", family())
    change_policy(desk, Rules(may_invite=Allowed.MANAGERS), version=1)
    with pytest.raises(DomainError, match="managers_invite"):
        invite(world, "kato", family())
    change_policy(desk, Rules(), version=2)
    Facility.objects.filter(pk=world.facility.pk).update(approved_at=None)
    with pytest.raises(DomainError, match="awaiting_approval"):
        invite(world, "kato", family())
    Facility.objects.filter(pk=world.facility.pk).update(approved_at=timezone.now())

    assert invite(world, "kato", family()).invitation.sent_at is not None


@pytest.mark.control("5.18")
def test_the_family_invites_nobody_and_sits_in_no_free_group(world: World) -> None:
    agreed(world)
    with pytest.raises(Refused):
        make_invitation(world.seat("mori", PAT), family(), consent_id=uuid7())
    seat = take_seat(world.actor("ito"), world.elsewhere.pk, Side.ALL)
    with pytest.raises(DomainError, match="no_family_here"):
        make_invitation(seat, family(), consent_id=None)
    sent = make_invitation(seat, professional("sato@tsukimizaka.example"), consent_id=None)

    assert join_invited(world.actor("sato"), sent.invitation.pk, None).role == Role.PROFESSIONAL


def test_who_sits_or_is_invited_is_not_invited_again(world: World) -> None:
    agreed(world)
    with pytest.raises(Conflict, match="sits_already"):
        invite(world, "kato", professional("SATO@tsukimizaka.example"))
    first = invite(world, "kato", family()).invitation
    with pytest.raises(Conflict, match="invited_already"):
        invite(world, "kato", family(" Miki@example.org"))

    with clock_at(timezone.now() + INVITATION_LASTS):
        second = invite(world, "kato", family()).invitation

    assert ended(first) == InvitationEnd.REPLACED
    assert second.sent_at is not None


@pytest.mark.control("5.17")
def test_a_code_is_taken_once_however_it_is_typed(world: World) -> None:
    agreed(world)
    code = invite(world, "kato", professional("")).code
    typed = " ".join((code[:5].lower(), code[5:20], code[20:])).replace("O", "0")

    assert len(code) == 26
    assert find_by_code(typed, world.people["ito"].pk).inviter == "加藤 恵子"
    assert join_by_code(world.actor("ito"), typed, None).user_id == world.people["ito"].pk
    with pytest.raises(NotVisible):
        join_by_code(world.actor("ueda"), code, None)


def test_a_new_code_ends_the_one_before(world: World) -> None:
    agreed(world)
    sent = invite(world, "kato", family(""))

    renewed = resend_invitation(world.seat("kato", PRO), sent.invitation.pk)

    with pytest.raises(NotVisible):
        find_by_code(sent.code, None)
    assert find_by_code(renewed.code, None).id == sent.invitation.pk


@pytest.mark.control("5.16")
def test_who_holds_a_code_registers_by_a_link_to_their_address(world: World) -> None:
    agreed(world)
    sent = invite(world, "kato", family(""))
    for address in ("one@example.org", "two@example.org"):
        ask_by_code(sent.code, address, address="192.0.2.7", request_id=uuid7())
    token = token_of(sent.invitation)

    membership = join_as_new(token, DRAFT, request_id=uuid7())

    assert membership.role == Role.FAMILY
    with pytest.raises(NotVisible):
        join_by_code(world.actor("ito"), sent.code, None)
    with pytest.raises(NotVisible):
        ask_by_code(sent.code, "three@example.org", address="192.0.2.7", request_id=uuid7())


def test_who_says_no_is_asked_no_more(world: World) -> None:
    agreed(world)
    invitation = invite(world, "kato", professional()).invitation

    with pytest.raises(NotVisible):
        decline_invitation(world.actor("ueda"), invitation.pk)
    decline_invitation(world.actor("ito"), invitation.pk)

    assert ended(invitation) == InvitationEnd.DECLINED
    assert invitations_to(world.actor("ito")) == []


@pytest.mark.control("5.16")
def test_nothing_is_half_done_by_a_weak_password(world: World) -> None:
    agreed(world)
    token = token_of(invite(world, "kato", family()).invitation)
    before = User.objects.count(), Membership.objects.count()
    weak = PersonDraft(name="佐伯 美紀", kana="さえき みき", password="short")

    with pytest.raises(WeakPassword), transaction.atomic():
        join_as_new(token, weak, request_id=uuid7())

    assert (User.objects.count(), Membership.objects.count()) == before
    assert join_as_new(token, DRAFT, request_id=uuid7()).left_at is None


def test_thirty_an_hour_are_enough(world: World) -> None:
    agreed(world)
    for number in range(30):
        invite(world, "kato", family(f"{number}@example.org"))

    with pytest.raises(TooMany):
        invite(world, "kato", family("last@example.org"))


@pytest.mark.control("8.15")
def test_each_step_is_a_fact_with_its_cause(world: World) -> None:
    agreed(world)
    the_patient(world)
    invitation = invite(world, "sato", family()).invitation
    decide_invitation(world.seat("kato", PRO), invitation.pk, approves=True)
    agree_to_invitation(world.seat("oka", PAT), invitation.pk, agrees=True)
    resend_invitation(world.seat("sato", PRO), invitation.pk)
    join_as_new(token_of(invitation), DRAFT, request_id=uuid7())

    told = LoggedFact.objects.filter(object_id=invitation.pk).order_by("id")
    assert [one.kind.partition(".")[2] for one in told] == [
        "MemberInvited",
        "InvitationApproved",
        "InvitationAgreed",
        "InvitationResent",
        "InvitationAccepted",
    ]
    assert {one.group_id for one in told} == {world.group.pk}
    assert told[0].detail["needs_manager"] is told[0].detail["needs_patient"] is True


@pytest.mark.control("8.24")
def test_names_addresses_and_codes_stand_nowhere_in_the_clear(world: World) -> None:
    agreed(world)
    invite(world, "kato", family())
    code = invite(world, "kato", family("")).code

    for row in Invitation.objects.all():
        kept = b"".join(
            bytes(one) for one in (row.name_sealed, row.email_sealed or b"", row.code_key or b"")
        )
        for word in ("佐伯", "miki", "example.org", code):
            assert word.encode() not in kept


@pytest.mark.control("5.18")
@pytest.mark.parametrize(
    "wrong",
    [
        {"joined_at": timezone.now()},
        {"ended_at": timezone.now()},
        {"role": Role.MANAGER},
        {"relation": Relation.FAMILY},
        {"needs_manager": True},
        {"code_key": b"x" * 32},
    ],
    ids=lambda one: next(iter(one)),
)
def test_the_database_itself_knows_no_state_outside_the_diagram(
    world: World, wrong: dict[str, object]
) -> None:
    agreed(world)
    invitation = invite(world, "kato", professional()).invitation

    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).update(**wrong)
