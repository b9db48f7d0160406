"""A person's place in a facility ends, pauses or is resumed, and its seats with it.

It is a matter of the facility's desk; it stands here because seats do.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST

from carestation.accounts.gate.middleware import freshly_confirmed
from carestation.facilities.choices import Right
from carestation.facilities.queries.desks import frame_of, take_desk
from carestation.facilities.queries.staff import colleague, other_managers, works_elsewhere
from carestation.facilities.rules import Desk
from carestation.groups.choices import Role
from carestation.groups.commands.places import end_place, pause_place, resume_place
from carestation.groups.forms import EndPlaceForm, PauseForm
from carestation.groups.models.memberships import Membership
from carestation.groups.pushes import push_membership
from carestation.groups.queries.seats import count_held, groups_left_alone
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import Conflict, DomainError, Refused
from carestation.kernel.http import CareRequest


@require_http_methods(["GET", "POST"])
@door(Door.DESK, changes=True)
@freshly_confirmed
def end(request: CareRequest, facility_id: UUID, staff_id: UUID) -> HttpResponse:
    """Say what ending a place means, then end it."""
    desk = take_desk(request.actor, facility_id, Right.END_STAFF)
    context = _told(desk, staff_id)
    form = EndPlaceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            held = end_place(desk, staff_id, form.as_cause())
        except (DomainError, Conflict, Refused) as error:
            form.refuse(error)
        else:
            return _told_to_open_pages(desk, staff_id, held)
    context |= {"form": form}
    return TemplateResponse(request, "groups/end_place.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@door(Door.DESK, changes=True)
@freshly_confirmed
def pause(request: CareRequest, facility_id: UUID, staff_id: UUID) -> HttpResponse:
    """Say what pausing a place means, then pause it."""
    desk = take_desk(request.actor, facility_id, Right.END_STAFF)
    context = _told(desk, staff_id)
    form = PauseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            held = pause_place(desk, staff_id)
        except (DomainError, Conflict, Refused) as error:
            form.refuse(error)
        else:
            return _told_to_open_pages(desk, staff_id, held)
    context |= {"form": form}
    return TemplateResponse(request, "groups/pause_place.html", context, status=form.status)


@require_POST
@door(Door.DESK)
@freshly_confirmed
def resume(request: CareRequest, facility_id: UUID, staff_id: UUID) -> HttpResponse:
    """Let a paused place stand again."""
    desk = take_desk(request.actor, facility_id, Right.END_STAFF)
    return _told_to_open_pages(desk, staff_id, resume_place(desk, staff_id))


def _told(desk: Desk, staff_id: UUID) -> dict[str, object]:
    one = colleague(desk, staff_id)
    return {
        "place": frame_of(desk),
        "one": one,
        "held": count_held(desk, staff_id),
        "alone": groups_left_alone(desk, staff_id),
        "works_elsewhere": works_elsewhere(one),
        "is_last_manager": one.is_manager and not other_managers(desk, staff_id),
    }


def _told_to_open_pages(desk: Desk, staff_id: UUID, held: Iterable[Membership]) -> HttpResponse:
    for membership in held:
        push_membership(membership.group_id, membership.pk, Role(membership.role))
    if staff_id == desk.staff_id:
        return redirect("/")
    return redirect("facilities:staff", desk.facility_id)
