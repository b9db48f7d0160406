"""The roles that a facility made for itself: a name, and rights chosen in words.

Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from carestation.facilities.choices import Right, StaffRole
from carestation.facilities.models.policies import CustomRole, Grant
from carestation.facilities.models.staff import Staff, StaffInvitation
from carestation.facilities.rules import MOST_ROLES, Desk
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.vault.scopes import open_scope
from carestation.vault.sealing import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomRoleShown:
    """A role of a facility's own, ready to show. `people`: who has it, paused ones too."""

    id: UUID
    title: str
    granted: frozenset[Right]
    version: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RightChange:
    """One right before and after a change of a role."""

    right: Right
    before: bool
    after: bool


def custom_roles_of(desk: Desk) -> list[CustomRoleShown]:
    """Return the roles of the desk's own facility, oldest first."""
    standing = CustomRole.objects.standing().of_facility(desk.facility_id)
    return [_shown(role, desk.actor) for role in standing.order_by("id")[:MOST_ROLES]]


def custom_role(desk: Desk, role_id: UUID) -> CustomRoleShown:
    """Return one of them.

    Raises:
        NotVisible: no such role in this facility, or it has ended.
    """
    return _shown(find_role(desk, role_id), desk.actor)


def find_role(desk: Desk, role_id: UUID) -> CustomRole:
    """Return a role of the desk's facility that has not ended.

    Raises:
        NotVisible: there is none with this id.
    """
    standing = CustomRole.objects.standing().of_facility(desk.facility_id)
    role = standing.filter(pk=role_id).first()
    if role is None:
        raise NotVisible
    return role


def granted_to(role_id: UUID) -> frozenset[Right]:
    """Return the rights of a role."""
    return rights_in(Grant.objects.filter(role_id=role_id).values_list("right", flat=True))


def rights_in(words: Iterable[str]) -> frozenset[Right]:
    """Return the rights of these words; one that the product no longer knows gives nothing."""
    return frozenset(Right(word) for word in words if word in Right.values)


def title_of(place: Staff | StaffInvitation, actor: Actor | None) -> str:
    """Return what someone's role in a facility is called, which they have or are invited to."""
    own = place.custom_role
    return StaffRole(place.role).label if own is None else read_role_name(own, actor)


def changes_of(before: frozenset[Right], after: frozenset[Right]) -> list[RightChange]:
    """Return which rights come and go, in the order of the table."""
    return [
        RightChange(right=right, before=right in before, after=right in after)
        for right in Right
        if (right in before) != (right in after)
    ]


def read_role_name(role: CustomRole, actor: Actor | None) -> str:
    """Return what a role is called, unsealed."""
    place = role_name_place(role.pk)
    return open_scope(role.facility_id, actor).unseal(role.name_sealed, place)


def role_name_place(role_id: UUID) -> Place:
    """Return where the name of a role is sealed."""
    return Place("facilities_customrole", "name", role_id)


def _shown(role: CustomRole, actor: Actor) -> CustomRoleShown:
    return CustomRoleShown(
        id=role.pk,
        title=read_role_name(role, actor),
        granted=granted_to(role.pk),
        version=role.version,
        people=Staff.objects.active().filter(custom_role=role).count(),
    )
