"""What was written of a facility that shall take part.

Controls: ISO/IEC 27017 5.16, 8.24; white paper 「利用者アクセスの管理」, 「暗号化」.
"""

from dataclasses import dataclass
from uuid import UUID

from carestation.accounts.choices import RegistrationPurpose
from carestation.accounts.queries.links import find_registration
from carestation.facilities.choices import FacilityKind
from carestation.facilities.models.facilities import Facility, FacilityApplication
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.vault.scopes import open_scope, operator_bundle
from carestation.vault.sealing import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldFacility:
    """What someone says of a facility."""

    kind: FacilityKind
    name: str
    kana: str
    address: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenApplication:
    """What the holder of a registration's link is told. `person_id`: who has that address."""

    facility: str
    kind: FacilityKind
    email: str
    person_id: UUID | None


def find_application(token: str) -> OpenApplication:
    """Return what a link to register a facility opens now; to look at it uses nothing up.

    Raises:
        NotVisible: no such link, or it was used, replaced, or is past its day.
    """
    found = find_registration(token, RegistrationPurpose.FOUND_FACILITY)
    application = FacilityApplication.objects.waiting().one(found.subject_id).first()
    if application is None:
        raise NotVisible("link")
    told = read_application(application)
    return OpenApplication(
        facility=told.name, kind=told.kind, email=found.email, person_id=found.person_id
    )


def lock_application(application_id: UUID | None) -> FacilityApplication:
    """Return an application that is not completed yet, locked.

    Raises:
        NotVisible: there is none.
    """
    waiting = FacilityApplication.objects.waiting().select_for_update()
    application = waiting.one(application_id).first()
    if application is None:
        raise NotVisible("link")
    return application


def read_application(row: FacilityApplication) -> ToldFacility:
    """Return what was written, unsealed; the reading is empty where it was not asked for yet."""
    bundle = operator_bundle()
    reading = row.kana_sealed
    return ToldFacility(
        kind=FacilityKind(row.kind),
        name=bundle.unseal(row.name_sealed, application_place(row.pk, "name")),
        kana=bundle.unseal(reading, application_place(row.pk, "kana")) if reading else "",
        address=bundle.unseal(row.address_sealed, application_place(row.pk, "address")),
        contact=bundle.unseal(row.contact_sealed, application_place(row.pk, "contact")),
    )


def application_place(application_id: UUID, column: str) -> Place:
    """Return where a column of an application is sealed."""
    return Place("facilities_facilityapplication", column, application_id)


def told_of(facility: Facility, column: str, actor: Actor) -> str:
    """Return what was written of a facility in one column; nothing, where it was opened without."""
    sealed = getattr(facility, f"{column}_sealed")
    if sealed is None:
        return ""
    return open_scope(facility.pk, actor).unseal(sealed, facility_place(facility.pk, column))


def facility_place(facility_id: UUID, column: str) -> Place:
    """Return where a facility's address and contact are sealed."""
    return Place("facilities_facility", column, facility_id)
