"""Who has to approve of an invitation does, or not: a manager, then the patient.

Controls: ISO/IEC 27017 5.18; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.facilities.choices import Right
from carestation.facilities.commands.staff import lock_desk
from carestation.facilities.rules import Desk
from carestation.factlog.commands import announce
from carestation.groups.choices import InvitationEnd, InvitationState, Role
from carestation.groups.commands.invitations import (
    end_invitation_for,
    lock_room,
    marks_of,
    send_if_approved,
)
from carestation.groups.commands.timelines import lock_timelines
from carestation.groups.facts import InvitationAgreed, InvitationApproved
from carestation.groups.models.invitations import Invitation
from carestation.groups.queries.invitations import (
    course_of,
    find_invitation,
    find_invitation_at,
    is_patient,
)
from carestation.groups.rules import Seat, invitation_state, may_approve
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.errors import Conflict, require


@transaction.atomic
def decide_invitation(seat: Seat, invitation_id: UUID, *, approves: bool) -> None:
    """Approve of an invitation as the group's manager, or not.

    Raises:
        NotVisible: no such invitation in this group.
        Refused: only the group's managers.
        Conflict: it waits for no manager (reason `invitation_over`).
    """
    require(allowed=may_approve(seat))
    invitation = find_invitation(seat, invitation_id)
    lock_room(seat)
    _decide(seat, invitation, approves=approves)


@transaction.atomic
@acting_as(Work.DESK)
def decide_at_desk(desk: Desk, invitation_id: UUID, *, approves: bool) -> None:
    """Approve of what someone of the facility invites, or not; a group's name stays unread.

    Raises:
        Refused: the actor may not.
        NotVisible: nobody of this facility made such an invitation.
        Conflict: it waits for no manager (reason `invitation_over`).
    """
    lock_desk(desk, Right.APPROVE_INVITATIONS)
    invitation = find_invitation_at(desk, invitation_id)
    lock_timelines(invitation.group_id, Role.MANAGER)
    _decide(desk, invitation, approves=approves)


@transaction.atomic
def agree_to_invitation(seat: Seat, invitation_id: UUID, *, agrees: bool) -> None:
    """Approve of an invitation as the patient who takes part by themself, or not.

    Raises:
        NotVisible: no such invitation in this group.
        Refused: only the patient.
        Conflict: it does not wait for the patient (reason `invitation_over`).
    """
    require(allowed=is_patient(seat))
    invitation = find_invitation(seat, invitation_id)
    lock_room(seat)
    invitation = _waiting_for(invitation, InvitationState.AWAITING_PATIENT)
    if not agrees:
        end_invitation_for(seat.actor, seat.facility_id, invitation, InvitationEnd.NOT_AGREED)
        return
    invitation.agreed_at = timezone.now()
    invitation.save(update_fields=["agreed_at"])
    announce(InvitationAgreed(**marks_of(seat, invitation)))
    send_if_approved(seat, invitation)


def _decide(by: Seat | Desk, invitation: Invitation, *, approves: bool) -> None:
    invitation = _waiting_for(invitation, InvitationState.AWAITING_MANAGER)
    if not approves:
        end_invitation_for(by.actor, by.facility_id, invitation, InvitationEnd.NOT_APPROVED)
        return
    invitation.approved_at, invitation.approver_id = timezone.now(), by.actor.user_id
    invitation.save(update_fields=["approved_at", "approver"])
    announce(InvitationApproved(**marks_of(by, invitation)))
    send_if_approved(by, invitation)


def _waiting_for(invitation: Invitation, state: InvitationState) -> Invitation:
    # Read again: the group is locked by now.
    invitation.refresh_from_db()
    if invitation_state(course_of(invitation, has_account=True), timezone.now()) is not state:
        raise Conflict("invitation_over")
    return invitation
