"""A facility registers itself: what it is, a mail, and its first manager; and the terms.

Controls: ISO/IEC 27017 5.16, 5.17; white paper 「利用者アクセスの管理」, 「認証情報の管理」.
"""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carestation.accounts.commands.passwords import WeakPassword
from carestation.accounts.forms import PersonForm
from carestation.accounts.gate.entering import as_whom
from carestation.accounts.gate.requests import EnteredRequest
from carestation.accounts.gate.where import network_address
from carestation.facilities.commands.places import (
    Founder,
    apply_for_facility,
    found_facility,
    found_facility_as_known,
)
from carestation.facilities.forms.applications import ApplyForm, FounderForm
from carestation.facilities.queries.applications import find_application
from carestation.facilities.rules import TERMS_VERSION
from carestation.facilities.views.joining import entered, over
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import Conflict, DomainError, NotVisible, Refused, TooMany


@require_GET
@door(Door.PUBLIC)
def terms(request: EnteredRequest) -> HttpResponse:
    """Show the terms of use with their version."""
    return TemplateResponse(request, "facilities/terms.html", {"version": TERMS_VERSION.value})


@require_http_methods(["GET", "POST"])
@door(Door.PUBLIC)
def apply(request: EnteredRequest) -> HttpResponse:
    """Take what a facility says of itself; the answer is the same for every address."""
    form = ApplyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            apply_for_facility(
                form.told(),
                typed["email"],
                terms_version=typed["terms_version"],
                address=network_address(request),
                request_id=request.request_id,
            )
        except (DomainError, TooMany) as error:
            form.refuse(error)
        else:
            return redirect("facilities:applied")
    return TemplateResponse(request, "facilities/apply.html", {"form": form}, status=form.status)


@require_GET
@door(Door.PUBLIC)
def applied(request: EnteredRequest) -> HttpResponse:
    """Say that a mail is on its way."""
    return TemplateResponse(request, "facilities/applied.html")


@require_http_methods(["GET", "POST"])
@door(Door.PUBLIC)
def found(request: EnteredRequest) -> HttpResponse:
    """Show a registration by its link; take the first manager's account, and the facility."""
    token = request.POST.get("token") or request.GET.get("token", "")
    try:
        application = find_application(token)
    except NotVisible:
        return over(request)
    form, own = PersonForm(request.POST or None, initial={"token": token}), _founder(request)
    if form.is_valid() and own.is_valid():
        try:
            founder = Founder(profession=own.as_profession(), draft=form.draft())
            return entered(request, found_facility(token, founder, request_id=request.request_id))
        except (WeakPassword, Conflict) as error:
            form.refuse(error)
        except NotVisible:
            return over(request)
    context = {"form": form, "own": own, "application": application, "token": token}
    context |= {"as_whom": as_whom(request, application.person_id)}
    return TemplateResponse(request, "facilities/found.html", context, status=form.status)


@require_POST
@door(Door.SELF)
def found_as_known(request: EnteredRequest) -> HttpResponse:
    """Complete a registration with the account that one is signed in to."""
    own = _founder(request)
    if not own.is_valid():
        return found(request)
    token = request.POST.get("token", "")
    try:
        found_facility_as_known(request.actor, token, own.as_profession())
    except (NotVisible, Refused):
        return over(request)
    return redirect("facilities:desks")


def _founder(request: EnteredRequest) -> FounderForm:
    return FounderForm(request.POST or None)
