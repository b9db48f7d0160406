"""Looking for something. Words stand in no address: they are put aside, sealed, under an id."""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from carestation.kernel.doors import Door, door
from carestation.kernel.http import CareRequest
from carestation.kernel.ids import uuid7
from carestation.patients.commands.face_sheets import note_list_viewed
from carestation.search.commands.looks import note_searched
from carestation.search.forms import PAGES_AT_MOST, ResultsForm, SearchForm
from carestation.search.queries.finding import find
from carestation.search.queries.people import named_by
from carestation.search.queries.places import indexed_until, places_of, writers_at

ASIDE: Final = "searches"
ASIDE_AT_MOST: Final = 10
PAGE_SIZE: Final = 30


@require_http_methods(["GET", "POST"])
@door(Door.SELF)
def search(request: CareRequest) -> HttpResponse:
    """Ask for words and conditions, and put them aside for the page that answers."""
    typed = request.POST if request.method == "POST" else None
    form = SearchForm(typed, initial={"group": request.GET.get("group")})
    if form.is_bound and form.is_valid():
        search_id = uuid7()
        aside = list(request.session.get(ASIDE, {}).items())[1 - ASIDE_AT_MOST :]
        request.session[ASIDE] = {**dict(aside), str(search_id): form.as_kept()}
        return redirect("search:results", search_id)
    places = places_of(request.actor)
    note_list_viewed(request.actor)
    seats = [seat for place in places.values() for seat in place.seats]
    context = {"form": form, "places": places, "writers": writers_at(seats)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return TemplateResponse(request, "search/search.html", context, status=status)


@require_GET
@door(Door.SELF)
def results(request: CareRequest, search_id: UUID) -> HttpResponse:
    """Show what is found now of what was asked; where that is forgotten, ask again."""
    form = SearchForm(request.session.get(ASIDE, {}).get(str(search_id)))
    if not form.is_valid():
        return redirect("search:search")
    (show, page), asked = ResultsForm(request.GET).said(), form.asked()
    places = places_of(request.actor)
    note_list_viewed(request.actor)
    seats = [seat for place in places.values() for seat in place.seats]
    question = asked.question(show, timezone.now())
    looked_at = [seat for seat in seats if asked.takes(seat)]
    found = find(looked_at, question, limit=PAGE_SIZE, skip=PAGE_SIZE * (page - 1))
    note_searched(request.actor, search_id, found, asked.group_id)
    context = {"form": form, "places": places, "writers": (writers := writers_at(seats))}
    context |= {"named": named_by(asked.words, places.values(), writers)}
    context |= {"asked": asked, "found": found, "show": show, "page": page}
    context |= {"has_next": found.has_more and page < PAGES_AT_MOST, "until": indexed_until()}
    return TemplateResponse(request, "search/results.html", context | {"search_id": search_id})
