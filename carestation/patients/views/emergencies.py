"""HTTP of emergency access: seeking it, and looking into it at the desk.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carestation.accounts.gate.middleware import freshly_confirmed
from carestation.facilities.choices import Right
from carestation.facilities.queries.desks import frame_of, take_desk
from carestation.facilities.queries.rights import take_places
from carestation.groups.choices import Role, Side
from carestation.groups.models.memberships import Membership
from carestation.groups.pushes import push_membership
from carestation.groups.queries.seats import take_seat
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import Conflict, DomainError, TooMany
from carestation.kernel.http import CareRequest
from carestation.patients.commands.emergencies import (
    note_emergencies_listed,
    review_access,
    review_instead,
    seek_access,
)
from carestation.patients.forms.emergencies import EmergencyForm, ReviewForm
from carestation.patients.queries.emergencies import accesses_at
from carestation.patients.rules import EMERGENCY_LASTS


@require_http_methods(["GET", "POST"])
@door(Door.SELF)
@freshly_confirmed
def seek(request: CareRequest) -> HttpResponse:
    """Take a seat at a patient of one's own facility, for an hour, with a reason."""
    places = take_places(request.actor, Right.SEEK_IN_EMERGENCY)
    form = EmergencyForm(request.POST if request.method == "POST" else None, places)
    if form.is_valid():
        try:
            membership = seek_access(request.actor, form.staff_id(), form.sought())
        except (DomainError, Conflict, TooMany) as error:
            form.refuse(error)
        else:
            _tell(membership)
            return redirect("timeline:timeline", membership.group_id, Side.PROFESSIONAL)
    minutes = int(EMERGENCY_LASTS.total_seconds()) // 60
    context = {"form": form, "places": places, "minutes": minutes}
    return TemplateResponse(request, "patients/emergency.html", context, status=form.status)


@require_GET
@door(Door.DESK)
def emergencies(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Show the facility's managers which seats were taken in an emergency, and why."""
    desk = take_desk(request.actor, facility_id, Right.REVIEW_EMERGENCIES)
    note_emergencies_listed(desk)
    context = {"place": frame_of(desk), "cards": accesses_at(desk)}
    return TemplateResponse(request, "patients/emergencies.html", context)


@require_POST
@door(Door.DESK)
@freshly_confirmed
def review(request: CareRequest, facility_id: UUID, access_id: UUID) -> HttpResponse:
    """Take a manager's signature that an emergency was one; or end its seat at once."""
    desk = take_desk(request.actor, facility_id, Right.REVIEW_EMERGENCIES)
    form = ReviewForm(request.POST)
    ended = review_access(desk, access_id, ends=form.is_valid() and form.cleaned_data["ends"])
    if ended is not None:
        _tell(ended)
    return redirect("patients:emergencies", facility_id)


@require_POST
@door(Door.SEAT)
@freshly_confirmed
def review_in_group(
    request: CareRequest, group_id: UUID, side: Side, access_id: UUID
) -> HttpResponse:
    """Take the signature of a group's manager, where nobody else of the facility can give one."""
    seat = take_seat(request.actor, group_id, side)
    form = ReviewForm(request.POST)
    ended = review_instead(seat, access_id, ends=form.is_valid() and form.cleaned_data["ends"])
    if ended is not None:
        _tell(ended)
    return redirect("timeline:members", group_id, side)


def _tell(membership: Membership) -> None:
    push_membership(membership.group_id, membership.pk, Role(membership.role))
