"""Copies by themselves, and reminders where none was received for longer than the period."""

from datetime import timedelta
from typing import Final

import pytest
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from carestation.exports import followers
from carestation.exports.choices import Extent, Rhythm
from carestation.exports.commands.exports import note_export_fetched
from carestation.exports.commands.plans import NewPlan, follow_plans, plan_exports
from carestation.exports.facts import ExportDue
from carestation.exports.models import Export, ExportPlan
from carestation.exports.queries.exports import exports_at, take_export
from carestation.exports.queries.plans import copy_is_due, plan_at
from carestation.facilities.choices import Right, Todo
from carestation.facilities.commands.staff import pause_staff
from carestation.facilities.queries.todos import top_of
from carestation.facilities.rules import Desk
from carestation.factlog.models import LoggedFact
from carestation.kernel.errors import DomainError, Refused
from carestation.kernel.ids import uuid7
from tests.accounts.people import clock_later
from tests.accounts.signing_in import sign_in_client
from tests.exports.people import PHRASE, a_made, asked, fetched, make_as_it_stands, opened
from tests.facilities.people import a_holder, a_manager, desk_of
from tests.world import World

DAY: Final = timedelta(days=1).total_seconds()


def weekly(pass_phrase: str = PHRASE) -> NewPlan:
    return NewPlan(rhythm=Rhythm.WEEKLY, pass_phrase=pass_phrase)


def todos(desk: Desk) -> set[Todo]:
    return {one.what for one in top_of(desk).todos}


def count(kind: str) -> int:
    return LoggedFact.objects.filter(kind=f"exports.{kind}").count()


@pytest.mark.control("8.13")
def test_what_is_planned_is_asked_for_when_its_time_comes_and_not_before(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    desk = a_manager(world)
    plan_exports(desk, weekly())

    for _ in range(2):
        follow_plans()
    [export] = Export.objects.all()
    make_as_it_stands(export)
    path = fetched(desk, export.pk, tmp_path_factory.mktemp("fetched"))
    with clock_later(6 * DAY):
        follow_plans()
        before = Export.objects.count()
    with clock_later(7 * DAY + 60):
        follow_plans()

    assert (before, Export.objects.count()) == (1, 2)
    assert export.extent == Extent.FACILITY
    assert {one.reason for one in exports_at(desk)} == {"定期の控え"}
    assert "月見坂在宅クリニック" in opened(path)["index.html"]
    assert PHRASE.encode() not in bytes(ExportPlan.objects.get().pass_phrase_sealed or b"")


@pytest.mark.control("5.18")
def test_with_the_planners_right_the_kept_pass_phrase_goes(world: World) -> None:
    abe = a_manager(world)
    a_holder(world, abe, "sato", Right.EXPORT)
    plan_exports(desk_of(world, "sato"), weekly())
    pause_staff(abe, world.staff["sato"].pk)

    follow_plans()

    assert not Export.objects.exists()
    assert ExportPlan.objects.get().pass_phrase_sealed is None
    assert not plan_at(abe).is_automatic
    assert count("ExportPlanEnded") == 1


def test_a_copy_is_due_where_none_was_received_for_longer_than_the_period(world: World) -> None:
    desk = a_manager(world)
    new = todos(desk)
    with clock_later(30 * DAY):
        month = copy_is_due(desk.facility_id)
    plan_exports(desk, weekly(""))
    export = a_made(world, "abe")
    with clock_later(8 * DAY):
        made_alone = todos(desk)
    note_export_fetched(take_export(desk, export.pk))
    with clock_later(6 * DAY):
        received = todos(desk)

    assert Todo.EXPORT not in new
    assert not month
    assert Todo.EXPORT in made_alone
    assert Todo.EXPORT not in received


def test_whoever_may_write_out_is_reminded_once_a_week(world: World) -> None:
    abe = a_manager(world)
    a_holder(world, abe, "sato", Right.EXPORT)

    for days in (30, 32, 33, 40):
        with clock_later(days * DAY):
            follow_plans()
    followers.remind_of_copy([ExportDue(facility_id=abe.facility_id, request_id=uuid7())])

    assert count("ExportDue") == 2
    jobs = ProcrastinateJob.objects.filter(args__letter="export_due")
    told = {job.args["user_id"] for job in jobs}
    assert told == {str(world.people[name].pk) for name in ("abe", "sato")}


@pytest.mark.control("8.2")
def test_a_plan_wants_the_right_to_all_and_a_strong_pass_phrase(world: World) -> None:
    abe = a_manager(world)
    a_holder(world, abe, "sato", Right.EXPORT_OWN)

    with pytest.raises(Refused):
        plan_exports(desk_of(world, "sato"), weekly())
    with pytest.raises(DomainError, match="weak_phrase"):
        plan_exports(abe, weekly("short"))


def test_the_plan_is_decided_on_its_page(world: World) -> None:
    a_manager(world)
    client = Client()
    sign_in_client(client, world.people["abe"])
    path = reverse("exports:plan", args=[world.facility.pk])

    unsaid = client.post(path, {"rhythm": "weekly", "is_automatic": "on"})
    reminders = client.post(path, {"rhythm": "weekly"})
    typed = {"rhythm": "monthly", "is_automatic": "on", "pass_phrase": PHRASE, "again": PHRASE}
    automatic = client.post(path, typed, follow=True)

    assert (unsaid.status_code, reminders.status_code) == (422, 302)
    page = automatic.content.decode()
    assert "控えの間隔：毎月" in page
    assert "阿部 誠 さんに知らせます" in page
    assert PHRASE not in page + client.get(path).content.decode()
    assert count("ExportPlanned") == 2


def test_one_that_was_asked_for_by_hand_counts(world: World) -> None:
    desk = a_manager(world)
    plan_exports(desk, weekly())
    asked(desk)

    follow_plans()

    assert Export.objects.count() == 1
