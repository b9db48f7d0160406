"""The tables of groups. Django finds them here; each name has its address in its module."""

from carestation.groups.models import connections, groups, invitations, memberships

__all__ = ["connections", "groups", "invitations", "memberships"]
