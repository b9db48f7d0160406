"""Setting a password by a link.

Controls: ISO/IEC 27017 5.17; white paper 「認証情報の管理」.
"""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods

from carestation.accounts.choices import SessionKind
from carestation.accounts.commands.passwords import WeakPassword, ask_reset, reset_password
from carestation.accounts.forms import AskResetForm, NewPasswordForm
from carestation.accounts.gate.requests import EnteredRequest
from carestation.accounts.gate.where import where_of
from carestation.accounts.queries.links import is_open_link
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import NotVisible, TooMany


@require_http_methods(["GET", "POST"])
@door(Door.PUBLIC)
def asking(request: EnteredRequest) -> HttpResponse:
    """Take the wish for a link; the answer is the same whoever asks."""
    form = AskResetForm(request.POST or None)
    if form.is_valid():
        where = where_of(request, SessionKind.BROWSER)
        try:
            ask_reset(form.cleaned_data["email"], where, request_id=request.request_id)
        except TooMany as error:
            form.refuse(error)
        else:
            return redirect("accounts:reset_asked")
    return TemplateResponse(request, "accounts/reset_ask.html", {"form": form}, status=form.status)


@require_GET
@door(Door.PUBLIC)
def asked(request: EnteredRequest) -> HttpResponse:
    """Say that a mail is on its way, if there is an account."""
    return TemplateResponse(request, "accounts/reset_asked.html")


@require_http_methods(["GET", "POST"])
@door(Door.PUBLIC)
def setting(request: EnteredRequest) -> HttpResponse:
    """Take the new password; looking at the page uses nothing up."""
    form = NewPasswordForm(request.POST or None, initial={"token": request.GET.get("token", "")})
    if form.is_valid():
        typed = form.cleaned_data
        try:
            reset_password(typed["token"], typed["new"], request_id=request.request_id)
        except WeakPassword as error:
            form.refuse(error)
        except NotVisible:
            return _over(request)
        else:
            return redirect("accounts:reset_done")
    if not is_open_link(form["token"].value() or ""):
        return _over(request)
    return TemplateResponse(request, "accounts/reset.html", {"form": form}, status=form.status)


@require_GET
@door(Door.PUBLIC)
def done(request: EnteredRequest) -> HttpResponse:
    """Say that the new password holds."""
    return TemplateResponse(request, "accounts/reset_done.html")


def _over(request: EnteredRequest) -> HttpResponse:
    return TemplateResponse(request, "accounts/reset_over.html", status=HTTPStatus.NOT_FOUND)
