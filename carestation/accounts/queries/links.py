"""Reading of links that came by mail. To look at one uses nothing up.

Controls: ISO/IEC 27017 5.16, 5.17, 8.24; white paper 「認証情報の管理」, 「暗号化」.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from carestation.accounts.choices import RegistrationPurpose
from carestation.accounts.models import AddressChange, FactorReset, PasswordReset, Registration
from carestation.accounts.queries.people import find_by_email
from carestation.accounts.queries.sessions import token_key
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.vault.scopes import open_scope, operator_bundle
from carestation.vault.sealing import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRegistration:
    """A registration that can be completed now, as the holder of its link may see it.

    `person_id`: who has an account under this address; they sign in instead of registering.
    """

    id: UUID
    purpose: RegistrationPurpose
    subject_id: UUID | None
    email: str
    person_id: UUID | None
    expires_at: datetime


def is_open_link(token: str) -> bool:
    """Whether a link to set a password can be used now."""
    waiting = PasswordReset.objects.open(timezone.now()).filter(user__ended_at=None)
    return waiting.filter(key=token_key(token)).exists()


def owner_of_factor_link(token: str) -> UUID:
    """Return whose link to give up lost factors it is, if it can be used now.

    Raises:
        NotVisible: no such link, or it was used, replaced, or is past its day.
    """
    waiting = FactorReset.objects.open(timezone.now()).filter(user__ended_at=None)
    row = waiting.filter(key=token_key(token)).first()
    if row is None:
        raise NotVisible("link")
    return row.user_id


def find_registration(token: str, purpose: RegistrationPurpose) -> OpenRegistration:
    """Return what a link of this purpose opens now.

    Raises:
        NotVisible: no such link, or it was used, replaced, cancelled, or is past its time.
    """
    waiting = Registration.objects.open(timezone.now())
    row = waiting.filter(key=token_key(token), purpose=purpose).first()
    if row is None:
        raise NotVisible("link")
    email = read_registered_email(row)
    known = find_by_email(email)
    return OpenRegistration(
        id=row.pk,
        purpose=RegistrationPurpose(row.purpose),
        subject_id=row.subject_id,
        email=email,
        person_id=known.pk if known else None,
        expires_at=row.expires_at,
    )


def read_registered_email(row: Registration) -> str:
    """Return the address of a registration, unsealed."""
    return operator_bundle().unseal(row.email_sealed, registered_email_place(row.pk))


def registered_email_place(registration_id: UUID) -> Place:
    """Return where the address of a registration is sealed."""
    return Place("accounts_registration", "email", registration_id)


def find_new_address(token: str, actor: Actor) -> str:
    """Return the address that a link of the actor proves, if it can be used now.

    Raises:
        NotVisible: no such link of theirs, or it was used, replaced, or is past its day.
    """
    waiting = AddressChange.objects.open(timezone.now()).filter(user_id=actor.user_id)
    change = waiting.filter(key=token_key(token)).first()
    if change is None:
        raise NotVisible("link")
    return read_new_address(change)


def read_new_address(change: AddressChange) -> str:
    """Return the address that someone wants, unsealed."""
    place = new_address_place(change.pk, "email")
    return open_scope(change.user_id, None).unseal(change.email_sealed, place)


def former_address(change_id: UUID) -> str:
    """Return the address that a change left behind, or nothing before it was confirmed."""
    change = AddressChange.objects.filter(pk=change_id).first()
    if change is None or change.former_sealed is None:
        return ""
    place = new_address_place(change.pk, "former")
    return open_scope(change.user_id, None).unseal(change.former_sealed, place)


def new_address_place(change_id: UUID, column: str) -> Place:
    """Return where the new or the former address of a change is sealed."""
    return Place("accounts_addresschange", column, change_id)
