"""At a facility's desk: groups that nobody can manage now, and who shall.

Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from carestation.accounts.gate.middleware import freshly_confirmed
from carestation.facilities.choices import Right
from carestation.facilities.queries.desks import frame_of, take_desk
from carestation.groups.choices import Role
from carestation.groups.commands.roles import name_manager
from carestation.groups.forms import NameForm
from carestation.groups.pushes import push_membership
from carestation.groups.queries.unmanaged import unmanaged_at
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import Conflict, NotVisible
from carestation.kernel.http import CareRequest


@require_http_methods(["GET", "POST"])
@door(Door.DESK, changes=True)
@freshly_confirmed
def unmanaged(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Show the groups without a manager who can act, and let one be named."""
    desk = take_desk(request.actor, facility_id, Right.NAME_MANAGERS)
    form = NameForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            membership = name_manager(desk, form.cleaned_data["membership"])
        except (Conflict, NotVisible) as error:
            form.refuse(error)
        else:
            push_membership(membership.group_id, membership.pk, Role.MANAGER)
            return redirect("groups:unmanaged", facility_id)
    context = {"place": frame_of(desk), "groups": unmanaged_at(desk), "form": form}
    return TemplateResponse(request, "groups/unmanaged.html", context, status=form.status)
