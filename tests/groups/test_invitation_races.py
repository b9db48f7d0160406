"""Many at once: one joins, and nobody through what has just ended."""

from functools import partial

import pytest

from carestation.facilities.choices import EndCause
from carestation.groups.choices import InvitationEnd
from carestation.groups.commands.approvals import decide_invitation
from carestation.groups.commands.invitations import cancel_invitation, resend_invitation
from carestation.groups.commands.joining import (
    join_as_known,
    join_as_new,
    join_by_code,
    join_invited,
)
from carestation.groups.commands.memberships import end_membership
from carestation.groups.commands.places import end_place
from carestation.groups.models.invitations import Invitation
from carestation.groups.models.memberships import Membership
from carestation.kernel.ids import uuid7
from carestation.patients.commands.consents import withdraw_consent
from carestation.ui.times import local_date
from tests.accounts.test_races import at_once, told_meanwhile, won
from tests.facilities.people import a_manager
from tests.groups.people import DRAFT, PRO, agreed, family, invite, professional, token_of
from tests.world import World


def joined(world: World) -> int:
    return Membership.objects.active().of_group(world.group.pk).count() - 3


@pytest.mark.control("5.17")
def test_of_sixteen_with_the_same_link_one_registers_and_sits(committed_world: World) -> None:
    agreed(committed_world)
    token = token_of(invite(committed_world, "kato", family()).invitation)

    results = at_once(16, lambda _: join_as_new(token, DRAFT, request_id=uuid7()))

    assert (won(results), joined(committed_world)) == (1, 1)


@pytest.mark.control("5.17")
def test_of_sixteen_presses_by_link_and_page_one_sits(committed_world: World) -> None:
    world = committed_world
    agreed(world)
    invitation = invite(world, "kato", professional()).invitation
    token, ito = token_of(invitation), world.actor("ito")

    results = at_once(
        16,
        lambda number: (
            join_as_known(ito, token, None)
            if number % 2
            else join_invited(ito, invitation.pk, None)
        ),
    )

    assert (won(results), joined(world)) == (1, 1)


@pytest.mark.control("5.17")
def test_of_many_who_hold_one_code_one_sits(committed_world: World) -> None:
    world = committed_world
    agreed(world)
    code = invite(world, "kato", professional("")).code

    results = at_once(
        16, lambda number: join_by_code(world.actor(("ito", "ueda")[number % 2]), code, None)
    )

    assert (won(results), joined(world)) == (1, 1)


@pytest.mark.control("5.16")
def test_an_address_is_invited_once_by_many_at_once(committed_world: World) -> None:
    agreed(committed_world)

    results = at_once(8, lambda _: invite(committed_world, "kato", family()))

    assert won(results) == 1
    assert Invitation.objects.waiting().count() == 1


@pytest.mark.control("5.18")
@pytest.mark.parametrize("turn", range(2))
@pytest.mark.parametrize("end", ["cancel", "resend", "leave", "place", "withdraw"])
def test_joining_and_what_ends_the_invitation_come_one_after_the_other(
    committed_world: World, end: str, turn: int
) -> None:
    world = committed_world
    consent, desk = agreed(world), a_manager(world)
    invitation = invite(world, "sato", family()).invitation
    decide_invitation(world.seat("kato", PRO), invitation.pk, approves=True)
    token, seat = token_of(invitation), world.seat("sato", PRO)
    ends: dict[str, object] = {
        "cancel": lambda: cancel_invitation(seat, invitation.pk),
        "resend": lambda: resend_invitation(seat, invitation.pk),
        "leave": lambda: end_membership(seat, seat.membership_id),
        "place": lambda: end_place(desk, world.staff["sato"].pk, EndCause.SAFETY),
        "withdraw": lambda: withdraw_consent(seat, consent.pk, withdrawn_on=local_date(), note=""),
    }

    def either(number: int) -> object:
        if (number + turn) % 2:
            return join_as_new(token, DRAFT, request_id=uuid7())
        ends[end]()  # type: ignore[operator]  # one of several commands
        return "ended"

    results = at_once(2, either)

    row = Invitation.objects.get()
    assert won(results) == (1 if row.joined_at else 0)
    assert not (row.joined_at and row.ended_at)
    assert set(results) - {"ended", "NotVisible", "Conflict"} <= {row.membership}


@pytest.mark.control("5.18")
def test_no_invitation_is_left_by_who_leaves_or_withdraws_meanwhile(
    committed_world: World,
) -> None:
    world = committed_world
    consent = agreed(world)
    seat, kato = world.seat("sato", PRO), world.seat("kato", PRO)
    acts = (
        lambda: invite(world, "sato", family("a@example.org")),
        lambda: end_membership(seat, seat.membership_id),
        lambda: invite(world, "kato", family("b@example.org")),
        lambda: withdraw_consent(kato, consent.pk, withdrawn_on=local_date(), note=""),
    )

    at_once(len(acts), lambda number: (acts[number](), "done")[1])

    assert not Invitation.objects.waiting().exists()
    causes = set(Invitation.objects.values_list("end_cause", flat=True))
    assert causes <= {InvitationEnd.INVITER_LEFT, InvitationEnd.CONSENT_GONE}


@pytest.mark.control("5.18")
def test_nobody_sits_down_through_a_place_that_ends_in_this_moment(
    committed_world: World,
) -> None:
    world, desk = committed_world, a_manager(committed_world)
    agreed(world)
    invitation, ito = invite(world, "kato", professional()).invitation, world.actor("ito")

    told = told_meanwhile(
        partial(join_invited, ito, invitation.pk, None),
        partial(end_place, desk, world.staff["ito"].pk, EndCause.RETIRED),
    )

    assert told == "DomainError"
    assert joined(world) == 0
