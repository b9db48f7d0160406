"""Connections, on one page: with whom one is connected, who offers it, and offering it.

Controls: ISO/IEC 27017 5.16, 5.18; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST

from carestation.facilities.choices import Right
from carestation.facilities.queries.rights import take_places
from carestation.groups.commands.connections import (
    answer_offer,
    end_connection,
    offer_by_address,
    offer_to_person,
    withdraw_offer,
)
from carestation.groups.forms import OfferForm, PersonForm
from carestation.groups.queries.connections import connections_of, offers_by, offers_to
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import TooMany
from carestation.kernel.http import CareRequest

PAGE = "groups:connections"


@require_http_methods(["GET", "POST"])
@door(Door.SELF)
def connections(request: CareRequest) -> HttpResponse:
    """Show them all, and offer one to whoever has an address; the answer is alike for every one."""
    take_places(request.actor, Right.OPEN_GROUPS)
    form = OfferForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            offer_by_address(request.actor, form.cleaned_data["email"])
        except TooMany as error:
            form.refuse(error)
        else:
            return redirect(PAGE)
    context = {"form": form, "connections": connections_of(request.actor)}
    context |= {"received": offers_to(request.actor), "sent": offers_by(request.actor)}
    return TemplateResponse(request, "groups/connections.html", context, status=form.status)


@require_POST
@door(Door.SELF)
def offer(request: CareRequest) -> HttpResponse:
    """Offer a connection to someone whom one knows from work."""
    offer_to_person(request.actor, PersonForm(request.POST).as_person())
    return redirect(PAGE)


@require_POST
@door(Door.SELF)
def answer(request: CareRequest, offer_id: UUID) -> HttpResponse:
    """Agree to an offer, or not."""
    answer_offer(request.actor, offer_id, accepts=request.POST.get("accepts") == "yes")
    return redirect(PAGE)


@require_POST
@door(Door.SELF)
def withdraw(request: CareRequest, offer_id: UUID) -> HttpResponse:
    """Take an offer back."""
    withdraw_offer(request.actor, offer_id)
    return redirect(PAGE)


@require_POST
@door(Door.SELF)
def end(request: CareRequest, connection_id: UUID) -> HttpResponse:
    """End a connection."""
    end_connection(request.actor, connection_id)
    return redirect(PAGE)
