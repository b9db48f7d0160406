"""Facilities begin: opened by the operator, or registered by themselves (`rulings` approves them).

A registration is asked for by anyone; whose address it is, the link proves. There is no account
and no facility before.

Controls: ISO/IEC 27017 5.16, 5.17; white paper 「利用者アクセスの管理」.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from carestation.accounts.choices import Purpose, RegistrationPurpose
from carestation.accounts.commands.brakes import brake_network
from carestation.accounts.commands.registrations import (
    PersonDraft,
    begin_registration,
    claim_registration,
    match_claimed,
    register_claimed,
)
from carestation.accounts.rules import Binding
from carestation.facilities.choices import FacilityKind, Profession, Right, StaffRole, TermsVersion
from carestation.facilities.commands.bindings import bind_by_rules
from carestation.facilities.commands.staff import begin_staff, lock_desk
from carestation.facilities.facts import (
    FacilityApplied,
    FacilityOpened,
    FacilityPhoneChanged,
    FacilityReadingChanged,
    TermsAccepted,
)
from carestation.facilities.models.facilities import Facility, FacilityApplication, TermsAcceptance
from carestation.facilities.queries.applications import (
    ToldFacility,
    application_place,
    facility_place,
    lock_application,
    read_application,
)
from carestation.facilities.rules import TERMS_VERSION, Desk
from carestation.factlog.commands import announce
from carestation.kernel.actor import Actor
from carestation.kernel.errors import DomainError
from carestation.kernel.ids import uuid7
from carestation.vault.models import ScopeKind
from carestation.vault.scopes import create_scope, operator_bundle

FOUND: Final = RegistrationPurpose.FOUND_FACILITY
PAGE: Final = "facilities:found"
A_MONTH: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Founder:
    """Who completes the registration of a facility, and so becomes its first manager."""

    profession: Profession
    draft: PersonDraft


@transaction.atomic
def open_facility(
    actor: Actor, *, name: str, kind: FacilityKind, kana: str = "", phone: str = ""
) -> Facility:
    """Let a facility take part; who opens it so has approved it."""
    now = timezone.now()
    facility = Facility.objects.create(
        name=name, kana=kana, phone=phone, kind=kind, created_at=now, approved_at=now
    )
    announce(
        FacilityOpened(actor_id=actor.user_id, request_id=actor.request_id, facility_id=facility.pk)
    )
    return facility


def apply_for_facility(
    told: ToldFacility, email: str, *, terms_version: str, address: str, request_id: UUID
) -> None:
    """Let a link be mailed by which a facility is registered; the same for every address.

    `address`: the network address that asks.

    Raises:
        DomainError: other terms than today's were accepted (reason `terms_changed`).
        TooMany: too many from this network of late.
    """
    if terms_version != TERMS_VERSION:
        raise DomainError("terms_changed")
    brake_network(Purpose.REGISTRATION_NETWORK, address)
    with transaction.atomic():
        application = _written(told)
        announce(
            FacilityApplied(
                application_id=application.pk, terms_version=TERMS_VERSION, request_id=request_id
            )
        )
        begin_registration(
            None, email, FOUND, subject_id=application.pk, page=PAGE, request_id=request_id
        )


@transaction.atomic
def found_facility(token: str, founder: Founder, *, request_id: UUID) -> UUID:
    """Complete a registration: the first manager's account and the facility; return the person.

    Raises:
        NotVisible: no such link, or it was used, replaced, or is past its day.
        Conflict: there is an account under this address (reason `known`).
        WeakPassword: the password is not taken; the link stays open.
    """
    claimed = claim_registration(token, FOUND)
    application = lock_application(claimed.subject_id)
    words = Binding(facility_words=(read_application(application).name,))
    user = register_claimed(
        claimed, founder.draft, is_professional=True, request_id=request_id, binding=words
    )
    _found(Actor(user_id=user.pk, request_id=request_id), application, founder.profession)
    return user.pk


@transaction.atomic
def found_facility_as_known(actor: Actor, token: str, profession: Profession) -> None:
    """Complete a registration with the account that one has.

    Raises:
        NotVisible: no such link, or it was used, replaced, or is past its day.
        Refused: it came to another address (reason `other_address`).
    """
    claimed = claim_registration(token, FOUND)
    application = lock_application(claimed.subject_id)
    match_claimed(actor, claimed, is_professional=True)
    _found(actor, application, profession)


@transaction.atomic
def describe_facility(desk: Desk, *, kana: str, phone: str) -> bool:
    """Say how the facility's name is read and by which number it is called; whether that is new.

    Raises:
        Refused: the actor may not, or may no more.
    """
    facility = lock_desk(desk, Right.CHANGE_RULES)
    reading_is_new, phone_is_new = facility.kana != kana, facility.phone != phone
    facility.kana, facility.phone = kana, phone
    facility.save(update_fields=["kana", "phone"])
    if reading_is_new:
        announce(FacilityReadingChanged(**desk.marks()))
    if phone_is_new:
        announce(FacilityPhoneChanged(**desk.marks()))
    return reading_is_new or phone_is_new


def forget_applications() -> int:
    """Drop what nobody has completed in a month; return how many. Its links are long over."""
    old = FacilityApplication.objects.waiting().filter(created_at__lt=timezone.now() - A_MONTH)
    return old.delete()[0]


def _written(told: ToldFacility) -> FacilityApplication:
    application_id, bundle = uuid7(), operator_bundle()

    def sealed(column: str, words: str) -> bytes:
        return bundle.seal(words, application_place(application_id, column))

    return FacilityApplication.objects.create(
        id=application_id,
        kind=told.kind,
        name_sealed=sealed("name", told.name),
        kana_sealed=sealed("kana", told.kana),
        address_sealed=sealed("address", told.address),
        contact_sealed=sealed("contact", told.contact),
        terms_version=TERMS_VERSION,
        created_at=timezone.now(),
    )


def _found(actor: Actor, application: FacilityApplication, profession: Profession) -> None:
    told, facility_id, now = read_application(application), uuid7(), timezone.now()
    bundle = create_scope(facility_id, ScopeKind.FACILITY, facility_id)
    application.facility = Facility.objects.create(
        id=facility_id,
        name=told.name,
        kana=told.kana,
        kind=told.kind,
        address_sealed=bundle.seal(told.address, facility_place(facility_id, "address")),
        contact_sealed=bundle.seal(told.contact, facility_place(facility_id, "contact")),
        created_at=now,
        approved_at=None if settings.FACILITIES_WAIT_FOR_APPROVAL else now,
    )
    application.save(update_fields=["facility"])
    marks = {"actor_id": actor.user_id, "request_id": actor.request_id, "facility_id": facility_id}
    announce(FacilityOpened(**marks))
    begin_staff(actor, facility_id, actor.user_id, profession=profession, role=StaffRole.MANAGER)
    bind_by_rules(actor, actor.user_id)
    TermsAcceptance.objects.create(
        facility_id=facility_id,
        user_id=actor.user_id,
        version=application.terms_version,
        accepted_at=now,
    )
    announce(TermsAccepted(**marks, version=TermsVersion(application.terms_version)))
