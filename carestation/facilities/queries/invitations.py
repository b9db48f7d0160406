"""Whom a facility has invited to its staff.

Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone

from carestation.accounts.choices import RegistrationPurpose
from carestation.accounts.models import User
from carestation.accounts.queries.links import find_registration
from carestation.accounts.queries.people import email_index
from carestation.facilities.choices import (
    InvitationProblem,
    InvitationState,
    Profession,
    StaffRole,
)
from carestation.facilities.models.staff import Staff, StaffInvitation
from carestation.facilities.queries.roles import title_of
from carestation.facilities.rules import Desk, invitation_state
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.vault.scopes import open_scope
from carestation.vault.sealing import Place

LONGEST_LIST: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRow:
    """An invitation to the staff, ready to show."""

    id: UUID
    email: str
    name: str
    profession: Profession
    role: StaffRole
    role_title: str
    state: InvitationState
    sent_at: datetime
    expires_at: datetime

    @property
    def is_waiting(self) -> bool:
        """Whether it can be sent again or taken back."""
        return self.state in {InvitationState.INVITED, InvitationState.EXPIRED}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenInvitation:
    """What the holder of an invitation's link is told. `person_id`: who has that address."""

    facility: str
    name: str
    email: str
    profession: Profession
    role: StaffRole
    role_title: str
    person_id: UUID | None


def invitations_of(desk: Desk) -> list[InvitationRow]:
    """Return whom the facility has invited, those who have not come first, then the newest."""
    rows = StaffInvitation.objects.of_facility(desk.facility_id).select_related("custom_role")
    rows = rows.order_by("-sent_at")
    shown = [_invitation_row(desk, row) for row in rows[:LONGEST_LIST]]
    return sorted(shown, key=lambda one: not one.is_waiting)


def find_invitation(desk: Desk, invitation_id: UUID) -> StaffInvitation:
    """Return an invitation of the desk's facility.

    Raises:
        NotVisible: there is none with this id.
    """
    own = StaffInvitation.objects.of_facility(desk.facility_id)
    invitation = own.filter(pk=invitation_id).first()
    if invitation is None:
        raise NotVisible
    return invitation


def find_open_invitation(token: str) -> OpenInvitation:
    """Return the invitation that a link opens now; to look at it uses nothing up.

    Raises:
        NotVisible: no such link, or it was used, replaced, taken back, or is past its time.
    """
    found = find_registration(token, RegistrationPurpose.JOIN_FACILITY)
    waiting = StaffInvitation.objects.waiting().select_related("facility", "custom_role")
    invitation = waiting.one(found.subject_id).first()
    if invitation is None:
        raise NotVisible("link")
    return OpenInvitation(
        facility=invitation.facility.name,
        name=_read_invited_name(invitation, None),
        email=found.email,
        profession=Profession(invitation.profession),
        role=StaffRole(invitation.role),
        role_title=title_of(invitation, None),
        person_id=found.person_id,
    )


def problems_of(desk: Desk, emails: Sequence[str]) -> list[InvitationProblem | None]:
    """Return for each address why it cannot be invited, or nothing."""
    indexes = [email_index(email) for email in emails]
    people = User.objects.filter(email_index__in=indexes, ended_at=None)
    working = Staff.objects.active().of_facility(desk.facility_id)
    known = people.filter(pk__in=working.values("user_id")).values_list("email_index", flat=True)
    waiting = StaffInvitation.objects.waiting().of_facility(desk.facility_id)
    invited = waiting.filter(email_index__in=indexes).values_list("email_index", flat=True)
    here, sent = {bytes(one) for one in known}, {bytes(one) for one in invited}
    return [_problem(index, indexes[:place], here, sent) for place, index in enumerate(indexes)]


def read_invited_email(invitation: StaffInvitation, actor: Actor | None) -> str:
    """Return the address of an invitation, unsealed."""
    bundle = open_scope(invitation.facility_id, actor)
    return bundle.unseal(invitation.email_sealed, invited_email_place(invitation.pk))


def invited_email_place(invitation_id: UUID) -> Place:
    """Return where the address of an invitation is sealed."""
    return Place("facilities_staffinvitation", "email", invitation_id)


def invited_name_place(invitation_id: UUID) -> Place:
    """Return where the name of an invitation is sealed."""
    return Place("facilities_staffinvitation", "name", invitation_id)


def _invitation_row(desk: Desk, row: StaffInvitation) -> InvitationRow:
    return InvitationRow(
        id=row.pk,
        email=read_invited_email(row, desk.actor),
        name=_read_invited_name(row, desk.actor),
        profession=Profession(row.profession),
        role=StaffRole(row.role),
        role_title=title_of(row, desk.actor),
        state=invitation_state(
            expires_at=row.expires_at,
            accepted=row.accepted_at is not None,
            cancelled=row.cancelled_at is not None,
            now=timezone.now(),
        ),
        sent_at=row.sent_at,
        expires_at=row.expires_at,
    )


def _read_invited_name(invitation: StaffInvitation, actor: Actor | None) -> str:
    bundle = open_scope(invitation.facility_id, actor)
    return bundle.unseal(invitation.name_sealed, invited_name_place(invitation.pk))


def _problem(
    index: bytes, before: Sequence[bytes], here: set[bytes], sent: set[bytes]
) -> InvitationProblem | None:
    if index in here:
        return InvitationProblem.WORKS_HERE
    if index in sent:
        return InvitationProblem.INVITED
    return InvitationProblem.TWICE if index in before else None
