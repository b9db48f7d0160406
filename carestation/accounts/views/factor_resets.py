"""Giving up lost factors, by a link that a manager let be sent.

Controls: ISO/IEC 27017 5.17; white paper 「認証情報の管理」.
"""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods

from carestation.accounts.choices import SessionKind
from carestation.accounts.commands.factor_resets import finish_factor_reset
from carestation.accounts.commands.sign_in import WrongSignIn
from carestation.accounts.forms import LinkAndPasswordForm
from carestation.accounts.gate.requests import EnteredRequest
from carestation.accounts.gate.where import where_of
from carestation.accounts.queries.links import owner_of_factor_link
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import NotVisible, TooMany


@require_http_methods(["GET", "POST"])
@door(Door.PUBLIC)
def finishing(request: EnteredRequest) -> HttpResponse:
    """Take the password; looking at the page uses nothing up."""
    token = request.GET.get("token", "")
    form = LinkAndPasswordForm(request.POST or None, initial={"token": token})
    try:
        owner_of_factor_link(form["token"].value() or "")
        if form.is_valid():
            typed = form.cleaned_data
            where = where_of(request, SessionKind.BROWSER)
            finish_factor_reset(
                typed["token"], typed["password"], where, request_id=request.request_id
            )
            return redirect("accounts:factor_reset_done")
    except (WrongSignIn, TooMany) as error:
        form.refuse(error)
    except NotVisible:
        gone = HTTPStatus.NOT_FOUND
        return TemplateResponse(request, "accounts/factor_reset_over.html", status=gone)
    context = {"form": form}
    return TemplateResponse(request, "accounts/factor_reset.html", context, status=form.status)


@require_GET
@door(Door.PUBLIC)
def done(request: EnteredRequest) -> HttpResponse:
    """Say that the factors are gone, and what comes next."""
    return TemplateResponse(request, "accounts/factor_reset_done.html")
