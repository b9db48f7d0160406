"""Signing in, the second step, and signing out.

Controls: ISO/IEC 27017 5.17, 8.5; white paper 「認証情報の管理」.
"""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST

from carestation.accounts.choices import SessionKind, Standing
from carestation.accounts.commands.sessions import sign_out
from carestation.accounts.commands.sign_in import WrongCode, WrongSignIn, sign_in, take_second_step
from carestation.accounts.forms import SecondStepForm, SignInForm
from carestation.accounts.gate.cookies import drop_cookie
from carestation.accounts.gate.entering import entered
from carestation.accounts.gate.middleware import open_to
from carestation.accounts.gate.requests import EnteredRequest, standing_in
from carestation.accounts.gate.returning import asked_for
from carestation.accounts.gate.where import where_of
from carestation.accounts.queries.demo import demo_code, demo_people
from carestation.accounts.queries.devices import may_trust
from carestation.accounts.queries.factors import factors_of
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import TooMany


@require_http_methods(["GET", "POST"])
@door(Door.PUBLIC)
def signing_in(request: EnteredRequest) -> HttpResponse:
    """Sign a person in by mail address and password; one answer for every wrong one."""
    onward = asked_for(request)
    if standing_in(request) is Standing.FULL:
        return redirect(onward)
    form = SignInForm(request.POST or None)
    if form.is_valid():
        typed = form.cleaned_data
        where = where_of(request, SessionKind.BROWSER, is_shared=typed["shared"])
        try:
            opened = sign_in(
                typed["email"], typed["password"], where, request_id=request.request_id
            )
        except (WrongSignIn, TooMany) as error:
            form.refuse(error)
        else:
            return entered(request, opened, onward)
    context = {"form": form, "onward": onward, "demo_people": demo_people()}
    return TemplateResponse(request, "accounts/sign_in.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@door(Door.SELF)
@open_to(Standing.CODE_DUE)
def second_step(request: EnteredRequest) -> HttpResponse:
    """Complete a half open session by a code of the app, or a recovery code."""
    onward, form = asked_for(request), SecondStepForm(request.POST or None)
    if form.is_valid():
        try:
            typed = form.cleaned_data
            opened = take_second_step(request.actor, typed["code"], remembers=typed["trust"])
        except (WrongCode, TooMany) as error:
            form.refuse(error)
        else:
            return entered(request, opened, onward)
    context = {
        "form": form,
        "onward": onward,
        "factors": factors_of(request.actor),
        "may_trust": may_trust(request.actor),
        "demo_code": demo_code(request.actor),
    }
    return TemplateResponse(request, "accounts/second_step.html", context, status=form.status)


@require_POST
@door(Door.SELF)
@open_to(*Standing)
def signing_out(request: EnteredRequest) -> HttpResponse:
    """End this session."""
    sign_out(request.actor)
    return drop_cookie(request, redirect("accounts:sign_in"))
