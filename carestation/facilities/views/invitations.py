"""Whom the facility has invited: the list, one more, many by a list, sent again, taken back.

Controls: ISO/IEC 27017 5.16, 5.18; white paper 「利用者アクセスの管理」.
"""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST

from carestation.accounts.gate.middleware import freshly_confirmed
from carestation.facilities.choices import InvitationProblem, Right
from carestation.facilities.commands.invitations import (
    Uninvitable,
    cancel_invitation,
    invite_staff,
    resend_invitation,
)
from carestation.facilities.forms.invitations import InviteForm, ListForm, with_problems
from carestation.facilities.queries.desks import frame_of, take_desk
from carestation.facilities.queries.invitations import invitations_of, problems_of
from carestation.facilities.queries.roles import custom_roles_of
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import Refused
from carestation.kernel.http import CareRequest


@require_http_methods(["GET", "POST"])
@door(Door.DESK)
@freshly_confirmed
def invitations(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Show whom the facility has invited; invite one more."""
    desk = take_desk(request.actor, facility_id, Right.INVITE_STAFF)
    form = InviteForm(request.POST if request.method == "POST" else None, custom_roles_of(desk))
    if form.is_valid():
        try:
            invite_staff(desk, [form.as_invited()])
        except Uninvitable as error:
            form.refuse_address(InvitationProblem(error.reason))
        except Refused as error:
            form.refuse(error)
        else:
            return redirect("facilities:invitations", facility_id)
    context = {"place": frame_of(desk), "form": form, "invitations": invitations_of(desk)}
    return TemplateResponse(request, "facilities/invitations.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@door(Door.DESK, changes=False)
@freshly_confirmed
def listed(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Read a list and show it row by row; nobody is invited yet."""
    desk = take_desk(request.actor, facility_id, Right.INVITE_STAFF)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ListForm(*sent).for_roles(custom_roles_of(desk))
    context = {"place": frame_of(desk), "form": form, "rows": []}
    if not form.is_valid():
        return TemplateResponse(request, "facilities/list.html", context, status=form.status)
    rows = with_problems(form.rows, problems_of(desk, [row.email for row in form.rows]))
    context |= {"rows": rows, "wrong": [row for row in rows if row.problems]}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if context["wrong"] else HTTPStatus.OK
    return TemplateResponse(request, "facilities/list.html", context, status=status)


@require_POST
@door(Door.DESK)
@freshly_confirmed
def invite_listed(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Invite everyone of the list that was shown; or nobody, and show it again."""
    desk = take_desk(request.actor, facility_id, Right.INVITE_STAFF)
    form = ListForm(request.POST).for_roles(custom_roles_of(desk))
    invited = [row.invited for row in form.rows if row.invited] if form.is_valid() else []
    if not invited or len(invited) != len(form.rows):
        return listed(request, facility_id)
    try:
        invite_staff(desk, invited)
    except Uninvitable:
        return listed(request, facility_id)
    return redirect("facilities:invitations", facility_id)


@require_POST
@door(Door.DESK)
def resend(request: CareRequest, facility_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Send an invitation again."""
    resend_invitation(take_desk(request.actor, facility_id, Right.INVITE_STAFF), invitation_id)
    return redirect("facilities:invitations", facility_id)


@require_POST
@door(Door.DESK)
def cancel(request: CareRequest, facility_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Take an invitation back."""
    cancel_invitation(take_desk(request.actor, facility_id, Right.INVITE_STAFF), invitation_id)
    return redirect("facilities:invitations", facility_id)
