"""Invitations into groups: made, sent, sent again, taken back.

Each waits for what it needs, in this order: a manager, where someone else invites; the patient,
where they take part by themself (`commands.approvals`); then it is sent, and the invited joins
(`commands.joining`).
Whoever changes one locks the group's timelines first, so that of many at once each sees the one
before. In a patient's group the patient's consent is asked for above: `patients` knows it.

Controls: ISO/IEC 27017 5.16, 5.18; white paper 「利用者アクセスの管理」.
"""

import base64
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, TypedDict
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.accounts.choices import RegistrationPurpose
from carestation.accounts.commands.registrations import begin_registration, end_registrations
from carestation.accounts.queries.people import email_index
from carestation.accounts.queries.sessions import token_key
from carestation.facilities.choices import Right
from carestation.facilities.models.facilities import Facility
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.rights import rights_at
from carestation.facilities.rules import Desk
from carestation.factlog.commands import announce
from carestation.groups.choices import InvitationEnd, Kind, Relation, Role
from carestation.groups.commands.timelines import lock_timelines
from carestation.groups.facts import (
    InvitationEnded,
    InvitationResent,
    MemberInvited,
)
from carestation.groups.models.invitations import Invitation
from carestation.groups.models.memberships import Membership
from carestation.groups.queries.invitations import (
    find_invitation,
    invited_email_place,
    invited_name_place,
    read_invited_email,
)
from carestation.groups.rules import (
    INVITATION_LASTS,
    Seat,
    may_invite,
    may_resend,
)
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, DomainError, require
from carestation.kernel.ids import uuid7
from carestation.vault.scopes import open_scope

JOIN: Final = RegistrationPurpose.JOIN_GROUP
PAGE: Final = "groups:join"
CODE_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Whom a member invites, and as what. Without an address: by a code that they are handed.

    `is_contact`: whom the member knows and chose; the address is for the letter alone.
    """

    name: str
    role: Role
    relation: Relation | None = None
    email: str = ""
    is_contact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An invitation as it was made or renewed; the code is told once and stored nowhere."""

    invitation: Invitation
    code: str = ""


class InvitationMarks(TypedDict):
    """Who, for which facility, in which request, about which invitation."""

    actor_id: UUID
    facility_id: UUID | None
    request_id: UUID
    group_id: UUID
    invitation_id: UUID


@transaction.atomic
def make_invitation(seat: Seat, invited: Invited, *, consent_id: UUID | None) -> Sent:
    """Invite someone; it is sent as soon as nobody has to approve any more.

    `consent_id`: the consent under which it is made; in a patient's group there is one, locked.

    Raises:
        Refused: the family, a talk of two, or an archived group; or the seat is gone meanwhile.
        Conflict: this address sits there (`sits_already`) or is invited (`invited_already`).
        DomainError: there is no consent (`no_consent`), the family sits in patient groups only
            (`no_family_here`), or the rules of the actor's facility leave it to others.
    """
    require(allowed=may_invite(seat))
    if invited.role is Role.FAMILY and seat.kind is not Kind.PATIENT:
        raise DomainError("no_family_here")
    if seat.kind is Kind.PATIENT and consent_id is None:
        raise DomainError("no_consent")
    require_by_rules(seat, invited.role)
    lock_room(seat)
    if invited.email:
        _require_new_here(seat, invited.email)
    code = "" if invited.email else _fresh_code()
    invitation = _written(seat, invited, code=code, consent_id=consent_id)
    announce(
        MemberInvited(
            **marks_of(seat, invitation),
            role=invited.role,
            by_code=bool(code),
            needs_manager=invitation.needs_manager,
            needs_patient=invitation.needs_patient,
            consent_id=consent_id,
        )
    )
    send_if_approved(seat, invitation)
    return Sent(invitation=invitation, code=code)


@transaction.atomic
def resend_invitation(seat: Seat, invitation_id: UUID) -> Sent:
    """Let an invitation last anew, past its term too; the earlier link or code ends.

    Where the patient takes part no more, it waits for them no longer.

    Raises:
        NotVisible: no such invitation in this group.
        Refused: only who invited sends again.
        Conflict: they joined already, or it came to nothing (reason `invitation_over`).
    """
    invitation = _own(seat, invitation_id)
    code = _fresh_code() if invitation.code_key else ""
    if code:
        invitation.code_key = token_key(code)
    invitation.needs_patient = invitation.needs_patient and _has_patient(seat)
    invitation.expires_at = timezone.now() + INVITATION_LASTS
    invitation.save(update_fields=["code_key", "needs_patient", "expires_at"])
    announce(InvitationResent(**marks_of(seat, invitation)))
    send_if_approved(seat, invitation)
    return Sent(invitation=invitation, code=code)


@transaction.atomic
def cancel_invitation(seat: Seat, invitation_id: UUID) -> None:
    """Take an invitation back; its link or code works no more.

    Raises:
        NotVisible: no such invitation in this group.
        Refused: only who invited takes back.
        Conflict: they joined already, or it came to nothing (reason `invitation_over`).
    """
    _end(seat, _own(seat, invitation_id), InvitationEnd.CANCELLED)


def end_invitations_by(
    actor: Actor,
    facility_id: UUID | None,
    membership: Membership,
    cause: InvitationEnd = InvitationEnd.INVITER_LEFT,
) -> None:
    """Take back what someone has sent who leaves, or invites nobody any more.

    The group is locked. Inside the caller's transaction.
    """
    for invitation in Invitation.objects.waiting().filter(inviter=membership).order_by("id"):
        end_invitation_for(actor, facility_id, invitation, cause)


@transaction.atomic
def end_all_invitations(
    seat: Seat, cause: InvitationEnd, *, roles: Collection[Role] = tuple(Role)
) -> None:
    """Let all come to nothing that wait in a group, or those of some roles."""
    lock_timelines(seat.group_id, Role.MANAGER)
    waiting = Invitation.objects.waiting().of_group(seat.group_id).filter(role__in=roles)
    for invitation in waiting.order_by("id"):
        _end(seat, invitation, cause)


def end_invitation_for(
    actor: Actor, facility_id: UUID | None, invitation: Invitation, cause: InvitationEnd
) -> None:
    """Let one that waits come to nothing; the group is locked. Inside the caller's transaction.

    Raises:
        Conflict: it waits no more (reason `invitation_over`).
    """
    end_registrations(actor, JOIN, invitation.pk)
    waiting = Invitation.objects.waiting().filter(pk=invitation.pk)
    if not waiting.update(ended_at=timezone.now(), end_cause=cause):
        raise Conflict("invitation_over")
    announce(
        InvitationEnded(
            actor_id=actor.user_id,
            facility_id=facility_id,
            request_id=actor.request_id,
            group_id=invitation.group_id,
            invitation_id=invitation.pk,
            cause=cause,
        )
    )


def require_by_rules(seat: Seat, role: Role) -> None:
    """Ask the rights of the seat's place in a facility, whom it may invite.

    Raises:
        DomainError: not this one, or not the family (`managers_invite`, `no_family_by_rules`);
            or the operator has not let the facility take part (`awaiting_approval`).
    """
    waiting = Facility.objects.filter(approved_at=None)
    if seat.facility_id and waiting.filter(pk=seat.facility_id).exists():
        raise DomainError("awaiting_approval")
    held = _held(seat)
    if (Right.INVITE_FAMILY if role is Role.FAMILY else Right.INVITE_TO_GROUPS) not in held:
        others_may_come = Right.INVITE_TO_GROUPS in held
        raise DomainError("no_family_by_rules" if others_may_come else "managers_invite")


def _written(seat: Seat, invited: Invited, *, code: str, consent_id: UUID | None) -> Invitation:
    invitation_id, now = uuid7(), timezone.now()
    bundle, email = open_scope(seat.group_id, seat.actor), invited.email.strip()
    return Invitation.objects.create(
        id=invitation_id,
        group_id=seat.group_id,
        inviter_id=seat.membership_id,
        role=invited.role,
        relation=invited.relation or "",
        name_sealed=bundle.seal(invited.name, invited_name_place(invitation_id)),
        email_index=email_index(email) if email else None,
        email_sealed=bundle.seal(email, invited_email_place(invitation_id)) if email else None,
        code_key=token_key(code) if code else None,
        is_to_contact=invited.is_contact,
        consent_id=consent_id,
        needs_manager=seat.role is not Role.MANAGER
        and Right.APPROVE_INVITATIONS not in _held(seat),
        needs_patient=_has_patient(seat),
        created_at=now,
        expires_at=now + INVITATION_LASTS,
    )


def _require_new_here(seat: Seat, email: str) -> None:
    index = email_index(email)
    sitting = Membership.objects.active().of_group(seat.group_id)
    if sitting.filter(user__email_index=index, user__ended_at=None).exists():
        raise Conflict("sits_already")
    waiting = Invitation.objects.waiting().of_group(seat.group_id).filter(email_index=index)
    for invitation in waiting:
        if invitation.expires_at > timezone.now():
            raise Conflict("invited_already")
        _end(seat, invitation, InvitationEnd.REPLACED)


def send_if_approved(by: Seat | Desk, invitation: Invitation) -> None:
    """Send an invitation when nobody has to approve any more; it lasts from then on."""
    if not invitation.is_approved:
        return
    now = timezone.now()
    invitation.sent_at, invitation.expires_at = now, now + INVITATION_LASTS
    invitation.save(update_fields=["sent_at", "expires_at"])
    end_registrations(by.actor, JOIN, invitation.pk)
    if invitation.email_sealed is None:
        return
    begin_registration(
        by.actor,
        read_invited_email(invitation, by.actor),
        JOIN,
        subject_id=invitation.pk,
        page=PAGE,
        request_id=by.actor.request_id,
        lasts=INVITATION_LASTS,
    )


def _own(seat: Seat, invitation_id: UUID) -> Invitation:
    invitation = find_invitation(seat, invitation_id)
    require(allowed=may_resend(seat, invitation.inviter_id))
    lock_room(seat)
    waiting = Invitation.objects.waiting().filter(pk=invitation_id).first()
    if waiting is None:
        raise Conflict("invitation_over")
    return waiting


def _end(by: Seat | Desk, invitation: Invitation, cause: InvitationEnd) -> None:
    end_invitation_for(by.actor, by.facility_id, invitation, cause)


def marks_of(by: Seat | Desk, invitation: Invitation) -> InvitationMarks:
    """Return what every fact of an invitation says."""
    return InvitationMarks(
        actor_id=by.actor.user_id,
        facility_id=by.facility_id,
        request_id=by.actor.request_id,
        group_id=invitation.group_id,
        invitation_id=invitation.pk,
    )


def _held(seat: Seat) -> frozenset[Right]:
    standing = Staff.objects.standing().of_person(seat.actor.user_id)
    own = standing.filter(pk=seat.staff_id).first() if seat.staff_id else None
    return rights_at(own) if own else frozenset()


def _has_patient(seat: Seat) -> bool:
    sitting = Membership.objects.active().of_group(seat.group_id)
    return sitting.filter(relation=Relation.PATIENT).exists()


def lock_room(seat: Seat) -> None:
    """Lock the group of a seat, and read the right to sit there again under the lock.

    Raises:
        Refused: the seat is gone, or the group was archived meanwhile.
    """
    lock_timelines(seat.group_id, Role.MANAGER)
    own = Membership.objects.seated(timezone.now()).filter(pk=seat.membership_id, role=seat.role)
    require(allowed=own.filter(group__archived_at=None).exists())


def _fresh_code() -> str:
    return base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().rstrip("=")
