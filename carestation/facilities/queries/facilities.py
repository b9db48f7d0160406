"""A facility as its own desk sees it.

Controls: ISO/IEC 27017 5.18; white paper 「利用者アクセスの管理」.
"""

from dataclasses import dataclass

from carestation.facilities.choices import FacilityKind
from carestation.facilities.models.facilities import Facility
from carestation.facilities.queries.applications import told_of
from carestation.facilities.rules import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFacility:
    """What stands of the facility, and by what others find it."""

    name: str
    kana: str
    phone: str
    kind: FacilityKind
    address: str
    contact: str


def facility_at(desk: Desk) -> OwnFacility:
    """Return the desk's facility."""
    facility = Facility.objects.get(pk=desk.facility_id)
    return OwnFacility(
        name=facility.name,
        kana=facility.kana,
        phone=facility.phone,
        kind=FacilityKind(facility.kind),
        address=told_of(facility, "address", desk.actor),
        contact=told_of(facility, "contact", desk.actor),
    )
