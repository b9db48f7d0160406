"""Inviting into a group: into a patient's only under what the patient agreed to.

`groups` knows no patient and wants the consent's id; here it is found, and held still meanwhile.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.db import transaction

from carestation.accounts.choices import Purpose
from carestation.accounts.commands.brakes import brake
from carestation.accounts.queries.people import address_of
from carestation.groups.choices import Kind, Role
from carestation.groups.commands.invitations import Invited, Sent, make_invitation
from carestation.groups.queries.contacts import find_contact
from carestation.groups.rules import Seat, may_invite
from carestation.kernel.errors import DomainError, require
from carestation.patients.choices import ConsentScope
from carestation.patients.commands.consents import lock_patient, standing_consent
from carestation.patients.rules import covers


def invite_member(seat: Seat, invited: Invited) -> Sent:
    """Invite someone into a group.

    Raises:
        Refused: the family, a talk of two, or an archived group.
        TooMany: the actor invited too many of late.
        Conflict: this address sits there (`sits_already`) or is invited (`invited_already`).
        DomainError: the patient agreed to nothing, or not to the family (`no_consent`,
            `no_consent_for_family`), or what `make_invitation` says.
    """
    require(allowed=may_invite(seat))
    brake(Purpose.INVITATION, str(seat.actor.user_id))
    with transaction.atomic():
        return make_invitation(seat, invited, consent_id=_consent_for(seat, invited.role))


def invite_contact(seat: Seat, person_id: UUID) -> Sent:
    """Invite someone whom the actor knows from work or is connected with, by choosing them.

    Raises:
        NotVisible: the actor knows no such person.
        Refused, TooMany, Conflict, DomainError: as `invite_member`.
    """
    contact = find_contact(seat.actor, person_id)
    email, role = address_of(person_id), Role.PROFESSIONAL
    return invite_member(seat, Invited(name=contact.name, role=role, email=email, is_contact=True))


def _consent_for(seat: Seat, role: Role) -> UUID | None:
    if seat.kind is not Kind.PATIENT:
        return None
    consent = standing_consent(lock_patient(seat))
    if consent is None:
        raise DomainError("no_consent")
    if not covers(ConsentScope(consent.scope), role):
        raise DomainError("no_consent_for_family")
    return consent.pk
