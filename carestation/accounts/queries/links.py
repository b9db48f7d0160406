"""Reading of links that came by mail. To look at one uses nothing up.

Controls: ISO/IEC 27017 5.16, 5.17, 8.24; white paper 「認証情報の管理」, 「暗号化」.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from carestation.accounts.choices import RegistrationPurpose
from carestation.accounts.models import FactorReset, PasswordReset, Registration
from carestation.accounts.queries.people import find_by_email
from carestation.accounts.queries.sessions import token_key
from carestation.kernel.errors import NotVisible
from carestation.vault.scopes import operator_bundle
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
