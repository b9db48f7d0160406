"""Two people have one talk, opened with those whom one knows from work."""

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from carestation.accounts.choices import Proof
from carestation.accounts.models import User
from carestation.facilities.choices import EndCause, FacilityKind, Profession, Right, StaffRole
from carestation.facilities.commands.places import open_facility
from carestation.facilities.commands.staff import begin_staff
from carestation.facilities.models.facilities import Facility
from carestation.facilities.models.staff import Staff
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Kind, Role, Side
from carestation.groups.commands.memberships import begin_membership, end_membership
from carestation.groups.commands.places import end_place
from carestation.groups.commands.talks import open_talk
from carestation.groups.models.groups import Group, Pair
from carestation.groups.models.memberships import Membership
from carestation.groups.queries.contacts import contacts_of, find_contact
from carestation.groups.queries.seats import take_seat
from carestation.groups.rules import Newcomer
from carestation.kernel.errors import DomainError, NotVisible
from carestation.timeline.commands.posts import publish_post
from carestation.timeline.queries.messages import messages_before
from tests.accounts.signing_in import sign_in_client
from tests.accounts.test_races import at_once, wait_until_someone_waits, won
from tests.facilities.people import a_holder, a_manager
from tests.world import World, a_draft, a_person


def a_newcomer(world: World, who: str) -> Newcomer:
    user_id, staff_id = world.people[who].pk, world.staff[who].pk
    return Newcomer(user_id=user_id, role=Role.PROFESSIONAL, staff_id=staff_id)


def talk(world: World, one: str, other: str) -> Group:
    return open_talk(world.actor(one), a_newcomer(world, one), a_newcomer(world, other))


def names(world: World, who: str) -> list[str]:
    return [one.name for one in contacts_of(world.actor(who))]


def a_stranger(world: World) -> Staff:
    """Let Oka work in a facility of their own."""
    world.people["oka"] = a_person("oka")
    actor = world.actor("kato")
    facility = open_facility(actor, name="桜台薬局", kind=FacilityKind.PHARMACY)
    world.staff["oka"] = begin_staff(
        actor,
        facility.pk,
        world.people["oka"].pk,
        profession=Profession.PHARMACIST,
        role=StaffRole.MEMBER,
    )
    return world.staff["oka"]


def test_whoever_of_two_opens_their_talk_it_is_the_same(world: World) -> None:
    first = talk(world, "ito", "sato")

    assert talk(world, "sato", "ito") == first == talk(world, "ito", "sato")
    assert talk(world, "ito", "kato") != first
    assert Membership.objects.active().of_group(first.pk).count() == 2
    assert LoggedFact.objects.filter(kind="groups.MembershipBegan", group_id=first.pk).count() == 2


def test_of_sixteen_who_open_the_talk_of_two_at_once_all_get_the_same_one(
    committed_world: World,
) -> None:
    pairs = (("ito", "sato"), ("sato", "ito"))

    results = at_once(16, lambda number: talk(committed_world, *pairs[number % 2]))

    assert won(results) == 16
    assert Group.objects.filter(kind=Kind.DIRECT).count() == Pair.objects.count() == 1
    assert Membership.objects.active().filter(group__kind=Kind.DIRECT).count() == 2


def test_who_left_a_talk_comes_back_to_what_was_said(world: World) -> None:
    group = talk(world, "ito", "sato")
    publish_post(take_seat(world.actor("ito"), group.pk, Side.ALL), a_draft("控えました。"))
    seat = take_seat(world.actor("sato"), group.pk, Side.ALL)
    end_membership(seat, seat.membership_id)

    again = talk(world, "ito", "sato")

    back = take_seat(world.actor("sato"), again.pk, Side.ALL)
    assert again == group
    assert [one.body for one in messages_before(back, None)] == ["控えました。"]


def test_nobody_talks_with_themselves(world: World) -> None:
    with pytest.raises(DomainError):
        talk(world, "ito", "ito")


@pytest.mark.control("8.3")
def test_one_talks_with_colleagues_and_with_professionals_of_ones_groups(world: World) -> None:
    stranger = a_stranger(world)
    before = names(world, "kato")
    newcomer = Newcomer(user_id=stranger.user_id, role=Role.PROFESSIONAL, staff_id=stranger.pk)
    begin_membership(world.seat("kato", Side.PROFESSIONAL), newcomer)

    assert before == ["伊藤 実", "上田 静", "佐藤 一郎"]
    assert names(world, "kato") == ["伊藤 実", "上田 静", "岡 理恵", "佐藤 一郎"]
    assert names(world, "oka") == ["加藤 恵子", "佐藤 一郎"]
    assert names(world, "ito") == ["上田 静", "加藤 恵子", "佐藤 一郎"]


@pytest.mark.control("8.3")
def test_the_family_talks_with_nobody_and_nobody_with_them(world: World) -> None:
    assert names(world, "mori") == []
    with pytest.raises(NotVisible):
        find_contact(world.actor("kato"), world.people["mori"].pk)


@pytest.mark.control("8.3")
@pytest.mark.parametrize("lack", ["ended", "paused", "not approved"])
def test_who_has_no_standing_place_is_no_contact(world: World, lack: str) -> None:
    if lack == "ended":
        end_place(a_manager(world), world.staff["sato"].pk, EndCause.RETIRED)
    if lack == "paused":
        Staff.objects.filter(pk=world.staff["sato"].pk).update(paused_at=timezone.now())
    if lack == "not approved":
        Facility.objects.filter(pk=world.facility.pk).update(approved_at=None)

    assert "佐藤 一郎" not in names(world, "kato")
    assert names(world, "sato") == []


def test_pressing_a_name_leads_to_the_talk(world: World) -> None:
    client = Client()
    sign_in_client(client, world.people["ito"])
    said = {"person": world.people["sato"].pk}

    answers = [client.post(reverse("groups:begin_talk"), said) for _ in range(2)]

    group = Group.objects.get(kind=Kind.DIRECT)
    path = reverse("timeline:timeline", args=[group.pk, "all"])
    assert [one["Location"] for one in answers] == [path, path]
    assert "佐藤 一郎" in client.get(path).content.decode()
    assert "佐藤 一郎" in client.get("/").content.decode()


@pytest.mark.control("8.3")
@pytest.mark.parametrize("who", ["oka", "mori", "ito", "nobody", ""])
def test_a_stranger_the_family_and_nobody_look_alike(world: World, who: str) -> None:
    a_stranger(world)
    client = Client()
    sign_in_client(client, world.people["ito"])
    said = {"person": world.people[who].pk if who in world.people else who}

    assert client.post(reverse("groups:begin_talk"), said).status_code == 404
    assert not Pair.objects.exists()


@pytest.mark.control("5.18")
def test_who_may_not_open_groups_is_offered_no_talk_among_the_members(world: World) -> None:
    path = reverse("timeline:members", args=[world.group.pk, "professional"])
    client = Client()
    sign_in_client(client, world.people["sato"], proof=Proof.TOTP)
    before = client.get(path).content.decode()
    a_holder(world, a_manager(world), "sato", Right.SEE_STAFF)

    after = client.get(path).content.decode()

    assert "話す" in before
    assert "佐藤 一郎" in after
    assert "話す" not in after


@pytest.mark.parametrize("words", ["さとう", "サトウ", "佐藤", "一郎"])
def test_one_is_found_by_name_and_reading(world: World, words: str) -> None:
    client = Client()
    sign_in_client(client, world.people["ito"])

    page = client.get(reverse("groups:begin_talk"), {"words": words}).content.decode()

    assert "佐藤 一郎" in page
    assert "加藤 恵子" not in page


@pytest.mark.parametrize("words", ["すずかけどおり", "スズカケドオリ", "ｽｽﾞｶｹﾄﾞｵﾘ", "すずかけ通り"])
def test_one_is_found_by_the_reading_of_ones_facility(world: World, words: str) -> None:
    facility = open_facility(
        world.actor("kato"),
        name="すずかけ通り薬局",
        kana="すずかけどおりやっきょく",
        kind=FacilityKind.PHARMACY,
    )
    Staff.objects.filter(pk=world.staff["sato"].pk).update(facility=facility)
    client = Client()
    sign_in_client(client, world.people["kato"])

    page = client.get(reverse("groups:begin_talk"), {"words": words}).content.decode()

    assert "佐藤 一郎" in page
    assert "伊藤 実" not in page


def test_talks_from_before_have_their_pair(world: World) -> None:
    groups = [talk(world, one, "kato") for one in ("ito", "sato")]
    before = set(Pair.objects.values_list("group_id", "lower_id", "higher_id"))
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("DELETE FROM groups_pair")
        statement = import_module("carestation.groups.migrations.0006_pairs_of_talks").PAIR
        for _ in range(2):
            cursor.execute(statement)

    assert set(Pair.objects.values_list("group_id", "lower_id", "higher_id")) == before
    assert len(before) == len(groups)


@pytest.mark.control("5.18")
def test_a_talk_that_begins_while_a_place_ends_blocks_nobody(committed_world: World) -> None:
    world, desk = committed_world, a_manager(committed_world)
    people = sorted(("kato", "sato"), key=lambda name: world.people[name].pk)

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            User.objects.select_for_update(no_key=True).get(pk=world.people[people[1]].pk)
            talking = pool.submit(at_once, 1, lambda _: talk(world, *people))
            wait_until_someone_waits()
            ending = pool.submit(
                at_once, 1, lambda _: end_place(desk, world.staff[people[0]].pk, EndCause.RETIRED)
            )
            wait_until_someone_waits(2)
        [begun], [ended] = talking.result(timeout=30), ending.result(timeout=30)

    assert isinstance(begun, Group)
    assert begun.pk in {one.group_id for one in ended}  # type: ignore[attr-defined]  # memberships
