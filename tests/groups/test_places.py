"""A place ends or pauses, and every seat held through it, at once."""

import pytest
from django.test import Client
from django.urls import reverse

from carestation.accounts.choices import Proof
from carestation.facilities.choices import EndCause, FacilityKind, Profession, StaffRole
from carestation.facilities.commands.places import open_facility
from carestation.facilities.commands.staff import begin_staff
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Kind, Role, Side
from carestation.groups.commands.places import end_place, pause_place, resume_place
from carestation.groups.models.memberships import Membership
from carestation.groups.queries.seats import groups_left_alone, take_seats
from carestation.kernel.errors import Conflict, DomainError, NotVisible, Refused
from carestation.timeline.commands.posts import publish_post
from carestation.timeline.queries.messages import page_of_threads
from tests.accounts.signing_in import sign_in_client
from tests.facilities.people import a_manager
from tests.world import World, a_draft

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT


@pytest.mark.control("5.18")
def test_with_a_place_end_the_seats_held_through_it(world: World) -> None:
    desk = a_manager(world)
    before = {side: world.timeline(side).seq for side in (PRO, PAT)}

    held = end_place(desk, world.staff["sato"].pk, EndCause.RETIRED)

    assert [one.group_id for one in held] == [world.group.pk]
    assert take_seats(world.actor("sato")) == []
    after = {side: world.timeline(side).seq for side in (PRO, PAT)}
    assert after == {side: before[side] + 1 for side in (PRO, PAT)}
    ended = LoggedFact.objects.filter(kind="groups.MembershipEnded", object_id=held[0].pk)
    assert ended.get().actor_id == desk.actor.user_id


@pytest.mark.control("5.18")
def test_a_seat_in_hand_writes_nothing_after_the_end(world: World) -> None:
    desk = a_manager(world)
    seat = world.seat("sato", PRO)
    end_place(desk, world.staff["sato"].pk, EndCause.SAFETY)

    with pytest.raises(Refused):
        publish_post(seat, a_draft())


@pytest.mark.control("5.18")
def test_what_the_leaver_wrote_stays(world: World) -> None:
    desk = a_manager(world)
    publish_post(world.seat("sato", PRO), a_draft("血圧は落ち着いています。"))

    end_place(desk, world.staff["sato"].pk, EndCause.MOVED)

    [thread] = page_of_threads(world.seat("kato", PRO)).threads
    assert thread.body == "血圧は落ち着いています。"


@pytest.mark.control("5.18")
def test_a_paused_place_gives_no_seat_until_it_is_resumed(world: World) -> None:
    desk = a_manager(world)
    own = Membership.objects.get(user=world.people["sato"], group=world.group)

    pause_place(desk, world.staff["sato"].pk)
    while_paused = take_seats(world.actor("sato"))
    resume_place(desk, world.staff["sato"].pk)

    assert while_paused == []
    assert {seat.membership_id for seat in take_seats(world.actor("sato"))} == {own.pk}


@pytest.mark.control("8.5")
def test_the_sessions_end_with_the_last_place_alone(world: World) -> None:
    desk = a_manager(world)
    elsewhere = open_facility(desk.actor, name="雨つぶ循環器クリニック", kind=FacilityKind.CLINIC)
    for name in ("sato", "ito"):
        sign_in_client(Client(), world.people[name], proof=Proof.TOTP)
    begin_staff(
        desk.actor,
        elsewhere.pk,
        world.people["ito"].pk,
        profession=Profession.PHARMACIST,
        role=StaffRole.MEMBER,
    )

    for name in ("sato", "ito"):
        end_place(desk, world.staff[name].pk, EndCause.RETIRED)

    ended = LoggedFact.objects.filter(kind="accounts.SessionEnded")
    assert [one.detail["person_id"] for one in ended] == [str(world.people["sato"].pk)]


def test_nothing_of_an_end_stays_where_it_is_refused(world: World) -> None:
    desk = a_manager(world)

    with pytest.raises(DomainError, match="last_manager"):
        end_place(desk, world.staff["abe"].pk, EndCause.RETIRED)
    end_place(desk, world.staff["ito"].pk, EndCause.RETIRED)
    with pytest.raises(Conflict):
        end_place(desk, world.staff["ito"].pk, EndCause.RETIRED)


@pytest.mark.control("8.3")
def test_groups_that_lose_their_only_manager_are_named_without_the_patient(world: World) -> None:
    desk = a_manager(world)

    [one] = groups_left_alone(desk, world.staff["kato"].pk)

    assert (one.kind, one.others, one.colleagues) == (Kind.PATIENT, 2, ("佐藤 一郎",))
    assert groups_left_alone(desk, world.staff["sato"].pk) == []


@pytest.mark.control("8.3")
def test_the_desk_of_one_facility_ends_nothing_in_another(world: World) -> None:
    desk = a_manager(world)
    elsewhere = open_facility(desk.actor, name="すずかけ通り薬局", kind=FacilityKind.PHARMACY)
    other = begin_staff(
        desk.actor,
        elsewhere.pk,
        world.people["ueda"].pk,
        profession=Profession.PHARMACIST,
        role=StaffRole.MANAGER,
    )

    with pytest.raises(NotVisible):
        end_place(desk, other.pk, EndCause.SAFETY)

    assert groups_left_alone(desk, other.pk) == []


@pytest.fixture
def abe(world: World) -> Client:
    a_manager(world)
    client = Client()
    sign_in_client(client, world.people["abe"], proof=Proof.TOTP)
    return client


@pytest.mark.control("5.18")
def test_the_page_says_what_will_happen_before_it_does(world: World, abe: Client) -> None:
    path = reverse("groups:end_place", args=[world.facility.pk, world.staff["kato"].pk])

    page = abe.get(path).content.decode()

    assert "加藤 恵子 さんを解除しますか" in page
    assert "グループ 1件 から外れます" in page
    assert "管理者がいなくなるグループが 1件 あります" in page
    assert "佐伯" not in page
    assert world.membership("kato").left_at is None


def test_an_end_wants_a_cause_and_keeps_the_page(world: World, abe: Client) -> None:
    path = reverse("groups:end_place", args=[world.facility.pk, world.staff["kato"].pk])

    answer = abe.post(path, {})

    assert answer.status_code == 422
    assert "選んでください。" in answer.content.decode()


@pytest.mark.control("5.18")
@pytest.mark.parametrize("name", ["groups:end_place", "groups:pause_place"])
def test_the_last_manager_is_told_why_they_stay(world: World, abe: Client, name: str) -> None:
    path = reverse(name, args=[world.facility.pk, world.staff["abe"].pk])

    answer = abe.post(path, {"cause": "retired"})

    assert answer.status_code == 422
    assert "施設の管理者がいなくなります。" in answer.content.decode()


def test_a_leaver_is_gone_from_the_list_and_found_among_those_who_left(
    world: World, abe: Client
) -> None:
    path = reverse("groups:end_place", args=[world.facility.pk, world.staff["sato"].pk])
    listed = reverse("facilities:staff", args=[world.facility.pk])

    answer = abe.post(path, {"cause": "moved"})

    assert (answer.status_code, answer["Location"]) == (302, listed)
    assert "佐藤 一郎" not in abe.get(listed).content.decode()
    assert "佐藤 一郎" in abe.get(listed, {"state": "ended"}).content.decode()


@pytest.mark.control("5.18")
def test_a_manager_pauses_and_resumes_by_the_page(world: World, abe: Client) -> None:
    place = [world.facility.pk, world.staff["sato"].pk]

    abe.post(reverse("groups:pause_place", args=place))
    page = abe.get(reverse("facilities:change", args=place)).content.decode()
    paused = take_seats(world.actor("sato"))
    abe.post(reverse("groups:resume_place", args=place))

    assert "停止中です。" in page
    assert paused == []
    assert {seat.role for seat in take_seats(world.actor("sato"))} == {Role.PROFESSIONAL}
