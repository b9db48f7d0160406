"""What a desk is opened with: what is to do, for whoever may do it; and who manages."""

import pytest
from django.test import Client
from django.urls import reverse

from carestation.accounts.choices import Device, Proof, SessionKind
from carestation.accounts.commands.factors import give_fixed_secret
from carestation.accounts.commands.sessions import Where
from carestation.accounts.commands.sign_in import WrongSignIn, sign_in
from carestation.facilities.choices import Profession, Right, StaffRole, Todo
from carestation.facilities.commands.invitations import invite_staff
from carestation.facilities.commands.staff import NewCalling, change_staff, review_staff
from carestation.facilities.queries.staff import mark_of_list
from carestation.facilities.queries.todos import top_of
from carestation.facilities.rules import RIGHT_FOR, Desk
from carestation.kernel.errors import TooMany
from carestation.kernel.ids import uuid7
from tests.accounts.people import clock_later
from tests.accounts.signing_in import sign_in_client
from tests.facilities.people import a_holder, a_manager, an_invited, desk_of
from tests.groups.people import agreed, family, invite
from tests.patients.emergencies import an_emergency
from tests.world import World

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STAFF = ("abe", "kato", "sato", "ito", "ueda")


def told(desk: Desk) -> dict[Todo, int]:
    return {one.what: one.count for one in top_of(desk).todos}


def signed_in(world: World, name: str) -> Client:
    client = Client()
    sign_in_client(client, world.people[name], proof=Proof.TOTP)
    return client


def all_done(world: World) -> Desk:
    """Let everyone have a factor, Kato manage too, and the list be signed."""
    desk = a_manager(world)
    for name in STAFF:
        give_fixed_secret(world.people[name].pk, SECRET)
    manager = NewCalling(profession=Profession.VISITING_NURSE, role=StaffRole.MANAGER)
    change_staff(desk, world.staff["kato"].pk, manager)
    review_staff(desk, mark=mark_of_list(desk.facility_id))
    return desk


def try_wrongly(world: World, name: str) -> None:
    where = Where(kind=SessionKind.BROWSER, device=Device.COMPUTER, address="203.0.113.9")
    with pytest.raises((WrongSignIn, TooMany)):
        sign_in(f"{name}@tsukimizaka.example", "wrong-wrong-wrong", where, request_id=uuid7())


@pytest.mark.control("8.2")
def test_what_is_missing_waits_and_leads_to_where_it_is_done(world: World) -> None:
    desk = a_manager(world)
    invite_staff(desk, [an_invited()])

    page = signed_in(world, "abe").get(reverse("patients:top", args=[world.facility.pk])).text

    assert told(desk) == {Todo.FACTORS: 5, Todo.REVIEW: 5, Todo.SECOND_MANAGER: 1}
    assert "2段階の確認がまだの人がいます（5）" in page
    for name in ("staff", "review"):
        path = reverse(f"facilities:{name}", args=[world.facility.pk])
        assert f'todo" href="{path}"' in page


@pytest.mark.control("8.2")
def test_when_nothing_waits_the_page_says_so_and_shows_the_managers_last_use(
    world: World,
) -> None:
    desk = all_done(world)
    client = signed_in(world, "abe")

    page = client.get(reverse("patients:top", args=[world.facility.pk])).text

    assert told(desk) == {}
    assert "すべて済んでいます" in page
    assert "施設の管理者（2人）" in page
    shown = {one.name: one.last_used_at is not None for one in top_of(desk).managers}
    assert shown == {"阿部 誠": True, "加藤 恵子": False}


@pytest.mark.control("5.18")
def test_an_invitation_waits_from_two_days_before_its_end(world: World) -> None:
    desk = all_done(world)
    invite_staff(desk, [an_invited()])
    day = 24 * 60 * 60

    with clock_later(5 * day - 60):
        before = told(desk)
    with clock_later(5 * day + 60):
        soon = told(desk)
    with clock_later(8 * day):
        over = told(desk)

    assert [one.get(Todo.INVITATIONS) for one in (before, soon, over)] == [None, 1, 1]


@pytest.mark.control("8.5")
def test_who_is_often_refused_within_a_day_is_counted_once(world: World) -> None:
    desk = all_done(world)

    for _ in range(4):
        try_wrongly(world, "sato")
    few = told(desk)
    for _ in range(2):
        try_wrongly(world, "sato")
    try_wrongly(world, "kato")
    often = told(desk)
    with clock_later(25 * 60 * 60):
        later = told(desk)

    assert (few, often, later) == ({}, {Todo.REFUSALS: 1}, {})


@pytest.mark.control("5.18")
def test_what_the_people_do_in_groups_waits_for_who_approves_and_looks_into_it(
    world: World,
) -> None:
    all_done(world)
    an_emergency(world, "ito")
    agreed(world)
    invite(world, "sato", family())

    page = signed_in(world, "abe").get(reverse("patients:top", args=[world.facility.pk])).text

    assert f"{Todo.EMERGENCIES.label}（1）" in page
    assert f"{Todo.APPROVALS.label}（1）" in page
    for name in ("patients:emergencies", "groups:waiting"):
        assert f'todo" href="{reverse(name, args=[world.facility.pk])}"' in page


@pytest.mark.control("5.18")
@pytest.mark.parametrize("right", [Right.INVITE_STAFF, Right.SIGN_REVIEW], ids=str)
def test_nobody_is_told_of_what_they_may_do_nothing_about(world: World, right: Right) -> None:
    desk = a_manager(world)
    invite_staff(desk, [an_invited()])
    a_holder(world, desk, "sato", right)

    with clock_later(6 * 24 * 60 * 60):
        seen = top_of(desk_of(world, "sato"))
        held = desk_of(world, "sato").rights

    assert {one.what for one in seen.todos} <= {
        what for what, wanted in RIGHT_FOR.items() if wanted in held
    }
    assert {RIGHT_FOR[one.what] for one in seen.todos} >= {right}
    assert bool(seen.managers) is (Right.SEE_STAFF in held)
