"""Roles of a facility's own: made, changed by a second step, ended.

Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from carestation.accounts.gate.middleware import freshly_confirmed
from carestation.facilities.choices import Right, StaffRole
from carestation.facilities.commands.roles import change_role, end_role, make_role
from carestation.facilities.forms.roles import RoleForm, typed_role
from carestation.facilities.queries.desks import frame_of, take_desk
from carestation.facilities.queries.policies import rules_of
from carestation.facilities.queries.roles import CustomRoleShown, changes_of, custom_role
from carestation.facilities.rules import Desk, completed, rights_of
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import Conflict, DomainError
from carestation.kernel.http import CareRequest


@require_http_methods(["GET", "POST"])
@door(Door.DESK)
@freshly_confirmed
def new_role(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Show what a new role could do, and make it."""
    return _chosen(request, take_desk(request.actor, facility_id, Right.CHANGE_ROLES), None)


@require_http_methods(["GET", "POST"])
@door(Door.DESK)
@freshly_confirmed
def role(request: CareRequest, facility_id: UUID, role_id: UUID) -> HttpResponse:
    """Show a role; show what another choice would change, and for whom; and let it hold."""
    desk = take_desk(request.actor, facility_id, Right.CHANGE_ROLES)
    return _chosen(request, desk, custom_role(desk, role_id))


@require_http_methods(["GET", "POST"])
@door(Door.DESK)
@freshly_confirmed
def end(request: CareRequest, facility_id: UUID, role_id: UUID) -> HttpResponse:
    """Say what ending a role means, then end it."""
    desk = take_desk(request.actor, facility_id, Right.CHANGE_ROLES)
    if request.method == "POST":
        end_role(desk, role_id)
        return redirect("groups:rights", facility_id)
    context = {"place": frame_of(desk), "role": custom_role(desk, role_id)}
    return TemplateResponse(request, "facilities/end_role.html", context)


def _chosen(request: CareRequest, desk: Desk, now: CustomRoleShown | None) -> HttpResponse:
    members = rights_of(StaffRole.MEMBER, rules_of(desk.facility_id))
    typed, initial = request.POST if request.method == "POST" else None, typed_role(now, members)
    form = RoleForm(typed, initial=initial)
    context = {"place": frame_of(desk), "form": form, "role": now, "changes": None}
    if form.is_valid() and not form.is_as_shown:
        before, after = now.granted if now else members, completed(form.as_role().rights)
        context |= {"changes": changes_of(before, after), "name": form.as_role().name}
        return TemplateResponse(request, "facilities/role.html", context)
    if form.is_valid():
        try:
            _kept(desk, form, now)
        except (Conflict, DomainError) as error:
            form.refuse(error)
        else:
            return redirect("groups:rights", desk.facility_id)
    return TemplateResponse(request, "facilities/role.html", context, status=form.status)


def _kept(desk: Desk, form: RoleForm, now: CustomRoleShown | None) -> None:
    if now is None:
        make_role(desk, form.as_role())
    else:
        change_role(desk, now.id, form.as_role(), version=form.cleaned_data["version"])
