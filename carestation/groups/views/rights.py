"""The rights in one table: of a facility's roles, and of the roles in a group.

It is a page of the facility's desk; it stands here because a group's rights do.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from carestation.facilities.choices import Right
from carestation.facilities.queries.desks import frame_of, take_desk
from carestation.facilities.queries.rights import roles_shown
from carestation.facilities.queries.roles import custom_roles_of
from carestation.facilities.rules import DESK_RIGHTS
from carestation.groups.choices import GroupRight
from carestation.groups.queries.rights import group_roles_shown
from carestation.kernel.doors import Door, door
from carestation.kernel.http import CareRequest


@require_GET
@door(Door.DESK)
def rights(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Show who may do what, as the rules themselves say it."""
    desk = take_desk(request.actor, facility_id, *DESK_RIGHTS)
    context = {
        "place": frame_of(desk),
        "roles": roles_shown(desk),
        "rights": list(Right),
        "own_roles": custom_roles_of(desk),
        "group_roles": group_roles_shown(),
        "group_rights": list(GroupRight),
    }
    return TemplateResponse(request, "groups/rights.html", context)
