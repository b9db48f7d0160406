"""Invitations to the staff: sent, sent again, taken back, agreed to.

Many are invited together or not at all. The link of an invitation is a registration's: it proves
the address, works once, and ends with the invitation.

Controls: ISO/IEC 27017 5.16, 5.18; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.accounts.choices import RegistrationPurpose
from carestation.accounts.commands.registrations import (
    Claimed,
    PersonDraft,
    begin_registration,
    claim_registration,
    end_registrations,
    match_claimed,
    register_claimed,
)
from carestation.accounts.queries.people import email_index
from carestation.facilities.choices import InvitationProblem, Profession, Right, StaffRole
from carestation.facilities.commands.bindings import bind_by_rules
from carestation.facilities.commands.scopes import bundle_of_facility
from carestation.facilities.commands.staff import begin_staff, lock_desk, require_givable
from carestation.facilities.facts import (
    StaffInvitationAccepted,
    StaffInvitationCancelled,
    StaffInvitationResent,
    StaffInvited,
)
from carestation.facilities.models.staff import Staff, StaffInvitation
from carestation.facilities.queries.invitations import (
    find_invitation,
    invited_email_place,
    invited_name_place,
    problems_of,
    read_invited_email,
)
from carestation.facilities.queries.policies import rules_of
from carestation.facilities.queries.roles import find_role
from carestation.facilities.rules import INVITATION_LASTS, Desk, strictest
from carestation.factlog.commands import announce
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, DomainError, NotVisible, require
from carestation.kernel.ids import uuid7
from carestation.vault.sealing import Bundle

JOIN: Final = RegistrationPurpose.JOIN_FACILITY
PAGE: Final = "facilities:join"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Whom a manager invites, and to what; a member may be to have a role of the facility's own."""

    email: str
    name: str
    profession: Profession
    role: StaffRole
    custom_role_id: UUID | None = None


class Uninvitable(DomainError):  # noqa: N818 - the name is the answer
    """Some of those to be invited cannot be; nobody is. `problems`: why, each at its place."""

    def __init__(self, problems: Sequence[InvitationProblem | None]) -> None:
        super().__init__(next(one.value for one in problems if one))
        self.problems = problems


@transaction.atomic
def invite_staff(desk: Desk, invited: Sequence[Invited]) -> list[StaffInvitation]:
    """Invite some addresses to places in the facility: all of them, or none.

    Raises:
        NotVisible: the facility has no such role of its own.
        Refused: the actor may not; the facility waits for the operator (reason
            `awaiting_approval`); a role has rights that the actor has not (`beyond_own_rights`).
        Uninvitable: one works here, is invited already, or stands in the list twice.
    """
    facility = lock_desk(desk, Right.INVITE_STAFF)
    require(allowed=facility.approved_at is not None, reason="awaiting_approval")
    for role, custom_role_id in {(one.role, one.custom_role_id) for one in invited}:
        if custom_role_id is not None:
            find_role(desk, custom_role_id)
        require_givable(desk, role, custom_role_id)
    problems = problems_of(desk, [one.email for one in invited])
    if any(problems):
        raise Uninvitable(problems)
    bundle = bundle_of_facility(desk.facility_id, desk.actor)
    return [_invite(desk, bundle, one) for one in invited]


@transaction.atomic
def resend_invitation(desk: Desk, invitation_id: UUID) -> None:
    """Send an invitation again, past its term too; the earlier link ends.

    Raises:
        NotVisible: no such invitation in this facility.
        Refused: the actor may not, or it is to more rights than they have (reason
            `beyond_own_rights`).
        Conflict: it was accepted or taken back.
    """
    lock_desk(desk, Right.INVITE_STAFF)
    invitation, now = _waiting(desk, invitation_id), timezone.now()
    require_givable(desk, StaffRole(invitation.role), invitation.custom_role_id)
    _send(desk, invitation, read_invited_email(invitation, desk.actor))
    waiting = StaffInvitation.objects.waiting().filter(pk=invitation_id)
    if not waiting.update(sent_at=now, expires_at=now + INVITATION_LASTS):
        raise Conflict("invitation_over")
    announce(StaffInvitationResent(**desk.marks(), invitation_id=invitation.pk))


@transaction.atomic
def cancel_invitation(desk: Desk, invitation_id: UUID) -> None:
    """Take an invitation back; its link works no more.

    Raises:
        NotVisible: no such invitation in this facility.
        Refused: the actor may not.
        Conflict: it was accepted or taken back.
    """
    lock_desk(desk, Right.INVITE_STAFF)
    if not _cancel(desk, _waiting(desk, invitation_id)):
        raise Conflict("invitation_over")


def cancel_invitations_by(desk: Desk, user_id: UUID) -> None:
    """Take back what a leaver has sent. Runs inside the caller's transaction."""
    own = StaffInvitation.objects.waiting().of_facility(desk.facility_id)
    for invitation in own.filter(inviter_id=user_id).order_by("id"):
        _cancel(desk, invitation)


@transaction.atomic
def join_as_new(token: str, draft: PersonDraft, *, request_id: UUID) -> Staff:
    """Agree to an invitation as someone who has no account yet: account and place together.

    Raises:
        NotVisible: no such link, or it was used, replaced, taken back, or is past its time.
        Conflict: there is an account under this address (reason `known`).
        WeakPassword: the password is not taken; the link stays open.
    """
    claimed = claim_registration(token, JOIN)
    invitation = _claimed_invitation(claimed)
    asked = strictest([(invitation.facility.name, rules_of(invitation.facility_id))])
    user = register_claimed(
        claimed, draft, is_professional=True, request_id=request_id, binding=asked
    )
    return _accept(Actor(user_id=user.pk, request_id=request_id), invitation)


@transaction.atomic
def join_as_known(actor: Actor, token: str) -> Staff:
    """Agree to an invitation as someone who has an account and has signed in.

    Raises:
        NotVisible: no such link, or it was used, replaced, taken back, or is past its time.
        Refused: it came to another address (reason `other_address`).
        Conflict: they work there already (reason `works_here`).
    """
    claimed = claim_registration(token, JOIN)
    invitation = _claimed_invitation(claimed)
    match_claimed(actor, claimed, is_professional=True)
    working = Staff.objects.active().of_facility(invitation.facility_id)
    if working.of_person(actor.user_id).exists():
        raise Conflict("works_here")
    return _accept(actor, invitation)


def _invite(desk: Desk, bundle: Bundle, one: Invited) -> StaffInvitation:
    invitation_id, now = uuid7(), timezone.now()
    invitation = StaffInvitation.objects.create(
        id=invitation_id,
        facility_id=desk.facility_id,
        inviter_id=desk.actor.user_id,
        email_index=email_index(one.email),
        email_sealed=bundle.seal(one.email.strip(), invited_email_place(invitation_id)),
        name_sealed=bundle.seal(one.name, invited_name_place(invitation_id)),
        profession=one.profession,
        role=one.role,
        custom_role_id=one.custom_role_id,
        created_at=now,
        sent_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    announce(
        StaffInvited(
            **desk.marks(),
            invitation_id=invitation_id,
            profession=one.profession,
            role=one.role,
            custom_role_id=one.custom_role_id,
        )
    )
    _send(desk, invitation, one.email)
    return invitation


def _send(desk: Desk, invitation: StaffInvitation, email: str) -> None:
    begin_registration(
        desk.actor,
        email,
        JOIN,
        subject_id=invitation.pk,
        page=PAGE,
        request_id=desk.actor.request_id,
        lasts=INVITATION_LASTS,
    )


def _waiting(desk: Desk, invitation_id: UUID) -> StaffInvitation:
    invitation = find_invitation(desk, invitation_id)
    if invitation.accepted_at is not None or invitation.cancelled_at is not None:
        raise Conflict("invitation_over")
    return invitation


def _cancel(desk: Desk, invitation: StaffInvitation) -> bool:
    # The registration before the invitation, as whoever agrees locks them: no two wait in a ring.
    end_registrations(desk.actor, JOIN, invitation.pk)
    waiting = StaffInvitation.objects.waiting().filter(pk=invitation.pk)
    if not waiting.update(cancelled_at=timezone.now()):
        return False
    announce(StaffInvitationCancelled(**desk.marks(), invitation_id=invitation.pk))
    return True


def _claimed_invitation(claimed: Claimed) -> StaffInvitation:
    waiting = StaffInvitation.objects.waiting().select_for_update()
    invitation = waiting.one(claimed.subject_id).first()
    if invitation is None:
        raise NotVisible("link")
    return invitation


def _accept(actor: Actor, invitation: StaffInvitation) -> Staff:
    staff = begin_staff(
        actor,
        invitation.facility_id,
        actor.user_id,
        profession=Profession(invitation.profession),
        role=StaffRole(invitation.role),
        custom_role_id=invitation.custom_role_id,
    )
    invitation.accepted_at, invitation.staff = timezone.now(), staff
    invitation.save(update_fields=["accepted_at", "staff"])
    bind_by_rules(actor, actor.user_id)
    announce(
        StaffInvitationAccepted(
            actor_id=actor.user_id,
            request_id=actor.request_id,
            facility_id=invitation.facility_id,
            invitation_id=invitation.pk,
            staff_id=staff.pk,
        )
    )
    return staff
