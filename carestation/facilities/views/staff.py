"""Who works in the facility: the list, one of them, and the signature under the list.

Ending and pausing a place ends seats too, so they stand in `groups`.

Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""

from typing import Final
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carestation.accounts.gate.middleware import freshly_confirmed
from carestation.facilities.choices import PlaceState, Right
from carestation.facilities.commands.staff import change_staff, let_factors_be_reset, review_staff
from carestation.facilities.forms.desk import CallingForm, ReviewForm, StaffListForm
from carestation.facilities.queries.desks import desks_of, frame_of, take_desk
from carestation.facilities.queries.roles import custom_roles_of
from carestation.facilities.queries.staff import colleague, last_review, mark_of_list, staff_of
from carestation.facilities.rules import OVER_STAFF
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import Conflict, DomainError, NotVisible, Refused
from carestation.kernel.http import CareRequest

PAGE_SIZE: Final = 50


@require_GET
@door(Door.SELF)
def desks(request: CareRequest) -> HttpResponse:
    """Lead a manager to their desk; who manages several facilities chooses one."""
    facilities = desks_of(request.actor)
    if not facilities:
        raise NotVisible
    if len(facilities) == 1:
        page = "facilities:stopped" if facilities[0].frozen_at else "patients:top"
        return redirect(page, facilities[0].pk)
    return TemplateResponse(request, "facilities/desks.html", {"facilities": facilities})


@require_GET
@door(Door.DESK)
def staff(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Show who works in the facility."""
    desk = take_desk(request.actor, facility_id, Right.SEE_STAFF)
    everyone = staff_of(desk)
    form = StaffListForm(request.GET)
    page = Paginator(form.sifted(everyone), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"place": frame_of(desk), "everyone": everyone, "form": form, "page": page}
    return TemplateResponse(request, "facilities/staff.html", context)


@require_http_methods(["GET", "POST"])
@door(Door.DESK)
@freshly_confirmed
def change(request: CareRequest, facility_id: UUID, staff_id: UUID) -> HttpResponse:
    """Show one of the staff; take another profession or role."""
    desk = take_desk(request.actor, facility_id, *OVER_STAFF)
    one, typed = colleague(desk, staff_id), request.POST if request.method == "POST" else None
    form = CallingForm(typed, one=one, own_roles=custom_roles_of(desk))
    if form.is_valid():
        try:
            change_staff(desk, staff_id, form.as_calling())
        except (DomainError, Conflict, Refused) as error:
            form.refuse(error)
        else:
            is_own_end = staff_id == desk.staff_id and not form.keeps_desk()
            return redirect("/") if is_own_end else redirect("facilities:staff", facility_id)
    context = {"place": frame_of(desk), "one": one, "form": form}
    return TemplateResponse(request, "facilities/change.html", context, status=form.status)


@require_POST
@door(Door.DESK)
@freshly_confirmed
def reset_factors(request: CareRequest, facility_id: UUID, staff_id: UUID) -> HttpResponse:
    """Let someone who lost their second factor be sent a link."""
    let_factors_be_reset(take_desk(request.actor, facility_id, Right.RESET_FACTORS), staff_id)
    return redirect("facilities:staff", facility_id)


@require_http_methods(["GET", "POST"])
@door(Door.DESK)
def review(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Show the list of who has a place here, and take the signature under it."""
    desk = take_desk(request.actor, facility_id, Right.SIGN_REVIEW)
    # Read before the list: who is changed in between is signed by nobody.
    mark = mark_of_list(desk.facility_id)
    working = [one for one in staff_of(desk) if one.state is not PlaceState.ENDED]
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            review_staff(desk, mark=form.cleaned_data["mark"])
        except Conflict as error:
            form.refuse(error)
        else:
            return redirect("facilities:review", facility_id)
    context = {"place": frame_of(desk), "staff": working, "form": form}
    context |= {"last": last_review(desk), "mark": mark}
    return TemplateResponse(request, "facilities/review.html", context, status=form.status)
