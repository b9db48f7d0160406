"""A group keeps a manager who can act; with its last professional the family's places end."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from carestation.accounts.choices import Proof
from carestation.facilities.choices import EndCause, Right, StaffRole
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.desks import take_desk
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Role, Side
from carestation.groups.commands.groups import archive_group, reopen_group
from carestation.groups.commands.memberships import begin_membership, end_membership
from carestation.groups.commands.places import end_place, pause_place
from carestation.groups.commands.roles import change_role, name_manager
from carestation.groups.models.memberships import Membership
from carestation.groups.queries.seats import take_seats
from carestation.groups.queries.unmanaged import unmanaged_at
from carestation.groups.rules import Newcomer
from carestation.kernel.errors import Conflict, DomainError, NotVisible, Refused
from carestation.timeline.commands.posts import publish_post
from tests.accounts.people import clock_later
from tests.accounts.signing_in import sign_in_client
from tests.accounts.test_races import at_once, told_meanwhile, won
from tests.facilities.people import a_manager
from tests.groups.test_expiring import seated_until
from tests.groups.test_talks import a_stranger
from tests.world import FACE_SHEET, World, a_draft

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT
MANAGER, MEMBER = Role.MANAGER, Role.PROFESSIONAL


def a_client(world: World, who: str) -> Client:
    client = Client()
    sign_in_client(client, world.people[who], proof=Proof.TOTP)
    return client


def path_of(world: World, name: str, who: str | None = None) -> str:
    ids = [world.group.pk, PRO] + ([world.membership(who).pk] if who else [])
    return reverse(f"timeline:{name}", args=ids)


def managers(world: World) -> set[str]:
    rows = Membership.objects.active().of_group(world.group.pk).filter(role=MANAGER)
    return {name for name, one in world.people.items() if rows.of_person(one.pk).exists()}


def name_sato(world: World) -> None:
    change_role(world.seat("kato", PRO), world.membership("sato").pk, MANAGER)


@pytest.mark.control("5.18")
def test_a_manager_names_another_and_steps_back(world: World) -> None:
    before = {side: world.timeline(side).seq for side in (PRO, PAT)}

    name_sato(world)
    change_role(world.seat("kato", PRO), world.membership("kato").pk, MEMBER)

    assert managers(world) == {"sato"}
    assert {side: world.timeline(side).seq - before[side] for side in before} == {PRO: 2, PAT: 2}
    told = LoggedFact.objects.filter(kind="groups.RoleChanged").order_by("id")
    assert [(one.actor_id, one.detail["role"]) for one in told] == [
        (world.people["kato"].pk, "manager"),
        (world.people["kato"].pk, "professional"),
    ]


@pytest.mark.control("5.18")
def test_the_only_manager_neither_steps_back_nor_leaves(world: World) -> None:
    seat, own = world.seat("kato", PRO), world.membership("kato").pk

    with pytest.raises(Conflict, match="only_manager"):
        change_role(seat, own, MEMBER)
    with pytest.raises(Conflict, match="only_manager"):
        end_membership(seat, own)

    assert managers(world) == {"kato"}


@pytest.mark.control("5.18")
def test_a_manager_whose_place_is_paused_does_not_count(world: World) -> None:
    name_sato(world)
    pause_place(a_manager(world), world.staff["sato"].pk)

    with pytest.raises(Conflict, match="only_manager"):
        end_membership(world.seat("kato", PRO), world.membership("kato").pk)


@pytest.mark.control("5.18")
def test_nobody_whose_place_is_paused_and_nobody_of_the_family_is_named(world: World) -> None:
    pause_place(a_manager(world), world.staff["sato"].pk)
    seat = world.seat("kato", PRO)

    with pytest.raises(DomainError, match="place_is_paused"):
        change_role(seat, world.membership("sato").pk, MANAGER)
    with pytest.raises(DomainError, match="family_manages_nothing"):
        change_role(seat, world.membership("mori").pk, MANAGER)
    with pytest.raises(DomainError, match="family_manages_nothing"):
        change_role(seat, world.membership("sato").pk, Role.FAMILY)

    assert managers(world) == {"kato"}


@pytest.mark.control("5.18")
@pytest.mark.parametrize(("who", "side"), [("sato", PRO), ("mori", PAT)])
def test_others_name_nobody_not_even_themselves(world: World, who: str, side: Side) -> None:
    with pytest.raises(Refused):
        change_role(world.seat(who, side), world.membership(who).pk, MANAGER)


@pytest.mark.control("5.18")
def test_a_manager_who_was_let_go_names_nobody_with_a_seat_in_hand(world: World) -> None:
    name_sato(world)
    seat = world.seat("kato", PRO)
    change_role(world.seat("sato", PRO), world.membership("kato").pk, MEMBER)

    with pytest.raises(Refused):
        change_role(seat, world.membership("sato").pk, MEMBER)


@pytest.mark.control("5.18")
@pytest.mark.parametrize("turn", range(3))
def test_of_two_managers_who_go_at_once_one_stays(committed_world: World, turn: int) -> None:
    world = committed_world
    name_sato(world)
    seats = {who: world.seat(who, PRO) for who in ("kato", "sato")}
    own = {who: world.membership(who).pk for who in seats}
    acts = (
        lambda: end_membership(seats["kato"], own["kato"]),
        lambda: change_role(seats["sato"], own["sato"], MEMBER),
        lambda: change_role(seats["kato"], own["sato"], MEMBER),
        lambda: end_membership(seats["sato"], own["kato"]),
    )

    at_once(4, lambda number: acts[(number + turn) % 4]())

    assert len(managers(world)) == 1


def test_sixteen_presses_name_once(committed_world: World) -> None:
    world = committed_world
    seat, sato = world.seat("kato", PRO), world.membership("sato").pk

    results = at_once(16, lambda _: change_role(seat, sato, MANAGER))

    assert won(results) == 1
    assert LoggedFact.objects.filter(kind="groups.RoleChanged").count() == 1


def test_the_pages_hand_a_group_over(world: World) -> None:
    client = a_client(world, "kato")
    members = client.get(path_of(world, "members")).content.decode()
    asked = client.get(path_of(world, "member_role", "sato")).content.decode()
    named = client.post(path_of(world, "member_role", "sato"), {"role": "manager"})
    left = client.post(path_of(world, "end_member", "kato"))

    assert path_of(world, "member_role", "sato") in members
    assert "佐藤 一郎 さんの役割を変えますか" in asked
    assert (named.status_code, left["Location"]) == (302, "/")
    assert managers(world) == {"sato"}


@pytest.mark.control("8.2")
def test_who_names_a_manager_has_just_shown_who_they_are(world: World) -> None:
    client, path = a_client(world, "kato"), path_of(world, "member_role", "sato")

    with clock_later(11 * 60):
        asked, named = client.get(path), client.post(path, {"role": "manager"})

    for answer in (asked, named):
        assert answer["Location"].startswith(reverse("accounts:reopening"))
    assert managers(world) == {"kato"}


def test_the_only_manager_reads_why_they_stay_before_and_after(world: World) -> None:
    client = a_client(world, "kato")

    asked = client.get(path_of(world, "end_member", "kato"))
    left = client.post(path_of(world, "end_member", "kato"))
    back = client.post(path_of(world, "member_role", "kato"), {"role": "professional"})

    assert "ただひとりの管理者です" in asked.content.decode()
    assert ">脱退する<" not in asked.content.decode()
    for answer in (left, back):
        assert answer.status_code == 422
        assert "先に、ほかの方をグループの管理者にしてから" in answer.content.decode()


def test_a_role_that_is_none_keeps_the_page(world: World) -> None:
    path = path_of(world, "member_role", "sato")

    assert a_client(world, "kato").post(path, {"role": "family"}).status_code == 422


@pytest.mark.control("8.3")
def test_with_the_last_professional_the_family_is_gone_too(world: World) -> None:
    desk = a_manager(world)
    end_place(desk, world.staff["sato"].pk, EndCause.MOVED)
    before = [seat.side for seat in take_seats(world.actor("mori"))]
    mori = world.membership("mori")

    end_place(desk, world.staff["kato"].pk, EndCause.MOVED)

    assert (before, take_seats(world.actor("mori"))) == ([PAT], [])
    ended = LoggedFact.objects.filter(kind="groups.MembershipEnded", object_id=mori.pk)
    assert ended.get().actor_id == desk.actor.user_id
    assert not Membership.objects.active().of_group(world.group.pk).exists()


@pytest.mark.control("8.3")
def test_a_relative_with_a_seat_in_hand_writes_nothing_after_the_last_professional(
    world: World,
) -> None:
    desk, seat = a_manager(world), world.seat("mori", PAT)
    for who in ("sato", "kato"):
        end_place(desk, world.staff[who].pk, EndCause.MOVED)

    with pytest.raises(Refused):
        publish_post(seat, a_draft())


@pytest.mark.control("8.3")
def test_who_came_in_an_emergency_keeps_no_family_and_manages_nothing(world: World) -> None:
    desk = a_manager(world)
    guest = seated_until(world, timezone.now() + timedelta(hours=1))
    with pytest.raises(DomainError, match="seat_ends_by_itself"):
        change_role(world.seat("kato", PRO), guest.pk, MANAGER)

    for who in ("sato", "kato"):
        end_place(desk, world.staff[who].pk, EndCause.MOVED)

    assert take_seats(world.actor("mori")) == []
    assert [seat.group_id for seat in take_seats(world.actor("ito"))].count(world.group.pk) == 2


def test_the_family_stays_while_a_professional_is_only_paused(world: World) -> None:
    desk = a_manager(world)
    end_place(desk, world.staff["sato"].pk, EndCause.MOVED)
    pause_place(desk, world.staff["kato"].pk)

    assert [seat.side for seat in take_seats(world.actor("mori"))] == [PAT]


def test_a_closed_group_is_reopened_by_its_manager_and_written_again(world: World) -> None:
    archive_group(world.seat("kato", PRO))
    page = a_client(world, "kato").get(path_of(world, "members")).content.decode()
    answer = a_client(world, "kato").post(path_of(world, "reopen"))

    assert "グループを再開する" in page
    assert answer.status_code == 302
    publish_post(world.seat("sato", PRO), a_draft())
    assert LoggedFact.objects.filter(kind="groups.GroupReopened").count() == 1


@pytest.mark.control("5.18")
def test_nobody_else_reopens_and_nothing_open_is_reopened(world: World) -> None:
    with pytest.raises(Conflict):
        reopen_group(world.seat("kato", PRO))
    archive_group(world.seat("kato", PRO))

    with pytest.raises(Refused):
        reopen_group(world.seat("sato", PRO))
    with pytest.raises(NotVisible):
        reopen_group(world.seat("ueda", PRO))


@pytest.mark.control("8.2")
def test_the_desk_names_a_manager_where_none_is_left_and_learns_no_name(world: World) -> None:
    desk = a_manager(world)
    end_place(desk, world.staff["kato"].pk, EndCause.RETIRED)
    client = a_client(world, "abe")
    path = reverse("groups:unmanaged", args=[world.facility.pk])

    asked = client.get(path).content.decode()
    answer = client.post(path, {"membership": world.membership("sato").pk})

    assert "佐藤 一郎（医師）" in asked
    assert FACE_SHEET.name not in asked
    assert (answer.status_code, managers(world)) == (302, {"sato"})
    fact = LoggedFact.objects.get(kind="groups.RoleChanged")
    assert (fact.actor_id, fact.facility_id) == (desk.actor.user_id, world.facility.pk)
    assert "佐藤 一郎" not in client.get(path).content.decode()


@pytest.mark.control("8.2")
def test_the_desk_names_nobody_beside_a_manager_who_can_act(world: World) -> None:
    desk = a_manager(world)

    with pytest.raises(Conflict, match="has_manager"):
        name_manager(desk, world.membership("sato").pk)
    pause_place(desk, world.staff["kato"].pk)
    name_manager(desk, world.membership("sato").pk)

    assert managers(world) == {"kato", "sato"}


@pytest.mark.control("8.2")
def test_the_desk_names_neither_family_nor_guests_nor_anyone_of_another_facility(
    world: World,
) -> None:
    desk, place = a_manager(world), a_stranger(world)
    stranger = Newcomer(user_id=place.user_id, role=MEMBER, staff_id=place.pk)
    others = [
        begin_membership(world.seat("kato", PRO), stranger).pk,
        world.membership("mori").pk,
        seated_until(world, timezone.now() + timedelta(hours=1)).pk,
    ]
    end_place(desk, world.staff["kato"].pk, EndCause.RETIRED)

    for one in others:
        with pytest.raises(NotVisible):
            name_manager(desk, one)

    assert managers(world) == set()


@pytest.mark.control("8.2")
def test_another_facilitys_desk_sees_and_names_nothing(world: World) -> None:
    end_place(a_manager(world), world.staff["kato"].pk, EndCause.RETIRED)
    place = a_stranger(world)
    Staff.objects.filter(pk=place.pk).update(role=StaffRole.MANAGER)
    desk = take_desk(world.actor("oka"), place.facility_id, Right.NAME_MANAGERS)

    with pytest.raises(NotVisible):
        name_manager(desk, world.membership("sato").pk)
    assert unmanaged_at(desk) == []


def test_two_managers_of_the_facility_name_one_at_once(committed_world: World) -> None:
    world = committed_world
    desk = a_manager(world)
    begin_membership(
        world.seat("kato", PRO),
        Newcomer(user_id=world.people["ueda"].pk, role=MEMBER, staff_id=world.staff["ueda"].pk),
    )
    end_place(desk, world.staff["kato"].pk, EndCause.RETIRED)
    named = [world.membership(who).pk for who in ("sato", "ueda")]

    results = at_once(8, lambda number: name_manager(desk, named[number % 2]))

    assert won(results) == 1
    assert len(managers(world)) == 1


@pytest.mark.control("5.18")
def test_who_becomes_the_only_manager_in_this_moment_does_not_leave(
    committed_world: World,
) -> None:
    kato, sato = (committed_world.seat(name, PRO) for name in ("kato", "sato"))

    def hand_over() -> None:
        change_role(kato, sato.membership_id, Role.MANAGER)
        change_role(committed_world.seat("sato", PRO), kato.membership_id, Role.PROFESSIONAL)

    told = told_meanwhile(partial(end_membership, sato, sato.membership_id), hand_over)

    assert told == "Conflict"
    assert managers(committed_world) == {"sato"}
