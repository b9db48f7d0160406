"""How many processes run is changed from the console.

Controls: ISO/IEC 27017 8.6; white paper 「容量・能力の管理」.
"""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from carestation.accounts.gate.middleware import freshly_confirmed
from carestation.accounts.queries.consoles import take_console
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import DomainError
from carestation.kernel.http import CareRequest
from carestation.support.commands.capacity import change_capacity
from carestation.support.forms import CapacityForm
from carestation.support.queries.capacity import capacity, changes_of, running_now
from carestation.support.queries.consoles import frame_of


@require_http_methods(["GET", "POST"])
@door(Door.CONSOLE)
@freshly_confirmed
def change(request: CareRequest) -> HttpResponse:
    """Show how many processes run, and take how many shall."""
    console = take_console(request.actor)
    form = CapacityForm.of(capacity(console), request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            change_capacity(console, form.wanted())
        except DomainError as error:
            form.refuse(error)
        else:
            return redirect("support:capacity")
    context = {
        "place": frame_of(console),
        "form": form,
        "changes": changes_of(console),
        "running": running_now(console),
    }
    return TemplateResponse(request, "support/capacity.html", context, status=form.status)
