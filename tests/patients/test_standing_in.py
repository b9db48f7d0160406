"""Where nobody else of a facility can look into an emergency, the group's manager does."""

import pytest
from django.test import Client
from django.urls import reverse

from carestation.facilities.choices import Right, StaffRole
from carestation.facilities.commands.staff import pause_staff, resume_staff
from carestation.facilities.models.staff import Staff
from carestation.facilities.rules import Desk
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Role, Side
from carestation.groups.commands.roles import change_role
from carestation.groups.queries.consoles import count_groups
from carestation.kernel.errors import Conflict, NotVisible, Refused
from carestation.kernel.ids import uuid7
from carestation.patients.commands.emergencies import review_access, review_instead
from carestation.patients.models import EmergencyAccess
from carestation.patients.queries.emergencies import accesses_in
from tests.accounts.operating import a_console
from tests.accounts.signing_in import sign_in_client
from tests.facilities.people import a_holder, a_manager
from tests.patients.emergencies import REASON, an_emergency
from tests.world import World

PRO = Side.PROFESSIONAL


def of_the_only_manager(world: World) -> tuple[Desk, EmergencyAccess]:
    """Let Abe, who manages the facility alone, take a seat in an emergency."""
    desk = a_manager(world)
    assert Staff.objects.filter(role=StaffRole.MANAGER).count() == 1
    return desk, an_emergency(world, "abe")


def pages(world: World, name: str) -> str:
    client = Client()
    sign_in_client(client, world.people[name])
    return client.get(reverse("timeline:members", args=[world.group.pk, PRO])).text


@pytest.mark.control("5.18")
def test_the_groups_manager_reads_why_and_signs(world: World) -> None:
    desk, access = of_the_only_manager(world)
    with pytest.raises(Refused, match="own_access"):
        review_access(desk, access.pk, ends=False)
    assert REASON in pages(world, "kato")
    assert REASON not in pages(world, "sato")
    client = Client()
    sign_in_client(client, world.people["kato"])
    path = reverse("patients:review_in_group", args=[world.group.pk, PRO, access.pk])

    answer = client.post(path, {})

    access.refresh_from_db()
    assert answer.status_code == 302
    assert access.reviewer_id == world.people["kato"].pk
    fact = LoggedFact.objects.get(kind="patients.EmergencyReviewed")
    assert (fact.facility_id, fact.actor_id) == (world.facility.pk, world.people["kato"].pk)
    assert client.post(path, {}).status_code == 409
    assert client.post(path, {"ends": "on"}).status_code == 302
    with pytest.raises(NotVisible):
        world.seat("abe", PRO)
    assert REASON not in pages(world, "kato")


@pytest.mark.control("5.18")
def test_who_took_it_and_who_does_not_manage_the_group_signs_nothing(world: World) -> None:
    _, access = of_the_only_manager(world)

    for name in ("abe", "sato"):
        with pytest.raises(Refused, match="own_access"):
            review_instead(world.seat(name, PRO), access.pk, ends=True)
    with pytest.raises(NotVisible):
        review_instead(world.seat("kato", PRO), uuid7(), ends=True)
    kato = world.seat("kato", PRO)
    change_role(kato, world.membership("sato").pk, Role.MANAGER)
    change_role(world.seat("sato", PRO), world.membership("kato").pk, Role.PROFESSIONAL)
    with pytest.raises(Refused):
        review_instead(kato, access.pk, ends=False)


@pytest.mark.control("8.2")
def test_as_soon_as_the_facility_has_someone_else_it_is_theirs(world: World) -> None:
    desk, access = of_the_only_manager(world)
    a_holder(world, desk, "ueda", Right.REVIEW_EMERGENCIES)
    kato = world.seat("kato", PRO)

    assert [one.may_review for one in accesses_in(kato)] == [False]
    with pytest.raises(Refused, match="own_access"):
        review_instead(kato, access.pk, ends=False)
    pause_staff(desk, world.staff["ueda"].pk)
    assert [one.may_review for one in accesses_in(kato)] == [True]
    resume_staff(desk, world.staff["ueda"].pk)
    assert [one.reason for one in accesses_in(kato)] == [""]


@pytest.mark.control("8.2")
def test_a_colleagues_emergency_is_the_desks_and_signed_once(world: World) -> None:
    desk = a_manager(world)
    access = an_emergency(world, "ito")
    kato = world.seat("kato", PRO)

    with pytest.raises(Refused, match="own_access"):
        review_instead(kato, access.pk, ends=False)
    review_access(desk, access.pk, ends=False)
    with pytest.raises(Conflict, match="reviewed"):
        review_access(desk, access.pk, ends=False)


@pytest.mark.control("8.2")
def test_the_operator_sees_a_number_and_that_one_manager_is_alone(world: World) -> None:
    of_the_only_manager(world)
    console = a_console()

    assert count_groups(console, world.facility.pk).emergencies == 1
    assert count_groups(console, uuid7()).emergencies == 0
