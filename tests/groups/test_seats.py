import pytest

from carestation.groups.choices import Kind, Relation, Role, Side
from carestation.groups.commands.groups import archive_group
from carestation.groups.commands.memberships import begin_membership, end_membership
from carestation.groups.models.memberships import ReadMark
from carestation.groups.queries.seats import members_at, take_seat, take_seats
from carestation.groups.rules import Newcomer
from carestation.kernel.errors import Conflict, DomainError, NotVisible, Refused
from carestation.timeline.commands.posts import publish_post
from tests.groups.twins import seat_twin
from tests.world import World, a_draft

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT


@pytest.mark.control("8.3")
@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("name", ["kato", "sato", "mori", "ito", "ueda"])
def test_the_door_and_its_twin_agree(world: World, name: str, side: Side) -> None:
    publish_post(world.seat("kato", PRO), a_draft())
    actor = world.actor(name)

    try:
        seat = take_seat(actor, world.group.pk, side)
        said: tuple[object, ...] | None = (
            seat.membership_id,
            seat.role,
            seat.facility_id,
            seat.mark_id,
            seat.mark,
            seat.seq,
            seat.posts,
            seat.is_archived,
        )
    except NotVisible:
        said = None

    assert said == seat_twin(world, actor, side)


@pytest.mark.control("8.3")
def test_the_family_sits_at_its_own_side_alone(world: World) -> None:
    assert [seat.side for seat in take_seats(world.actor("mori"))] == [PAT]
    assert world.seat("mori", PAT).unread_beside is None
    assert {seat.side for seat in take_seats(world.actor("sato"))} == {PRO, PAT}


@pytest.mark.control("8.3")
def test_a_mark_at_the_staff_side_gives_the_family_no_seat_there(world: World) -> None:
    mori, timeline = world.membership("mori"), world.timeline(PRO)
    ReadMark.objects.create(group=world.group, membership=mori, timeline=timeline, number=0)

    with pytest.raises(NotVisible):
        world.seat("mori", PRO)
    assert [seat.side for seat in take_seats(world.actor("mori"))] == [PAT]
    assert world.seat("mori", PAT).unread_beside is None


def test_a_seat_tells_what_is_unread_at_the_other_side(world: World) -> None:
    sato, before = world.seat("sato", PRO), world.seat("sato", PAT)
    publish_post(world.seat("mori", PAT), a_draft("今朝は よく ねむれました。"))
    publish_post(world.seat("sato", PAT), a_draft("それは よかったです。"))

    after = world.seat("sato", PRO)
    assert after.unread_beside == world.seat("sato", PAT).unread == before.unread + 1
    assert world.seat("sato", PAT).unread_beside == after.unread == sato.unread


@pytest.mark.control("8.3")
def test_who_has_left_finds_nothing(world: World) -> None:
    with pytest.raises(NotVisible):
        world.seat("ueda", PRO)

    assert take_seats(world.actor("ueda")) == []


def test_members_are_told_with_their_place_of_work(world: World) -> None:
    at_pro = members_at(world.seat("kato", PRO))
    at_pat = members_at(world.seat("mori", PAT))

    assert [(one.name, one.calling) for one in at_pro] == [
        ("加藤 恵子", "訪問看護師"),
        ("佐藤 一郎", "医師"),
    ]
    assert [one.name for one in at_pat if one.is_family] == ["森 花子"]
    assert {one.facility for one in at_pat if not one.is_family} == {"月見坂在宅クリニック"}


def test_an_end_is_counted_at_every_side_that_the_person_saw(world: World) -> None:
    before = {side: world.timeline(side).seq for side in (PRO, PAT)}

    end_membership(world.seat("kato", PRO), world.membership("mori").pk)
    end_membership(world.seat("kato", PRO), world.membership("sato").pk)

    after = {side: world.timeline(side).seq for side in (PRO, PAT)}
    assert after == {PRO: before[PRO] + 1, PAT: before[PAT] + 2}


def test_only_the_manager_adds_and_removes(world: World) -> None:
    ito = Newcomer(
        user_id=world.people["ito"].pk, role=Role.PROFESSIONAL, staff_id=world.staff["ito"].pk
    )

    with pytest.raises(Refused):
        begin_membership(world.seat("sato", PRO), ito)
    with pytest.raises(Refused):
        end_membership(world.seat("sato", PRO), world.membership("mori").pk)

    assert len(members_at(world.seat("kato", PAT))) == 3


def test_anyone_may_leave_but_the_last_manager(world: World) -> None:
    end_membership(world.seat("mori", PAT), world.membership("mori").pk)

    with pytest.raises(Conflict, match="only_manager"):
        end_membership(world.seat("kato", PRO), world.membership("kato").pk)

    with pytest.raises(NotVisible):
        world.seat("mori", PAT)


def test_nobody_sits_twice(world: World) -> None:
    mori = Newcomer(user_id=world.people["mori"].pk, role=Role.FAMILY, relation=Relation.FAMILY)

    with pytest.raises(Conflict, match="sits_already"):
        begin_membership(world.seat("kato", PRO), mori)


def test_the_family_sits_in_patient_groups_only(world: World) -> None:
    seat = take_seat(world.actor("ito"), world.elsewhere.pk, Side.ALL)
    mori = Newcomer(user_id=world.people["mori"].pk, role=Role.FAMILY, relation=Relation.FAMILY)

    with pytest.raises(DomainError, match="no_family_here"):
        begin_membership(seat, mori)

    assert seat.kind is Kind.FREE


def test_a_closed_group_is_read_and_not_written(world: World) -> None:
    publish_post(world.seat("kato", PRO), a_draft())

    archive_group(world.seat("kato", PRO))

    with pytest.raises(Refused):
        publish_post(world.seat("sato", PRO), a_draft())
    with pytest.raises(Conflict):
        archive_group(world.seat("kato", PRO))
    assert world.seat("sato", PRO).posts == 1
