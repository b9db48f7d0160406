"""HTTP of consents: what the patient agreed to, and that it was withdrawn."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from carestation.accounts.queries.people import read_own
from carestation.groups.choices import Side
from carestation.groups.queries.seats import take_seat
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import Conflict, DomainError, require
from carestation.kernel.http import CareRequest
from carestation.patients.commands.consents import (
    note_consents_viewed,
    record_consent,
    withdraw_consent,
)
from carestation.patients.forms.consents import NewConsentForm, WithdrawalForm
from carestation.patients.queries.consents import consents_of
from carestation.patients.queries.rooms import room_of
from carestation.patients.rules import may_record_consent
from carestation.ui.times import local_date


@require_http_methods(["GET", "POST"])
@door(Door.SEAT)
def consents(request: CareRequest, group_id: UUID, side: Side) -> HttpResponse:
    """Show what the patient agreed to; put down a newer consent."""
    seat = take_seat(request.actor, group_id, side)
    known = consents_of(seat)
    told = {"given_on": local_date(), "explained_by": read_own(request.actor).name}
    form = NewConsentForm(request.POST if request.method == "POST" else None, initial=told)
    if form.is_bound:
        require(allowed=may_record_consent(seat))
    if form.is_valid():
        try:
            record_consent(seat, form.as_new())
        except DomainError as error:
            form.refuse(error)
        else:
            return redirect("patients:consents", group_id, side)
    note_consents_viewed(seat)
    context = {"room": room_of(seat), "consents": known, "form": form}
    context |= {"may_record": may_record_consent(seat)}
    return TemplateResponse(request, "patients/consents.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@door(Door.SEAT)
def withdraw(request: CareRequest, group_id: UUID, side: Side) -> HttpResponse:
    """Say what a withdrawal means, then put it down."""
    seat = take_seat(request.actor, group_id, side)
    known = consents_of(seat)
    require(allowed=may_record_consent(seat))
    told = {"withdrawn_on": local_date(), "consent_id": known.standing and known.standing.id}
    form = WithdrawalForm(request.POST if request.method == "POST" else None, initial=told)
    if form.is_valid():
        try:
            withdraw_consent(seat, **form.cleaned_data)
        except (Conflict, DomainError) as error:
            form.refuse(error)
        else:
            return redirect("patients:consents", group_id, side)
    if known.standing is None and not form.is_bound:
        return redirect("patients:consents", group_id, side)
    note_consents_viewed(seat)
    context = {"room": room_of(seat), "consents": known, "form": form}
    return TemplateResponse(request, "patients/withdraw.html", context, status=form.status)
