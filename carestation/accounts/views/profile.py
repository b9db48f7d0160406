"""Who one is: name, mail address, and when one signed in.

Controls: ISO/IEC 27017 5.16, 5.17; white paper 「認証情報の管理」.
"""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods

from carestation.accounts.commands.addresses import ask_address_change, confirm_address
from carestation.accounts.commands.people import change_profile
from carestation.accounts.forms import LinkForm, NewAddressForm, ProfileForm
from carestation.accounts.gate.middleware import freshly_confirmed
from carestation.accounts.gate.requests import EnteredRequest
from carestation.accounts.queries.history import history_of
from carestation.accounts.queries.links import find_new_address
from carestation.accounts.queries.people import address_of, read_own
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import Conflict, DomainError, NotVisible, TooMany


@require_GET
@door(Door.SELF)
def history(request: EnteredRequest) -> HttpResponse:
    """Show the person's own sign-ins, and those that were refused."""
    context = {"me": read_own(request.actor), "notes": history_of(request.actor)}
    return TemplateResponse(request, "accounts/history.html", context)


@require_http_methods(["GET", "POST"])
@door(Door.SELF)
def profile(request: EnteredRequest) -> HttpResponse:
    """Take another name."""
    me = read_own(request.actor)
    form = ProfileForm(request.POST or None, initial={"name": me.name, "kana": me.kana})
    if form.is_valid():
        typed = form.cleaned_data
        change_profile(request.actor, name=typed["name"], kana=typed["kana"])
        request.session["said"] = "profile"
        return redirect("accounts:account")
    return TemplateResponse(request, "accounts/profile.html", {"form": form}, status=form.status)


@require_http_methods(["GET", "POST"])
@door(Door.SELF)
@freshly_confirmed
def address(request: EnteredRequest) -> HttpResponse:
    """Take the wish for another mail address; the answer is the same for every address."""
    form = NewAddressForm(request.POST or None)
    if form.is_valid():
        try:
            ask_address_change(request.actor, form.cleaned_data["email"])
        except (DomainError, TooMany) as error:
            form.refuse(error)
        else:
            request.session["said"] = "address_asked"
            return redirect("accounts:account")
    context = {"form": form, "current": address_of(request.actor.user_id)}
    return TemplateResponse(request, "accounts/address.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@door(Door.SELF)
def address_confirm(request: EnteredRequest) -> HttpResponse:
    """Take a proven address; looking at the page uses nothing up."""
    actor, initial = request.actor, {"token": request.GET.get("token", "")}
    form = LinkForm(request.POST or None, initial=initial)
    try:
        new = find_new_address(form["token"].value() or "", actor)
        if form.is_valid():
            confirm_address(actor, form.cleaned_data["token"])
            request.session["said"] = "address"
            return redirect("accounts:account")
    except (NotVisible, Conflict):
        gone = HTTPStatus.NOT_FOUND
        return TemplateResponse(request, "accounts/address_over.html", status=gone)
    context = {"form": form, "new": new}
    return TemplateResponse(request, "accounts/address_confirm.html", context, status=form.status)
