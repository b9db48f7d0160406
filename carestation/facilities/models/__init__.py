"""The tables of facilities. Django finds them here; each name has its address in its module."""

from carestation.facilities.models import facilities, policies, staff, storage

__all__ = ["facilities", "policies", "staff", "storage"]
