"""Opening the first facility: one transaction through the product's own commands."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from carestation.accounts.choices import Weakness
from carestation.accounts.commands.passwords import (
    WeakPassword,
    make_reset_link,
    reset_password,
)
from carestation.accounts.commands.people import NewPerson, register_person
from carestation.accounts.queries.people import email_index, find_by_email
from carestation.facilities.choices import StaffRole
from carestation.facilities.commands.places import open_facility
from carestation.facilities.commands.staff import begin_staff
from carestation.facilities.models.facilities import Facility
from carestation.kernel.actor import Actor
from carestation.kernel.ids import uuid7
from carestation.vault.models import OPERATOR
from config.first_facility import FirstFacility


@transaction.atomic
def opened_with_link(first: FirstFacility) -> str:
    """Open the facility; return the link by which its manager sets a password.

    Raises:
        SystemExit: there is a facility already, or the address is none or has an account.
    """
    return f"{settings.SITE_URL}{reverse('accounts:reset')}?token={_opened(first)}"


@transaction.atomic
def opened_with_password(first: FirstFacility, password: str) -> None:
    """Open the facility; its manager has this password.

    Raises:
        SystemExit: as with a link; or the password is too weak, and nothing was changed.
    """
    try:
        reset_password(_opened(first), password, request_id=uuid7())
    except WeakPassword as error:
        why = Weakness(error.reason).label
        raise SystemExit(f"The password is not taken: {why}") from error


def _opened(first: FirstFacility) -> str:
    _require_sense(first)
    operator = Actor(user_id=OPERATOR, request_id=uuid7())
    manager = NewPerson(
        email=first.manager_email,
        name=first.manager_name,
        kana=first.manager_kana,
        password="",
        is_professional=True,
    )
    user = register_person(operator, manager)
    facility = open_facility(operator, name=first.name, kana=first.kana, kind=first.kind)
    begin_staff(
        operator,
        facility.pk,
        user.pk,
        profession=first.manager_profession,
        role=StaffRole.MANAGER,
    )
    link = make_reset_link(email_index(first.manager_email), request_id=uuid7())
    if link is None:
        raise SystemExit("No link can be made for this address now: try again in an hour.")
    return link.token


def _require_sense(first: FirstFacility) -> None:
    try:
        validate_email(first.manager_email)
    except ValidationError as error:
        raise SystemExit(f"“{first.manager_email}” is no mail address.") from error
    if Facility.objects.exists():
        raise SystemExit("There is a facility already: its manager brings in the others.")
    if find_by_email(first.manager_email) is not None:
        raise SystemExit("This address has an account already.")
