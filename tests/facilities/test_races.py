"""Many at once: one joins, and a facility keeps a manager."""

import pytest

from carestation.facilities.choices import EndCause, Profession, StaffRole
from carestation.facilities.commands.invitations import (
    cancel_invitation,
    invite_staff,
    join_as_known,
    join_as_new,
    resend_invitation,
)
from carestation.facilities.commands.staff import NewCalling, change_staff, pause_staff
from carestation.facilities.models.staff import Staff, StaffInvitation
from carestation.facilities.rules import Desk
from carestation.groups.commands.places import end_place
from carestation.kernel.actor import Actor
from carestation.kernel.ids import uuid7
from tests.accounts.test_races import at_once, won
from tests.facilities.people import a_manager, an_invited, desk_of
from tests.facilities.test_invitations import DRAFT, token_of
from tests.world import World, a_person

MANAGER = NewCalling(profession=Profession.CLERK, role=StaffRole.MANAGER)
MEMBER = NewCalling(profession=Profession.CLERK, role=StaffRole.MEMBER)


def two_managers(world: World) -> tuple[Desk, Desk]:
    abe = a_manager(world)
    change_staff(abe, world.staff["kato"].pk, MANAGER)
    return abe, desk_of(world, "kato")


@pytest.mark.control("5.17")
def test_of_sixteen_with_the_same_link_one_joins(committed_world: World) -> None:
    desk = a_manager(committed_world)
    [invitation] = invite_staff(desk, [an_invited()])
    token = token_of(invitation)

    results = at_once(16, lambda _: join_as_new(token, DRAFT, request_id=uuid7()))

    assert won(results) == 1
    assert StaffInvitation.objects.get().staff is not None


@pytest.mark.control("5.17")
def test_of_sixteen_of_the_same_person_one_joins(committed_world: World) -> None:
    desk, oka = a_manager(committed_world), a_person("oka")
    [invitation] = invite_staff(desk, [an_invited("oka@tsukimizaka.example")])
    token = token_of(invitation)

    results = at_once(16, lambda _: join_as_known(Actor(user_id=oka.pk, request_id=uuid7()), token))

    assert won(results) == 1
    assert Staff.objects.of_person(oka.pk).count() == 1


@pytest.mark.control("5.16")
@pytest.mark.parametrize("act", [cancel_invitation, resend_invitation])
def test_a_link_in_use_and_its_end_come_one_after_the_other(
    committed_world: World, act: object
) -> None:
    desk = a_manager(committed_world)
    [invitation] = invite_staff(desk, [an_invited()])
    token = token_of(invitation)

    def either(number: int) -> object:
        if number % 2:
            return join_as_new(token, DRAFT, request_id=uuid7())
        act(desk, invitation.pk)  # type: ignore[operator]  # one of two commands
        return "over"

    results = at_once(4, either)

    row = StaffInvitation.objects.get()
    assert won(results) == (1 if row.accepted_at else 0)
    assert not (row.accepted_at and row.cancelled_at)
    assert {result for result in results if isinstance(result, str)} <= {
        "over",
        "Conflict",
        "NotVisible",
    }


@pytest.mark.control("5.18")
@pytest.mark.parametrize("turn", range(4))
def test_of_two_managers_who_end_each_other_one_stays(committed_world: World, turn: int) -> None:
    world = committed_world
    abe, kato = two_managers(world)
    acts = (
        lambda: end_place(abe, kato.staff_id, EndCause.SAFETY),
        lambda: end_place(kato, abe.staff_id, EndCause.SAFETY),
    )

    results = at_once(2, lambda number: acts[(number + turn) % 2]())

    assert won(results) == 1
    assert Staff.objects.standing().managers().of_facility(abe.facility_id).count() == 1


@pytest.mark.control("5.18")
def test_a_manager_is_kept_whatever_two_do_at_once(committed_world: World) -> None:
    abe, kato = two_managers(committed_world)
    acts = (
        lambda: pause_staff(abe, kato.staff_id),
        lambda: change_staff(kato, abe.staff_id, MEMBER),
        lambda: end_place(kato, kato.staff_id, EndCause.MOVED),
        lambda: pause_staff(abe, abe.staff_id),
    )

    at_once(len(acts), lambda number: acts[number]())

    assert Staff.objects.standing().managers().of_facility(abe.facility_id).count() == 1
