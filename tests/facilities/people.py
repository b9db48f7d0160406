"""A facility with a second manager and hands at its desk, for the tests of this folder."""

import re

from carestation.facilities.choices import Profession, Right, StaffRole
from carestation.facilities.commands.invitations import Invited
from carestation.facilities.commands.roles import NewRole, make_role
from carestation.facilities.commands.staff import NewCalling, begin_staff, change_staff
from carestation.facilities.models.policies import CustomRole
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.desks import take_desk
from carestation.facilities.rules import DESK_RIGHTS, Desk
from tests.world import World, a_person


def a_manager(world: World, name: str = "abe") -> Desk:
    """Let someone manage the facility, and return their desk."""
    world.people[name] = a_person(name)
    world.staff[name] = begin_staff(
        world.actor("kato"),
        world.facility.pk,
        world.people[name].pk,
        profession=Profession.CLERK,
        role=StaffRole.MANAGER,
    )
    return desk_of(world, name)


def desk_of(world: World, name: str) -> Desk:
    return take_desk(world.actor(name), world.facility.pk, *DESK_RIGHTS)


def a_holder(world: World, desk: Desk, name: str, *rights: Right) -> CustomRole:
    """Give someone a role of the facility's own with these rights, and return it."""
    role = make_role(desk, NewRole(name=f"{name}の係", rights=frozenset(rights)))
    calling = NewCalling(profession=Profession.CLERK, role=StaffRole.MEMBER, custom_role_id=role.pk)
    change_staff(desk, world.staff[name].pk, calling)
    return role


def shown_on(page: str) -> dict[str, str]:
    """Return what the button below a difference sends: which difference it was."""
    found = re.search(r'name="shown" value="(\w+)"', page)
    assert found is not None
    return {"shown": found[1]}


def place_of(world: World, name: str) -> Staff:
    """Return a person's place as it stands now."""
    return Staff.objects.get(pk=world.staff[name].pk)


def an_invited(
    email: str = "hayashi@example.org",
    *,
    name: str = "林 さくら",
    role: StaffRole = StaffRole.MEMBER,
) -> Invited:
    return Invited(email=email, name=name, profession=Profession.NURSE, role=role)
