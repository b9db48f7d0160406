"""Two facilities around one patient, each with someone at its desk, for tests."""

from carestation.facilities.choices import FacilityKind, Profession, StaffRole
from carestation.facilities.commands.places import open_facility
from carestation.facilities.commands.staff import begin_staff
from carestation.facilities.models.facilities import Facility
from carestation.facilities.queries.desks import take_desk
from carestation.facilities.rules import DESK_RIGHTS, Desk
from carestation.groups.choices import Role, Side
from carestation.groups.commands.memberships import begin_membership, end_membership
from carestation.groups.models.memberships import Membership
from carestation.groups.rules import Newcomer
from carestation.patients.commands.custody import propose_custody
from carestation.patients.models import CustodyTransfer
from tests.facilities.people import a_manager
from tests.groups.people import a_neighbour
from tests.world import World


def two_facilities(world: World) -> tuple[Desk, Desk]:
    """Return the desk of Abe at the present facility, and of Oka at the pharmacy, who sits here."""
    giver = a_manager(world)
    a_neighbour(world, "oka")
    sit_down(world, "oka")
    return giver, neighbours_desk(world)


def neighbours_desk(world: World) -> Desk:
    return take_desk(world.actor("oka"), pharmacy(world).pk, *DESK_RIGHTS)


def sit_down(world: World, name: str, role: Role = Role.PROFESSIONAL) -> Membership:
    newcomer = Newcomer(user_id=world.people[name].pk, role=role, staff_id=world.staff[name].pk)
    return begin_membership(world.seat("kato", Side.PROFESSIONAL), newcomer)


def pharmacy(world: World) -> Facility:
    return world.staff["oka"].facility


def proposed(world: World, giver: Desk) -> CustodyTransfer:
    return propose_custody(giver, world.group.pk, pharmacy(world).pk)


def a_passing_proposal(world: World, giver: Desk, name: str) -> CustodyTransfer:
    """Propose it to a pharmacy for which someone of the facility works too, sat, and left."""
    other = open_facility(world.actor(name), name="桜台薬局", kind=FacilityKind.PHARMACY)
    place = begin_staff(
        world.actor(name),
        other.pk,
        world.people[name].pk,
        profession=Profession.PHARMACIST,
        role=StaffRole.MEMBER,
    )
    person_id = world.people[name].pk
    newcomer = Newcomer(user_id=person_id, role=Role.PROFESSIONAL, staff_id=place.pk)
    seat = world.seat("kato", Side.PROFESSIONAL)
    membership = begin_membership(seat, newcomer)
    transfer = propose_custody(giver, world.group.pk, other.pk)
    end_membership(seat, membership.pk)
    return transfer
