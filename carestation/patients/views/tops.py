"""What a facility's desk is opened with: what waits there, of whatever kind.

It is a page of the desk; it stands here because some of what waits does.

Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from carestation.facilities.queries.desks import frame_of, take_desk
from carestation.facilities.queries.todos import top_of
from carestation.facilities.rules import DESK_RIGHTS
from carestation.kernel.doors import Door, door
from carestation.kernel.http import CareRequest


@require_GET
@door(Door.DESK)
def top(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Show what waits at the desk; each leads to where it is done."""
    desk = take_desk(request.actor, facility_id, *DESK_RIGHTS)
    context = {"place": frame_of(desk), "top": top_of(desk)}
    return TemplateResponse(request, "patients/top.html", context)
