"""Who works in a facility: the desk, the list, changes, pauses, ends, and the signature."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from carestation.facilities.choices import EndCause, PlaceState, Profession, StaffRole
from carestation.facilities.commands.staff import (
    NewCalling,
    begin_staff,
    change_staff,
    end_staff,
    pause_staff,
    resume_staff,
    review_staff,
)
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.desks import desks_of, frame_of, take_desk
from carestation.facilities.queries.staff import colleague, mark_of_list, staff_of
from carestation.facilities.rules import DESK_RIGHTS, REVIEW_EVERY, folded, review_is_due
from carestation.factlog.models import LoggedFact
from carestation.kernel.errors import Conflict, DomainError, NotVisible, Refused
from carestation.kernel.ids import uuid7
from tests.facilities.people import a_manager, desk_of, place_of
from tests.world import World

MEMBER = NewCalling(profession=Profession.NURSE, role=StaffRole.MEMBER)
MANAGER = NewCalling(profession=Profession.NURSE, role=StaffRole.MANAGER)


@pytest.mark.control("8.2")
@pytest.mark.parametrize("name", ["kato", "sato", "mori", "ito", "ueda"])
def test_only_a_manager_takes_a_desk(world: World, name: str) -> None:
    a_manager(world)

    with pytest.raises(NotVisible):
        take_desk(world.actor(name), world.facility.pk, *DESK_RIGHTS)

    assert desks_of(world.actor(name)) == []
    assert [one.pk for one in desks_of(world.actor("abe"))] == [world.facility.pk]


@pytest.mark.control("8.2")
def test_a_desk_of_another_facility_is_not_there(world: World) -> None:
    a_manager(world)

    with pytest.raises(NotVisible):
        take_desk(world.actor("abe"), uuid7(), *DESK_RIGHTS)


@pytest.mark.control("5.18")
def test_the_list_shows_who_works_here_by_their_reading(world: World) -> None:
    desk = a_manager(world)
    end_staff(desk, world.staff["ueda"].pk, EndCause.RETIRED)
    pause_staff(desk, world.staff["ito"].pk)

    shown = staff_of(desk)

    assert [(one.name, one.state) for one in shown] == [
        ("阿部 誠", PlaceState.ACTIVE),
        ("伊藤 実", PlaceState.PAUSED),
        ("加藤 恵子", PlaceState.ACTIVE),
        ("佐藤 一郎", PlaceState.ACTIVE),
        ("上田 静", PlaceState.ENDED),
    ]
    assert {one.has_factor for one in shown} == {False}
    assert shown[0].email == "abe@tsukimizaka.example"
    assert colleague(desk, world.staff["ito"].pk) == shown[1]


@pytest.mark.control("5.18")
def test_nobody_ends_the_last_manager_nor_pauses_nor_lowers_them(world: World) -> None:
    desk = a_manager(world)
    own = world.staff["abe"].pk

    with pytest.raises(DomainError, match="last_manager"):
        end_staff(desk, own, EndCause.MOVED)
    with pytest.raises(DomainError, match="last_manager"):
        pause_staff(desk, own)
    with pytest.raises(DomainError, match="last_manager"):
        change_staff(desk, own, MEMBER)

    assert place_of(world, "abe") in Staff.objects.standing().managers()


@pytest.mark.control("5.18")
def test_a_paused_manager_is_nobody_to_fall_back_on(world: World) -> None:
    desk = a_manager(world)
    change_staff(desk, world.staff["kato"].pk, MANAGER)
    pause_staff(desk, world.staff["kato"].pk)

    with pytest.raises(DomainError, match="last_manager"):
        end_staff(desk, world.staff["abe"].pk, EndCause.RETIRED)


@pytest.mark.control("8.2")
def test_who_manages_no_more_decides_no_more(world: World) -> None:
    abe = a_manager(world)
    change_staff(abe, world.staff["kato"].pk, MANAGER)
    kato = desk_of(world, "kato")
    end_staff(kato, world.staff["abe"].pk, EndCause.SAFETY)

    with pytest.raises(Refused):
        end_staff(abe, world.staff["kato"].pk, EndCause.SAFETY)

    assert place_of(world, "kato").ended_at is None


def test_what_is_over_is_not_ended_or_resumed_again(world: World) -> None:
    desk = a_manager(world)
    end_staff(desk, world.staff["ito"].pk, EndCause.MISTAKE)

    with pytest.raises(Conflict, match="ended"):
        end_staff(desk, world.staff["ito"].pk, EndCause.MISTAKE)
    with pytest.raises(Conflict, match="ended"):
        resume_staff(desk, world.staff["ito"].pk)
    with pytest.raises(Conflict, match="not_paused"):
        resume_staff(desk, world.staff["sato"].pk)
    with pytest.raises(NotVisible):
        colleague(desk, world.staff["ito"].pk)


@pytest.mark.control("8.15")
def test_each_change_of_a_place_is_a_fact_with_its_cause(world: World) -> None:
    desk = a_manager(world)
    sato = world.staff["sato"].pk

    change_staff(desk, sato, MANAGER)
    pause_staff(desk, sato)
    resume_staff(desk, sato)
    end_staff(desk, sato, EndCause.CONTRACT)

    told = LoggedFact.objects.filter(object_id=sato, actor_id=world.people["abe"].pk)
    assert [(one.kind.partition(".")[2], one.facility_id) for one in told.order_by("id")] == [
        (kind, world.facility.pk)
        for kind in ("StaffChanged", "StaffPaused", "StaffResumed", "StaffEnded")
    ]
    assert told.get(kind="facilities.StaffEnded").detail["cause"] == "contract"


@pytest.mark.control("5.18")
def test_the_signature_is_for_the_list_that_was_looked_at(world: World) -> None:
    desk = a_manager(world)
    ito, sato = world.staff["ito"].pk, world.staff["sato"].pk

    def stale_after(change: Callable[[], object]) -> None:
        shown = mark_of_list(desk.facility_id)
        change()
        with pytest.raises(Conflict, match="list_changed"):
            review_staff(desk, mark=shown)

    again = (desk.actor, desk.facility_id, world.people["ito"].pk)
    stale_after(lambda: end_staff(desk, ito, EndCause.RETIRED))
    stale_after(lambda: begin_staff(*again, profession=Profession.CLERK, role=StaffRole.MEMBER))
    stale_after(lambda: pause_staff(desk, sato))
    stale_after(lambda: change_staff(desk, sato, MANAGER))

    review = review_staff(desk, mark=mark_of_list(desk.facility_id))

    assert review.people == len([one for one in staff_of(desk) if one.ended_at is None])
    assert not frame_of(desk).review_due


@pytest.mark.control("5.18")
def test_the_list_is_due_again_after_a_quarter_to_the_second() -> None:
    now = timezone.now()

    assert review_is_due(None, now)
    assert not review_is_due(now - REVIEW_EVERY + timedelta(seconds=1), now)
    assert review_is_due(now - REVIEW_EVERY, now)


@pytest.mark.parametrize("words", ["さとう", "サトウ", "ｻﾄｳ", "佐 藤", "SATO@", "ＳＡＴＯ＠"])
def test_staff_are_found_however_the_reading_is_typed(world: World, words: str) -> None:
    desk = a_manager(world)

    found = [one.name for one in staff_of(desk) if folded(words) in one.found_by]

    assert found == ["佐藤 一郎"]
