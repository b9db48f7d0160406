"""The tables of groups. Django finds them here; each name has its address in its module."""

from carestation.groups.models import groups, invitations, memberships

__all__ = ["groups", "invitations", "memberships"]
