"""At a facility's desk: what its people invite into groups, until a manager has approved of it.

Controls: ISO/IEC 27017 5.18; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from carestation.accounts.gate.middleware import freshly_confirmed
from carestation.facilities.choices import Right
from carestation.facilities.queries.desks import frame_of, take_desk
from carestation.groups.commands.approvals import decide_at_desk
from carestation.groups.queries.invitations import waiting_at
from carestation.kernel.doors import Door, door
from carestation.kernel.http import CareRequest


@require_GET
@door(Door.DESK)
@freshly_confirmed
def waiting(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Show which invitations wait for a manager of the facility."""
    desk = take_desk(request.actor, facility_id, Right.APPROVE_INVITATIONS)
    context = {"place": frame_of(desk), "invitations": waiting_at(desk)}
    return TemplateResponse(request, "groups/waiting.html", context)


@require_POST
@door(Door.DESK)
def decide(request: CareRequest, facility_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Approve of one, or not."""
    desk = take_desk(request.actor, facility_id, Right.APPROVE_INVITATIONS)
    decide_at_desk(desk, invitation_id, approves=request.POST.get("approves") == "yes")
    return redirect("groups:waiting", facility_id)
