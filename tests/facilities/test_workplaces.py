"""Where someone works is found in one look, and the same that many looks would find."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from carestation.facilities.choices import Allowed, FacilityKind, Profession, Right, StaffRole
from carestation.facilities.commands.places import open_facility
from carestation.facilities.commands.policies import change_policy
from carestation.facilities.commands.rulings import freeze_facility
from carestation.facilities.commands.staff import begin_staff, pause_staff
from carestation.facilities.queries.rights import workplaces_of
from carestation.facilities.rules import Rules
from tests.accounts.operating import a_console
from tests.accounts.signing_in import sign_in_client
from tests.facilities.people import a_holder, a_manager
from tests.facilities.twins import workplaces_twin
from tests.world import World

Step = Callable[[], object]
NOBODY_ELSE = Rules(may_invite=Allowed.MANAGERS, family_invitations=False)
EVERYBODY = Rules(may_export=Allowed.EVERYONE)


def test_the_hot_statement_and_its_twin_agree_whatever_a_facility_decides(world: World) -> None:
    desk = a_manager(world)
    found = []

    def works_elsewhere_too() -> None:
        actor = world.actor("ito")
        other = open_facility(actor, name="すずかけ通り薬局", kind=FacilityKind.PHARMACY)
        calling, role = Profession.PHARMACIST, StaffRole.MANAGER
        begin_staff(actor, other.pk, actor.user_id, profession=calling, role=role)

    steps: tuple[Step, ...] = (
        lambda: change_policy(desk, NOBODY_ELSE, version=0),
        lambda: change_policy(desk, EVERYBODY, version=1),
        lambda: a_holder(world, desk, "sato", Right.SEE_STAFF, Right.INVITE_FAMILY),
        lambda: a_holder(world, desk, "ueda"),
        works_elsewhere_too,
        lambda: pause_staff(desk, world.staff["kato"].pk),
        lambda: freeze_facility(a_console(), world.facility.pk, "支払いが止まっています。"),
    )
    for step in steps:
        step()
        for name in world.people:
            actor = world.actor(name)
            assert workplaces_of(actor) == workplaces_twin(actor), name
            found.append(workplaces_of(actor))

    assert len({one.rights for one in found}) > len(StaffRole) + len(steps) // 2
    assert {one.has_desk for one in found} == {True, False}
    assert {one.frozen for one in found} == {(), (world.facility.name,)}
    assert {one.facilities for one in found} > {(), (world.facility.name,)}


def test_home_says_who_is_in_and_from_where(world: World) -> None:
    client = Client()
    sign_in_client(client, world.people["kato"])

    page = client.get(reverse("timeline:home")).content.decode()

    assert page.count("月見坂在宅クリニック　加藤 恵子") == 2
