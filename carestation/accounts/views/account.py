"""The page of one's own account: second factors, devices, password.

Controls: ISO/IEC 27017 5.17; white paper 「認証情報の管理」.
"""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carestation.accounts.commands.devices import (
    cut_off_others,
    cut_off_session,
    forget_device,
)
from carestation.accounts.commands.passwords import WeakPassword, change_password
from carestation.accounts.commands.sign_in import WrongSignIn
from carestation.accounts.forms import ChangePasswordForm
from carestation.accounts.gate.cookies import hand_keys
from carestation.accounts.gate.middleware import freshly_confirmed
from carestation.accounts.gate.requests import EnteredRequest
from carestation.accounts.queries.devices import devices_of, remembered_of
from carestation.accounts.queries.factors import factors_of, shortest_for
from carestation.accounts.queries.people import address_of, read_own
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import TooMany


@require_GET
@door(Door.SELF)
def account(request: EnteredRequest) -> HttpResponse:
    """Show what protects the account, and where it is signed in."""
    context = {
        "me": read_own(request.actor),
        "address": address_of(request.actor.user_id),
        "factors": factors_of(request.actor),
        "devices": devices_of(request.actor),
        "remembered": remembered_of(request.actor),
        "said": request.session.pop("said", ""),
    }
    return TemplateResponse(request, "accounts/account.html", context)


@require_POST
@door(Door.SELF)
def keys(request: EnteredRequest) -> HttpResponse:
    """Let single keys do something in this browser, or nothing any more."""
    return hand_keys(redirect("accounts:account"), on=request.POST.get("keys") == "on")


@require_POST
@door(Door.SELF)
@freshly_confirmed
def cut_off(request: EnteredRequest, session_id: UUID) -> HttpResponse:
    """End one of the person's sessions."""
    cut_off_session(request.actor, session_id)
    request.session["said"] = "cut_off"
    return redirect("accounts:account")


@require_POST
@door(Door.SELF)
@freshly_confirmed
def cut_off_all(request: EnteredRequest) -> HttpResponse:
    """End all sessions of the person but this one."""
    cut_off_others(request.actor)
    request.session["said"] = "cut_off"
    return redirect("accounts:account")


@require_POST
@door(Door.SELF)
@freshly_confirmed
def forget(request: EnteredRequest, session_id: UUID) -> HttpResponse:
    """Let a remembered device show the second factor again."""
    forget_device(request.actor, session_id)
    request.session["said"] = "forgotten"
    return redirect("accounts:account")


@require_http_methods(["GET", "POST"])
@door(Door.SELF)
def password(request: EnteredRequest) -> HttpResponse:
    """Take a new password."""
    form = ChangePasswordForm(request.POST or None)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            change_password(request.actor, typed["password"], typed["new"])
        except (WrongSignIn, WeakPassword, TooMany) as error:
            form.refuse(error)
        else:
            request.session["said"] = "password"
            return redirect("accounts:account")
    context = {"form": form, "shortest": shortest_for(request.actor.user_id)}
    return TemplateResponse(request, "accounts/password.html", context, status=form.status)
