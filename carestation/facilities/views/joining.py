"""Agreeing to an invitation: as someone new, or with the account that one has.

Controls: ISO/IEC 27017 5.16, 5.17; white paper 「利用者アクセスの管理」, 「認証情報の管理」.
"""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from carestation.accounts.commands.passwords import WeakPassword
from carestation.accounts.forms import PersonForm
from carestation.accounts.gate.entering import as_whom, entered_as_new
from carestation.accounts.gate.requests import EnteredRequest
from carestation.facilities.commands.invitations import join_as_known, join_as_new
from carestation.facilities.queries.invitations import find_open_invitation
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import Conflict, NotVisible, Refused


@require_http_methods(["GET", "POST"])
@door(Door.PUBLIC)
def join(request: EnteredRequest) -> HttpResponse:
    """Show an invitation by its link; take an account and a place. Looking uses nothing up."""
    token = request.POST.get("token") or request.GET.get("token", "")
    try:
        invitation = find_open_invitation(token)
    except NotVisible:
        return over(request)
    form = PersonForm(request.POST or None, initial={"token": token, "name": invitation.name})
    if form.is_valid() and invitation.person_id is None:
        try:
            staff = join_as_new(token, form.draft(), request_id=request.request_id)
        except (WeakPassword, Conflict) as error:
            form.refuse(error)
        except NotVisible:
            return over(request)
        else:
            return entered(request, staff.user_id)
    context = {"form": form, "invitation": invitation, "token": token}
    context |= {"as_whom": as_whom(request, invitation.person_id)}
    return TemplateResponse(request, "facilities/join.html", context, status=form.status)


@require_POST
@door(Door.SELF)
def accept(request: EnteredRequest) -> HttpResponse:
    """Take a place with the account that one is signed in to."""
    try:
        join_as_known(request.actor, request.POST.get("token", ""))
    except (NotVisible, Refused, Conflict):
        return over(request)
    return redirect("/")


def over(request: EnteredRequest) -> HttpResponse:
    """Say that a link can be used no more, and whom to ask."""
    return TemplateResponse(request, "facilities/join_over.html", status=HTTPStatus.NOT_FOUND)


def entered(request: EnteredRequest, user_id: UUID) -> HttpResponse:
    """Let someone who has just registered in, and lead them to their second factor."""
    return entered_as_new(request, user_id, reverse("accounts:enrolment"))
