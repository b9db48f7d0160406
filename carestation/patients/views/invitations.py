"""HTTP of invitations into a group, for those who sit there: made, approved, renewed, taken back.

Controls: ISO/IEC 27017 5.18; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from carestation.groups.choices import Side
from carestation.groups.commands.approvals import agree_to_invitation, decide_invitation
from carestation.groups.commands.invitations import Sent, cancel_invitation, resend_invitation
from carestation.groups.forms import ContactsForm
from carestation.groups.queries.contacts import contacts_of
from carestation.groups.queries.seats import take_seat
from carestation.groups.rules import Seat, may_invite
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import Conflict, DomainError, TooMany, require
from carestation.kernel.http import CareRequest
from carestation.patients.commands.invitations import invite_contact, invite_member
from carestation.patients.forms.invitations import ChosenForm, InviteForm
from carestation.patients.queries.consents import consent_for_invitations
from carestation.patients.queries.rooms import room_of
from carestation.ui.codes import drawn_qr


@require_http_methods(["GET", "POST"])
@door(Door.SEAT)
def invite(request: CareRequest, group_id: UUID, side: Side) -> HttpResponse:
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
def invite_known(request: CareRequest, group_id: UUID, side: Side) -> HttpResponse:
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


@require_POST
@door(Door.SEAT)
def resend(request: CareRequest, group_id: UUID, side: Side, invitation_id: UUID) -> HttpResponse:
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


def _sent(request: CareRequest, seat: Seat, sent: Sent) -> HttpResponse:
    # A code is shown once, here: it is stored nowhere.
    if not sent.code:
        return redirect("timeline:members", seat.group_id, seat.side)
    link = f"{settings.SITE_URL}{reverse('groups:code')}?code={sent.code}"
    context = {"room": room_of(seat), "code": sent.code, "qr": drawn_qr(link)}
    context |= {"is_approved": sent.invitation.is_approved}
    return TemplateResponse(request, "patients/code.html", context)
