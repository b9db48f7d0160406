"""HTTP of a patient who is new: who it is, who could be the same, and their group is opened."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from carestation.facilities.choices import Right
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.rights import take_places
from carestation.groups.choices import Side
from carestation.groups.forms import PlaceForm
from carestation.kernel.actor import Actor
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import Conflict
from carestation.kernel.http import CareRequest
from carestation.patients.commands.face_sheets import note_alike_viewed, register_patient
from carestation.patients.forms.registering import RegisterForm
from carestation.patients.models import Patient
from carestation.patients.queries.alike import Alike, who_is_alike


@require_http_methods(["GET", "POST"])
@door(Door.SELF)
def register(request: CareRequest) -> HttpResponse:
    """Ask who a patient is, and open their group; who could be the same is shown first."""
    places, found = take_places(request.actor, Right.OPEN_GROUPS), Alike()
    said = request.POST if request.method == "POST" else None
    form, own = RegisterForm(said), PlaceForm(said, places)
    if own.is_valid() and form.is_valid():
        found = who_is_alike(request.actor, own.as_place().facility_id, form.face_sheet())
        if form.tells_apart(found.group_ids):
            patient = _registered(request.actor, own.as_place(), form, found)
            if patient is not None:
                return redirect("timeline:members", patient.group_id, Side.PROFESSIONAL)
            found = who_is_alike(request.actor, own.as_place().facility_id, form.face_sheet())
            form.ask_apart(found.group_ids)
        note_alike_viewed(request.actor, own.as_place().facility_id, found)
    context = {"form": form, "own": own, "found": found}
    return TemplateResponse(request, "patients/register.html", context, status=form.status)


def _registered(actor: Actor, place: Staff, form: RegisterForm, found: Alike) -> Patient | None:
    # None: a colleague registered someone alike in the same moment.
    try:
        return register_patient(actor, place, form.face_sheet(), apart_from=found.group_ids)
    except Conflict:
        return None
