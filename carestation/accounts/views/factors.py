"""Second factors of one's own: taking up an authenticator app, recovery codes, removing.

Controls: ISO/IEC 27017 5.17, 8.2; white paper 「認証情報の管理」.
"""

from typing import Final
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carestation.accounts.choices import Standing
from carestation.accounts.commands.factors import (
    Enrolled,
    enrol_totp,
    fresh_secret,
    remove_factor,
    renew_recovery_codes,
)
from carestation.accounts.forms import CodeForm
from carestation.accounts.gate.cookies import hand_cookie
from carestation.accounts.gate.middleware import freshly_confirmed, open_to
from carestation.accounts.gate.requests import EnteredRequest, standing_in
from carestation.accounts.queries.factors import factors_of
from carestation.accounts.queries.people import address_of
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import DomainError
from carestation.ui.codes import drawn_qr

SECRET: Final = "totp_secret"  # noqa: S105 - the name under which it is put aside
CODES: Final = "recovery_codes"


@require_http_methods(["GET", "POST"])
@door(Door.SELF)
@open_to(Standing.FULL, Standing.ENROLMENT_DUE)
@freshly_confirmed
def enrolment(request: EnteredRequest) -> HttpResponse:
    """Show a secret for the app, and take it up once the app shows the right code."""
    secret = request.session.setdefault(SECRET, fresh_secret())
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            taken = enrol_totp(request.actor, secret, form.cleaned_data["code"])
        except DomainError as error:
            form.refuse(error)
        else:
            request.session.pop(SECRET, None)
            return enrolled_page(request, taken)
    context = {
        "form": form,
        "is_due": standing_in(request) is Standing.ENROLMENT_DUE,
        "has_app": factors_of(request.actor).totp is not None,
        "qr": drawn_qr(_uri(request, secret)),
        "secret": [secret[at : at + 4] for at in range(0, len(secret), 4)],
    }
    return TemplateResponse(request, "accounts/enrolment.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@door(Door.SELF)
def codes(request: EnteredRequest) -> HttpResponse:
    """Show new recovery codes until their owner has said that they are written down."""
    shown = request.session.get(CODES, [])
    if request.method == "GET" and shown:
        return TemplateResponse(request, "accounts/codes.html", {"codes": shown})
    request.session.pop(CODES, None)
    return redirect("accounts:account")


@require_POST
@door(Door.SELF)
@freshly_confirmed
def renew_codes(request: EnteredRequest) -> HttpResponse:
    """Make new recovery codes; the earlier ones are void."""
    request.session[CODES] = list(renew_recovery_codes(request.actor))
    return redirect("accounts:codes")


@require_GET
@door(Door.SELF)
@freshly_confirmed
def removing(request: EnteredRequest, factor_id: int) -> HttpResponse:
    """Ask before a factor is removed."""
    context = {"factor_id": factor_id, "factors": factors_of(request.actor)}
    return TemplateResponse(request, "accounts/removing.html", context)


@require_POST
@door(Door.SELF)
@freshly_confirmed
def remove(request: EnteredRequest, factor_id: int) -> HttpResponse:
    """Remove a factor."""
    remove_factor(request.actor, factor_id)
    return redirect("accounts:account")


def enrolled_page(request: EnteredRequest, taken: Enrolled) -> HttpResponse:
    """Lead on after a factor was taken up: to the recovery codes, or back to the account."""
    if taken.recovery_codes:
        request.session[CODES] = list(taken.recovery_codes)
    name = "accounts:codes" if taken.recovery_codes else "accounts:account"
    return hand_cookie(request, redirect(name), taken.opened)


def _uri(request: EnteredRequest, secret: str) -> str:
    label = f"{settings.PRODUCT_NAME}:{address_of(request.actor.user_id)}"
    query = urlencode({"secret": secret, "issuer": settings.PRODUCT_NAME}, quote_via=quote)
    return f"otpauth://totp/{quote(label)}?{query}"
