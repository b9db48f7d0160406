"""Who has to approve of an invitation: a manager, then the patient; and who sees that it waits."""

from typing import TypeVar
from uuid import UUID

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from carestation.accounts.choices import Letter
from carestation.facilities.queries.desks import take_desk
from carestation.facilities.rules import DESK_RIGHTS, Desk
from carestation.factlog.facts import Fact, fact_of
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import InvitationEnd, InvitationState
from carestation.groups.commands.approvals import (
    agree_to_invitation,
    decide_at_desk,
    decide_invitation,
)
from carestation.groups.commands.invitations import resend_invitation
from carestation.groups.commands.joining import (
    join_as_new,
)
from carestation.groups.commands.memberships import end_membership
from carestation.groups.facts import InvitationApproved, MemberInvited
from carestation.groups.followers import tell_the_patient, tell_who_decides
from carestation.groups.models.invitations import Invitation
from carestation.groups.queries.invitations import (
    invitations_to,
    waiting_at,
    waiting_in,
)
from carestation.kernel.errors import Conflict, NotVisible, Refused
from carestation.kernel.ids import uuid7
from tests.facilities.people import a_manager
from tests.groups.people import (
    DRAFT,
    PAT,
    PRO,
    a_neighbour,
    agreed,
    family,
    invite,
    professional,
    the_patient,
    token_of,
)
from tests.world import World

F = TypeVar("F", bound=Fact)


def states(world: World, who: str = "kato") -> list[InvitationState]:
    return [one.state for one in waiting_in(world.seat(who, PRO))]


def ended(invitation: Invitation) -> str:
    invitation.refresh_from_db()
    return invitation.end_cause


@pytest.mark.control("5.18")
def test_what_others_invite_waits_for_a_manager_of_the_group(world: World) -> None:
    agreed(world)
    invitation = invite(world, "sato", family()).invitation

    assert states(world) == [InvitationState.AWAITING_MANAGER]
    assert not ProcrastinateJob.objects.filter(task_name="accounts.mail_registration").exists()
    with pytest.raises(Refused):
        decide_invitation(world.seat("sato", PRO), invitation.pk, approves=True)
    decide_invitation(world.seat("kato", PRO), invitation.pk, approves=True)

    assert states(world) == [InvitationState.AWAITING_REGISTRATION]
    assert join_as_new(token_of(invitation), DRAFT, request_id=uuid7()).left_at is None
    with pytest.raises(Conflict, match="invitation_over"):
        decide_invitation(world.seat("kato", PRO), invitation.pk, approves=False)


@pytest.mark.control("5.18")
def test_a_manager_of_the_inviters_facility_approves_at_the_desk(world: World) -> None:
    agreed(world)
    desk, elsewhere = a_manager(world), a_neighbour(world, "oka")
    first = invite(world, "sato", family()).invitation
    second = invite(world, "sato", professional()).invitation

    assert {one.name for one in waiting_at(desk)} == {"佐伯 美紀", "伊藤 実"}
    decide_at_desk(desk, first.pk, approves=True)
    decide_at_desk(desk, second.pk, approves=False)

    assert waiting_at(desk) == []
    assert ended(second) == InvitationEnd.NOT_APPROVED
    assert first.pk in {one.id for one in waiting_in(world.seat("kato", PRO))}
    assert elsewhere.user_id != desk.actor.user_id


@pytest.mark.control("5.18")
def test_the_desk_of_another_facility_approves_nothing(world: World) -> None:
    agreed(world)
    neighbour = a_neighbour(world)
    invitation = invite(world, "sato", family()).invitation
    desk = take_desk_of(world, "abe")

    assert waiting_at(desk) == []
    with pytest.raises(NotVisible):
        decide_at_desk(desk, invitation.pk, approves=True)
    assert neighbour.user_id == desk.actor.user_id


@pytest.mark.control("5.18")
def test_whoever_has_to_approve_is_told_by_a_letter(world: World) -> None:
    agreed(world)
    the_patient(world)
    a_manager(world)
    invitation = invite(world, "sato", family()).invitation

    tell_who_decides(facts_of(MemberInvited))
    managers = told_by_letter()
    decide_invitation(world.seat("kato", PRO), invitation.pk, approves=True)
    tell_the_patient(facts_of(InvitationApproved))

    assert set(managers) == {world.people["kato"].pk, world.people["abe"].pk}
    assert told_by_letter() == [*managers, world.people["oka"].pk]


@pytest.mark.control("5.18")
def test_the_patient_who_takes_part_approves_after_the_manager(world: World) -> None:
    agreed(world)
    the_patient(world)
    invitation = invite(world, "sato", family()).invitation
    oka = world.seat("oka", PAT)

    with pytest.raises(Conflict, match="invitation_over"):
        agree_to_invitation(oka, invitation.pk, agrees=True)
    decide_invitation(world.seat("kato", PRO), invitation.pk, approves=True)
    assert states(world) == [InvitationState.AWAITING_PATIENT]
    with pytest.raises(Refused):
        agree_to_invitation(world.seat("mori", PAT), invitation.pk, agrees=True)
    agree_to_invitation(oka, invitation.pk, agrees=True)

    assert states(world) == [InvitationState.AWAITING_REGISTRATION]


def test_where_the_patient_has_left_what_is_sent_again_waits_for_them_no_longer(
    world: World,
) -> None:
    agreed(world)
    patient = the_patient(world)
    invitation = invite(world, "kato", professional()).invitation
    end_membership(world.seat("oka", PAT), patient.pk)
    before = states(world)

    resend_invitation(world.seat("kato", PRO), invitation.pk)

    assert before == [InvitationState.AWAITING_PATIENT]
    assert states(world) == [InvitationState.AWAITING_JOIN]


def test_the_patient_can_say_no(world: World) -> None:
    agreed(world)
    the_patient(world)
    invitation = invite(world, "kato", professional()).invitation

    agree_to_invitation(world.seat("oka", PAT), invitation.pk, agrees=False)

    assert ended(invitation) == InvitationEnd.NOT_AGREED
    assert invitations_to(world.actor("ito")) == []


@pytest.mark.control("5.18")
def test_every_member_sees_who_is_invited_and_only_some_the_address(world: World) -> None:
    agreed(world)
    the_patient(world)
    invite(world, "sato", family())

    rows = {
        who: waiting_in(world.seat(who, side))[0]
        for who, side in (("kato", PRO), ("sato", PRO), ("mori", PAT), ("oka", PAT))
    }

    assert {row.name for row in rows.values()} == {"佐伯 美紀"}
    assert {row.inviter for row in rows.values()} == {"佐藤 一郎"}
    assert {who: row.email != "" for who, row in rows.items()} == {
        "kato": True,
        "sato": True,
        "mori": False,
        "oka": False,
    }
    assert (rows["kato"].may_approve, rows["sato"].is_own) == (True, True)
    assert not any(row.may_approve or row.may_agree for who, row in rows.items() if who != "kato")


def facts_of(kind: type[F]) -> list[F]:
    rows = LoggedFact.objects.filter(kind=kind.kind).values()
    return [fact for row in rows if isinstance(fact := fact_of(dict(row)), kind)]


def told_by_letter() -> list[UUID]:
    jobs = ProcrastinateJob.objects.filter(task_name="accounts.mail_letter")
    letters = jobs.filter(args__letter=Letter.INVITATION_WAITS).order_by("id")
    return [UUID(one) for one in letters.values_list("args__user_id", flat=True)]


def take_desk_of(world: World, name: str) -> Desk:
    return take_desk(world.actor(name), world.staff[name].facility_id, *DESK_RIGHTS)
