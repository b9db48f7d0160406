"""HTTP of invitations into a group, for those who sit there: made, approved, renewed, taken back.

Controls: ISO/IEC 27017 5.18; white paper 「利用者アクセスの管理」.
"""

from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carestation.accounts.gate.requests import EnteredRequest
from carestation.groups.choices import Side
from carestation.groups.commands.approvals import agree_to_invitation, decide_invitation
from carestation.groups.commands.invitations import Sent, cancel_invitation, resend_invitation
from carestation.groups.forms import ContactsForm
from carestation.groups.queries.contacts import contacts_of
from carestation.groups.queries.invitations import find_invitation
from carestation.groups.queries.seats import take_seat
from carestation.groups.rules import Seat, may_invite, may_resend
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import Conflict, DomainError, TooMany, require
from carestation.kernel.http import CareRequest
from carestation.patients.commands.invitations import invite_contact, invite_member
from carestation.patients.forms.invitations import ChosenForm, InviteForm
from carestation.patients.queries.consents import consent_for_invitations
from carestation.patients.queries.rooms import room_of
from carestation.ui.codes import drawn_qr

CODE: Final = "invitation_code"


@require_http_methods(["GET", "POST"])
@door(Door.SEAT)
def invite(request: EnteredRequest, group_id: UUID, side: Side) -> HttpResponse:
    """Show how to invite someone, and do."""
    seat = take_seat(request.actor, group_id, side)
    require(allowed=may_invite(seat))
    form = InviteForm(seat, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _sent(request, seat, invite_member(seat, form.as_invited()))
        except (Conflict, DomainError, TooMany) as error:
            form.refuse(error)
    context = {"room": room_of(seat), "form": form, "consent": consent_for_invitations(seat)}
    return TemplateResponse(request, "patients/invite.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@door(Door.SEAT)
def invite_known(request: EnteredRequest, group_id: UUID, side: Side) -> HttpResponse:
    """Show whom one knows and who does not sit here, and invite one of them."""
    seat = take_seat(request.actor, group_id, side)
    require(allowed=may_invite(seat))
    form = ChosenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _sent(request, seat, invite_contact(seat, form.cleaned_data["person"]))
        except (Conflict, DomainError, TooMany) as error:
            form.refuse(error)
    room, sift = room_of(seat), ContactsForm(request.GET)
    sitting = {one.user_id for one in room.members}
    contacts = [one for one in contacts_of(seat.actor) if one.user_id not in sitting]
    context = {"room": room, "form": form, "sift": sift, "total": len(contacts)}
    context |= {"contacts": sift.sifted(contacts), "consent": consent_for_invitations(seat)}
    return TemplateResponse(request, "patients/invite_known.html", context, status=form.status)


@require_GET
@door(Door.SEAT)
def code(request: EnteredRequest, group_id: UUID, side: Side, invitation_id: UUID) -> HttpResponse:
    """Show a code to who made it, in the session in which it was made; reading it makes nothing."""
    seat = take_seat(request.actor, group_id, side)
    invitation = find_invitation(seat, invitation_id)
    require(allowed=may_resend(seat, invitation.inviter_id))
    held = request.session.get(CODE, {})
    if held.get("invitation") != str(invitation_id):
        return redirect("timeline:members", group_id, side)
    link = f"{settings.SITE_URL}{reverse('groups:code')}?code={held['code']}"
    context = {"room": room_of(seat), "code": held["code"], "qr": drawn_qr(link)}
    context |= {"is_approved": invitation.is_approved}
    return TemplateResponse(request, "patients/code.html", context)


@require_POST
@door(Door.SEAT)
def resend(
    request: EnteredRequest, group_id: UUID, side: Side, invitation_id: UUID
) -> HttpResponse:
    """Send one's own invitation again; one by a code gets a new code."""
    seat = take_seat(request.actor, group_id, side)
    return _sent(request, seat, resend_invitation(seat, invitation_id))


@require_POST
@door(Door.SEAT)
def cancel(request: CareRequest, group_id: UUID, side: Side, invitation_id: UUID) -> HttpResponse:
    """Take one's own invitation back."""
    cancel_invitation(take_seat(request.actor, group_id, side), invitation_id)
    return redirect("timeline:members", group_id, side)


@require_POST
@door(Door.SEAT)
def decide(request: CareRequest, group_id: UUID, side: Side, invitation_id: UUID) -> HttpResponse:
    """Approve of an invitation as the group's manager, or not."""
    seat = take_seat(request.actor, group_id, side)
    decide_invitation(seat, invitation_id, approves=request.POST.get("approves") == "yes")
    return redirect("timeline:members", group_id, side)


@require_POST
@door(Door.SEAT)
def agree(request: CareRequest, group_id: UUID, side: Side, invitation_id: UUID) -> HttpResponse:
    """Approve of an invitation as the patient, or not."""
    seat = take_seat(request.actor, group_id, side)
    agree_to_invitation(seat, invitation_id, agrees=request.POST.get("approves") == "yes")
    return redirect("timeline:members", group_id, side)


def _sent(request: EnteredRequest, seat: Seat, sent: Sent) -> HttpResponse:
    # A code is told once and stored nowhere but in the session of who made it.
    if not sent.code:
        return redirect("timeline:members", seat.group_id, seat.side)
    request.session[CODE] = {"invitation": str(sent.invitation.pk), "code": sent.code}
    return redirect("patients:code", seat.group_id, seat.side, sent.invitation.pk)
