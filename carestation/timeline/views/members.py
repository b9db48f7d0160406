"""Who sits in a group: the list, ending, managing, and closing and reopening the group."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carestation.accounts.gate.middleware import freshly_confirmed
from carestation.facilities.choices import Right
from carestation.facilities.queries.rights import workplaces_of
from carestation.groups.choices import Role, Side
from carestation.groups.commands.groups import archive_group, reopen_group
from carestation.groups.commands.memberships import (
    end_membership,
    note_members_viewed,
)
from carestation.groups.commands.roles import change_role
from carestation.groups.forms import PauseForm, RoleForm
from carestation.groups.pushes import push_membership
from carestation.groups.queries.connections import connected_with
from carestation.groups.queries.invitations import waiting_in
from carestation.groups.queries.seats import colleague_at, is_only_manager, leaver, take_seat
from carestation.groups.rules import may_invite, may_manage
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import Conflict, DomainError, require
from carestation.kernel.http import CareRequest
from carestation.patients.queries.custody import custody_of
from carestation.patients.queries.emergencies import accesses_in
from carestation.patients.queries.rooms import room_of


@require_GET
@door(Door.SEAT)
def members(request: CareRequest, group_id: UUID, side: Side) -> HttpResponse:
    """Show who sits at this side, and who is invited into the group."""
    seat = take_seat(request.actor, group_id, side)
    note_members_viewed(seat)
    context = {"room": room_of(seat), "invitations": waiting_in(seat)}
    context |= {
        "may_invite": may_invite(seat),
        "accesses": accesses_in(seat),
        "custody": custody_of(seat),
    }
    context |= {"may_talk": Right.OPEN_GROUPS in workplaces_of(seat.actor).rights}
    context |= {"connected": connected_with(seat.actor)}
    return TemplateResponse(request, "timeline/members.html", context)


@require_http_methods(["GET", "POST"])
@door(Door.SEAT, changes=True)
def end(request: CareRequest, group_id: UUID, side: Side, membership_id: UUID) -> HttpResponse:
    """Say what ending a place means, then end it."""
    seat = take_seat(request.actor, group_id, side)
    member = leaver(seat, membership_id)
    form = PauseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            end_membership(seat, membership_id)
        except Conflict as error:
            form.refuse(error)
        else:
            push_membership(group_id, membership_id, Role(member.role))
            is_own = member.user_id == request.actor.user_id
            where = () if is_own else (group_id, side)
            return redirect("timeline:home" if is_own else "timeline:members", *where)
    context = {"room": room_of(seat), "member": member, "form": form}
    context |= {"is_only_manager": is_only_manager(seat, member)}
    return TemplateResponse(request, "timeline/end_member.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@door(Door.SEAT, changes=True)
@freshly_confirmed
def role(request: CareRequest, group_id: UUID, side: Side, membership_id: UUID) -> HttpResponse:
    """Say what managing a group means, then name a manager, or let one step back."""
    seat = take_seat(request.actor, group_id, side)
    member = colleague_at(seat, membership_id)
    form = RoleForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            change_role(seat, membership_id, form.as_role())
        except (Conflict, DomainError) as error:
            form.refuse(error)
        else:
            push_membership(group_id, membership_id, Role.MANAGER)
            return redirect("timeline:members", group_id, side)
    context = {"room": room_of(seat), "member": member, "form": form}
    return TemplateResponse(request, "timeline/change_role.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@door(Door.SEAT, changes=True)
def archive(request: CareRequest, group_id: UUID, side: Side) -> HttpResponse:
    """Say what closing a group means, then close it."""
    seat = take_seat(request.actor, group_id, side)
    require(allowed=may_manage(seat))
    if request.method == "GET":
        return TemplateResponse(request, "timeline/archive.html", {"room": room_of(seat)})
    archive_group(seat)
    push_membership(group_id, seat.membership_id, Role.MANAGER)
    return redirect("timeline:timeline", group_id, side)


@require_POST
@door(Door.SEAT)
def reopen(request: CareRequest, group_id: UUID, side: Side) -> HttpResponse:
    """Let a closed group be written again."""
    seat = take_seat(request.actor, group_id, side)
    reopen_group(seat)
    push_membership(group_id, seat.membership_id, Role.MANAGER)
    return redirect("timeline:timeline", group_id, side)
