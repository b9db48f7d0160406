"""An invited joins a group: by the link of a mail, by a code, or from their own first page.

Controls: ISO/IEC 27017 5.16, 5.17; white paper 「利用者アクセスの管理」, 「認証情報の管理」.
"""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from carestation.accounts.choices import Standing
from carestation.accounts.commands.passwords import WeakPassword
from carestation.accounts.commands.registrations import PersonDraft
from carestation.accounts.forms import PersonForm
from carestation.accounts.gate.entering import as_whom, entered_as_new
from carestation.accounts.gate.requests import EnteredRequest, standing_in
from carestation.accounts.gate.where import network_address
from carestation.groups.choices import Role
from carestation.groups.commands.joining import (
    ask_by_code,
    decline_invitation,
    join_as_known,
    join_as_new,
    join_by_code,
    join_invited,
)
from carestation.groups.forms import AskForm, CodeForm, JoinForm, words_of
from carestation.groups.models.memberships import Membership
from carestation.groups.pushes import push_membership
from carestation.groups.queries.invitations import find_by_code, find_by_token
from carestation.kernel.actor import Actor
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import CareError, Conflict, DomainError, NotVisible, Refused, TooMany


@require_http_methods(["GET", "POST"])
@door(Door.PUBLIC)
def join(request: EnteredRequest) -> HttpResponse:
    """Show an invitation by its link; the family takes an account. Looking uses nothing up."""
    token = request.POST.get("token") or request.GET.get("token", "")
    try:
        invitation = find_by_token(token)
    except NotVisible as error:
        return over(request, error)
    form = PersonForm(request.POST or None, initial={"token": token, "name": invitation.name})
    if form.is_valid() and invitation.person_id is None:
        try:
            return _registered(request, token, form.draft())
        except (WeakPassword, Conflict) as error:
            form.refuse(error)
        except (NotVisible, Refused) as error:
            return over(request, error)
    context = {"form": form, "invitation": invitation, "held": {"token": token}}
    context |= {"here": f"{reverse('groups:join')}?token={token}"}
    context |= {"as_whom": as_whom(request, invitation.person_id)}
    return TemplateResponse(request, "groups/join.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@door(Door.PUBLIC)
def code(request: EnteredRequest) -> HttpResponse:
    """Show an invitation by its code; who has no account is mailed a link to register by."""
    typed = request.POST.get("code") or request.GET.get("code", "")
    if not typed:
        return TemplateResponse(request, "groups/code.html", {"form": CodeForm()})
    is_in = standing_in(request) is Standing.FULL
    try:
        invitation = find_by_code(typed, request.entry.user_id if is_in and request.entry else None)
        form = AskForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            where = network_address(request)
            email = form.cleaned_data["email"]
            ask_by_code(typed, email, address=where, request_id=request.request_id)
            return TemplateResponse(request, "groups/asked.html")
    except (NotVisible, TooMany) as error:
        return over(request, error)
    context = {"form": form, "invitation": invitation, "held": {"code": typed}}
    context |= {"here": f"{reverse('groups:code')}?code={typed}"}
    context |= {"as_whom": "own" if is_in else "unknown"}
    return TemplateResponse(request, "groups/join.html", context, status=form.status)


@require_POST
@door(Door.SELF)
def accept(request: EnteredRequest) -> HttpResponse:
    """Sit in the group with the account that one is signed in to."""
    form = JoinForm(request.POST)
    try:
        membership = _joined(request.actor, form)
    except (NotVisible, Refused, Conflict, DomainError) as error:
        return over(request, error)
    _tell(membership)
    return redirect("/")


@require_POST
@door(Door.SELF)
def decline(request: EnteredRequest, invitation_id: UUID) -> HttpResponse:
    """Say no to an invitation that stands on one's own first page."""
    try:
        decline_invitation(request.actor, invitation_id)
    except NotVisible as error:
        return over(request, error)
    return redirect("/")


def over(request: EnteredRequest, error: CareError) -> HttpResponse:
    """Say why it goes no further, and whom to ask."""
    context = {"words": words_of(error)}
    status = HTTPStatus.NOT_FOUND if isinstance(error, Refused) else error.status
    return TemplateResponse(request, "groups/over.html", context, status=status)


def _registered(request: EnteredRequest, token: str, draft: PersonDraft) -> HttpResponse:
    membership = join_as_new(token, draft, request_id=request.request_id)
    _tell(membership)
    return entered_as_new(request, membership.user_id, "/")


def _joined(actor: Actor, form: JoinForm) -> Membership:
    if not form.is_valid():
        raise NotVisible
    said = form.cleaned_data
    if said["token"]:
        return join_as_known(actor, said["token"], said["staff_id"])
    if said["code"]:
        return join_by_code(actor, said["code"], said["staff_id"])
    return join_invited(actor, said["invitation_id"], said["staff_id"])


def _tell(membership: Membership) -> None:
    push_membership(membership.group_id, membership.pk, Role(membership.role))
