"""Passkeys: signing in by one, the second step by one, and making one.

Controls: ISO/IEC 27017 5.17, 8.5; white paper 「認証情報の管理」.
"""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from carestation.accounts.choices import SessionKind, Standing
from carestation.accounts.commands.passkeys import (
    WrongPasskey,
    begin_registration,
    begin_showing,
    pass_with_passkey,
    register_passkey,
    sign_in_with_passkey,
)
from carestation.accounts.forms import NewPasskeyForm, PasskeyForm
from carestation.accounts.gate.entering import entered
from carestation.accounts.gate.middleware import freshly_confirmed, open_to
from carestation.accounts.gate.requests import EnteredRequest, standing_in
from carestation.accounts.gate.returning import asked_for
from carestation.accounts.gate.where import where_of
from carestation.accounts.views.factors import enrolled_page
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import Refused, TooMany


@require_http_methods(["GET", "POST"])
@door(Door.PUBLIC)
def signing_in(request: EnteredRequest) -> HttpResponse:
    """Sign a person in by a passkey alone."""
    onward, form = asked_for(request), PasskeyForm(request.POST or None)
    if form.is_valid():
        typed = form.cleaned_data
        where = where_of(request, SessionKind.BROWSER, is_shared=typed["shared"])
        try:
            opened = sign_in_with_passkey(
                typed["state"], typed["answer"], where, request_id=request.request_id
            )
        except (WrongPasskey, TooMany) as error:
            form.refuse(error)
        else:
            return entered(request, opened, onward)
    context = {"form": form, "onward": onward, "challenge": begin_showing()}
    return TemplateResponse(request, "accounts/passkey_sign_in.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@door(Door.SELF)
@open_to(Standing.CODE_DUE, Standing.IDLE, Standing.FULL)
def showing(request: EnteredRequest) -> HttpResponse:
    """Take a passkey as the second step, or to open an idle session again."""
    onward, actor = asked_for(request), request.actor
    form = PasskeyForm(request.POST or None)
    is_half = standing_in(request) is Standing.CODE_DUE
    if form.is_valid():
        typed = form.cleaned_data
        try:
            opened = pass_with_passkey(actor, typed["state"], typed["answer"], is_half=is_half)
        except (WrongPasskey, TooMany) as error:
            form.refuse(error)
        else:
            return entered(request, opened, onward)
    challenge = begin_showing(actor.user_id)
    context = {"form": form, "onward": onward, "challenge": challenge, "is_half": is_half}
    return TemplateResponse(request, "accounts/passkey_showing.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@door(Door.SELF)
@open_to(Standing.FULL, Standing.ENROLMENT_DUE)
@freshly_confirmed
def making(request: EnteredRequest) -> HttpResponse:
    """Take up a passkey of this device."""
    form = NewPasskeyForm(request.POST or None)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            taken = register_passkey(request.actor, typed["name"], typed["state"], typed["answer"])
        except (WrongPasskey, Refused) as error:
            form.refuse(error)
        else:
            return enrolled_page(request, taken)
    context = {"form": form, "challenge": begin_registration(request.actor)}
    return TemplateResponse(request, "accounts/passkey_making.html", context, status=form.status)
