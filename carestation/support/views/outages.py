"""The operator tells everyone what does not work, at the console.

Controls: ISO/IEC 27017 CLD.12.4.5; white paper 「クラウドサービスの監視」.
"""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from carestation.accounts.gate.middleware import freshly_confirmed
from carestation.accounts.queries.consoles import take_console
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import DomainError
from carestation.kernel.http import CareRequest
from carestation.support.commands.outages import change_outage, open_outage
from carestation.support.forms import OutageForm
from carestation.support.queries.consoles import frame_of
from carestation.support.queries.outages import outage_for, outages, spells


@require_http_methods(["GET", "POST"])
@door(Door.CONSOLE)
@freshly_confirmed
def told(request: CareRequest) -> HttpResponse:
    """Show what was told and what the check says; tell of something new."""
    console = take_console(request.actor)
    form = OutageForm.of(None, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            open_outage(console, form.telling())
        except DomainError as error:
            form.refuse(error)
        else:
            return redirect("support:outages")
    context = {
        "place": frame_of(console),
        "form": form,
        "outages": outages(),
        "spells": spells(),
    }
    return TemplateResponse(request, "support/outages.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@door(Door.CONSOLE)
@freshly_confirmed
def change(request: CareRequest, outage_id: UUID) -> HttpResponse:
    """Show one outage; put it right, say more of it, or that it is over."""
    console = take_console(request.actor)
    one = outage_for(console, outage_id)
    form = OutageForm.of(one, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            change_outage(console, outage_id, form.telling())
        except DomainError as error:
            form.refuse(error)
        else:
            return redirect("support:outages")
    context = {"place": frame_of(console), "form": form, "one": one}
    return TemplateResponse(request, "support/outage.html", context, status=form.status)
