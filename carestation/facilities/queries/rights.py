"""Who may do what through their role in a facility.

Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""

from dataclasses import dataclass

from carestation.facilities.choices import FacilityState, Right, StaffRole
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.policies import rules_of
from carestation.facilities.queries.roles import custom_roles_of, granted_to
from carestation.facilities.queries.staff import places_of
from carestation.facilities.rules import DESK_RIGHTS, Desk, rights_of
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleShown:
    """A role with what it may do now, ready to show."""

    title: str
    rights: frozenset[Right]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplaces:
    """Where someone works, taken together.

    `rights`: what they may do in one or another that takes part now; `has_desk`: whether one of
    them is managed by them too, frozen ones counted; `frozen`: the names of those that stand still.
    """

    rights: frozenset[Right]
    has_desk: bool
    frozen: tuple[str, ...]


def rights_at(staff: Staff) -> frozenset[Right]:
    """Return what someone may do through their place in a facility."""
    own = staff.custom_role_id
    granted = None if own is None else granted_to(own)
    return rights_of(StaffRole(staff.role), rules_of(staff.facility_id), granted)


def take_places(actor: Actor, right: Right) -> list[Staff]:
    """Return where the actor works now and has a right, as `places_of` does; there is one at least.

    Raises:
        NotVisible: nowhere: the family, whose facility is not approved, or who may not there.
    """
    places = [one for one in places_of(actor.user_id) if right in rights_at(one)]
    if not places:
        raise NotVisible
    return places


def rights_anywhere(actor: Actor) -> frozenset[Right]:
    """Return what the actor may do in one or another of the facilities where they work now."""
    return frozenset[Right]().union(*(rights_at(one) for one in places_of(actor.user_id)))


def workplaces_of(actor: Actor) -> Workplaces:
    """Return where the actor works, in one look: home asks it of everyone, each time."""
    kept = Staff.objects.kept().of_person(actor.user_id).select_related("facility")
    places = [(one.facility, rights_at(one)) for one in kept.order_by("began_at")[:50]]
    taking_part = [held for place, held in places if place.state is FacilityState.APPROVED]
    return Workplaces(
        rights=frozenset[Right]().union(*taking_part),
        has_desk=any(not held.isdisjoint(DESK_RIGHTS) for _, held in places),
        frozen=tuple(place.name for place, _ in places if place.frozen_at is not None),
    )


def roles_shown(desk: Desk) -> list[RoleShown]:
    """Return the roles of the desk's facility: those that every one has, and its own."""
    rules, member = rules_of(desk.facility_id), StaffRole.MEMBER
    common = [RoleShown(title=one.label, rights=rights_of(one, rules)) for one in StaffRole]
    own = [
        RoleShown(title=one.title, rights=rights_of(member, rules, one.granted))
        for one in custom_roles_of(desk)
    ]
    return [*common, *own]
