"""A free group is opened; a patient's is opened in `patients`.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from carestation.facilities.choices import Right
from carestation.facilities.queries.rights import take_places
from carestation.groups.choices import Side
from carestation.groups.commands.groups import open_free_group
from carestation.groups.forms import FreeGroupForm, PlaceForm
from carestation.kernel.doors import Door, door
from carestation.kernel.http import CareRequest


@require_http_methods(["GET", "POST"])
@door(Door.SELF)
def open_free(request: CareRequest) -> HttpResponse:
    """Ask how a free group is called, and open it."""
    places = take_places(request.actor, Right.OPEN_GROUPS)
    said = request.POST if request.method == "POST" else None
    form, own = FreeGroupForm(said), PlaceForm(said, places)
    if form.is_valid() and own.is_valid():
        group = open_free_group(request.actor, own.as_place(), form.cleaned_data["name"])
        return redirect("timeline:members", group.pk, Side.ALL)
    context = {"form": form, "own": own}
    return TemplateResponse(request, "groups/open_free.html", context, status=form.status)
