"""A free group or a talk of two is opened; a patient's group is opened in `patients`.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from carestation.facilities.choices import Right
from carestation.facilities.queries.rights import take_places
from carestation.groups.choices import Role, Side
from carestation.groups.commands.groups import open_free_group
from carestation.groups.commands.talks import open_talk
from carestation.groups.forms import ContactsForm, FreeGroupForm, PersonForm, PlaceForm
from carestation.groups.queries.contacts import contacts_of, find_contact
from carestation.groups.rules import Newcomer
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


@require_http_methods(["GET", "POST"])
@door(Door.SELF)
def begin_talk(request: CareRequest) -> HttpResponse:
    """Ask with whom, and open the talk of the two; if they have one, go there."""
    places = take_places(request.actor, Right.OPEN_GROUPS)
    if request.method == "GET":
        contacts, form = contacts_of(request.actor), ContactsForm(request.GET)
        context = {"contacts": form.sifted(contacts), "total": len(contacts), "form": form}
        return TemplateResponse(request, "groups/begin_talk.html", context)
    other = find_contact(request.actor, PersonForm(request.POST).as_person())
    near = [one for one in places if one.facility_id == other.facility_id] or places
    own = Newcomer(user_id=request.actor.user_id, role=Role.PROFESSIONAL, staff_id=near[0].pk)
    group = open_talk(request.actor, own, other.as_newcomer())
    return redirect("timeline:timeline", group.pk, Side.ALL)
