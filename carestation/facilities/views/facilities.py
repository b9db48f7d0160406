"""The facility itself, at its desk: what stands of it, how it is read and how it is called.

Controls: ISO/IEC 27017 5.18; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from carestation.accounts.gate.middleware import freshly_confirmed
from carestation.facilities.choices import Right
from carestation.facilities.commands.places import describe_facility
from carestation.facilities.forms.applications import FacilityForm
from carestation.facilities.queries.desks import frame_of, take_desk
from carestation.facilities.queries.facilities import facility_at
from carestation.facilities.queries.storage import room_at
from carestation.kernel.doors import Door, door
from carestation.kernel.http import CareRequest


@require_http_methods(["GET", "POST"])
@door(Door.DESK)
@freshly_confirmed
def facility(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Show the facility; take how its name is read, and its telephone number."""
    desk = take_desk(request.actor, facility_id, Right.CHANGE_RULES)
    own = facility_at(desk)
    typed = request.POST if request.method == "POST" else None
    form = FacilityForm(typed, initial={"kana": own.kana, "phone": own.phone})
    if form.is_valid():
        said = form.cleaned_data
        describe_facility(desk, kana=said["kana"], phone=said["phone"])
        return redirect("facilities:facility", facility_id)
    context = {"place": frame_of(desk), "own": own, "form": form, "room": room_at(desk)}
    return TemplateResponse(request, "facilities/facility.html", context, status=form.status)
