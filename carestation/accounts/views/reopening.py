"""Opening an idle session again, and confirming who one is before what is hard to undo.

Controls: ISO/IEC 27017 8.5; white paper 「認証情報の管理」.
"""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from carestation.accounts.choices import Standing
from carestation.accounts.commands.sessions import lock_session
from carestation.accounts.commands.sign_in import WrongSignIn, reopen_with_password
from carestation.accounts.forms import OwnPasswordForm
from carestation.accounts.gate.entering import entered
from carestation.accounts.gate.middleware import open_to
from carestation.accounts.gate.requests import EnteredRequest, standing_in
from carestation.accounts.gate.returning import asked_for, way_back, with_next
from carestation.accounts.queries.factors import factors_of
from carestation.accounts.queries.people import read_own
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import TooMany


@require_http_methods(["GET", "POST"])
@door(Door.SELF)
@open_to(Standing.IDLE, Standing.FULL, Standing.ENROLMENT_DUE)
def reopening(request: EnteredRequest) -> HttpResponse:
    """Take the password again; the session goes on where it was."""
    onward, form = asked_for(request), OwnPasswordForm(request.POST or None)
    if form.is_valid():
        try:
            opened = reopen_with_password(request.actor, form.cleaned_data["password"])
        except (WrongSignIn, TooMany) as error:
            form.refuse(error)
        else:
            return entered(request, opened, onward)
    context = {
        "form": form,
        "onward": onward,
        "is_idle": standing_in(request) is Standing.IDLE,
        "me": read_own(request.actor),
        "factors": factors_of(request.actor),
    }
    return TemplateResponse(request, "accounts/reopening.html", context, status=form.status)


@require_POST
@door(Door.SELF)
@open_to(Standing.FULL, Standing.ENROLMENT_DUE, Standing.IDLE)
def lock(request: EnteredRequest) -> HttpResponse:
    """Let the session idle at once, and lead to where it is opened again."""
    lock_session(request.actor)
    return redirect(with_next(reverse("accounts:reopening"), way_back(request)))


@require_POST
@door(Door.SELF, changes=False)
@open_to(Standing.FULL, Standing.ENROLMENT_DUE)
def keep(request: EnteredRequest) -> HttpResponse:  # noqa: ARG001 - the gate has noted the use
    """Say that someone is still there."""
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
