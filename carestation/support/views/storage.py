"""How much the files of each facility take, and may.

Controls: ISO/IEC 27017 8.6; white paper 「容量・能力の管理」.
"""

from typing import Final
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods

from carestation.accounts.gate.middleware import freshly_confirmed
from carestation.accounts.queries.consoles import take_console
from carestation.facilities.commands.storage import change_limit
from carestation.facilities.queries.storage import room_for, rooms_for
from carestation.kernel.doors import Door, door
from carestation.kernel.http import CareRequest
from carestation.support.forms import LimitForm
from carestation.support.queries.consoles import frame_of

PAGE_SIZE: Final = 50


@require_GET
@door(Door.CONSOLE)
def rooms(request: CareRequest) -> HttpResponse:
    """Show how much the files of each facility take."""
    console = take_console(request.actor)
    page = Paginator(rooms_for(console), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"place": frame_of(console), "page": page}
    return TemplateResponse(request, "support/storage.html", context)


@require_http_methods(["GET", "POST"])
@door(Door.CONSOLE)
@freshly_confirmed
def limit(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Show what one facility's files take, and take how much they may."""
    console = take_console(request.actor)
    one = room_for(console, facility_id)
    form = LimitForm.of(one.room, request.POST if request.method == "POST" else None)
    if form.is_valid():
        change_limit(console, facility_id, form.limit_bytes())
        return redirect("support:storage")
    context = {"place": frame_of(console), "one": one, "form": form}
    return TemplateResponse(request, "support/storage_limit.html", context, status=form.status)
