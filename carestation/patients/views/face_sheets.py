"""HTTP of patients: the face sheet."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods

from carestation.groups.choices import Side
from carestation.groups.queries.seats import take_seat
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import Conflict, require
from carestation.kernel.http import CareRequest
from carestation.patients.commands.face_sheets import change_face_sheet, note_face_sheet_viewed
from carestation.patients.forms.face_sheets import FaceSheetForm, filled_form
from carestation.patients.queries.consents import consents_of
from carestation.patients.queries.face_sheets import last_change_of, take_face_sheet
from carestation.patients.queries.rooms import room_of
from carestation.patients.rules import may_change_face_sheet


@require_GET
@door(Door.SEAT)
def face_sheet(request: CareRequest, group_id: UUID, side: Side) -> HttpResponse:
    """Show who the patient is and what to beware of."""
    seat = take_seat(request.actor, group_id, side)
    card = take_face_sheet(seat)
    note_face_sheet_viewed(seat)
    context = {"room": room_of(seat), "card": card, "consents": consents_of(seat)}
    context |= {"may_change": may_change_face_sheet(seat), "last": last_change_of(seat, card)}
    return TemplateResponse(request, "patients/face_sheet.html", context)


@require_http_methods(["GET", "POST"])
@door(Door.SEAT, changes=True)
def edit_face_sheet(request: CareRequest, group_id: UUID, side: Side) -> HttpResponse:
    """Show the face sheet as a form, and put it right; what another wrote meanwhile is kept."""
    seat = take_seat(request.actor, group_id, side)
    card = take_face_sheet(seat)
    require(allowed=may_change_face_sheet(seat), reason="archived" if seat.is_archived else "")
    said = request.POST if request.method == "POST" else None
    form = FaceSheetForm(said, initial=filled_form(card.face_sheet, card.version))
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            change_face_sheet(seat, form.face_sheet(), version=form.cleaned_data["version"])
            return redirect("patients:face_sheet", group_id, side)
        except Conflict:
            form.say_conflict(card.version)
            status = HTTPStatus.CONFLICT
    elif form.is_bound:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    note_face_sheet_viewed(seat)
    context = {"room": room_of(seat), "card": card, "form": form}
    return TemplateResponse(request, "patients/edit_face_sheet.html", context, status=status)
