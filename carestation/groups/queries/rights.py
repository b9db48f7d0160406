"""The roles in a group, each with what it may do there.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from dataclasses import dataclass

from carestation.groups.choices import GroupRight, Role
from carestation.groups.rules import RIGHTS_OF


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRoleShown:
    """A role in a group with what it may do, ready to show."""

    title: str
    rights: frozenset[GroupRight]


def group_roles_shown() -> list[GroupRoleShown]:
    """Return every role that a group has, as the rules say it."""
    return [GroupRoleShown(title=str(role.label), rights=RIGHTS_OF[role]) for role in Role]
