"""The operator's console: which facilities there are, and who operates. No patient, no post.

Controls: ISO/IEC 27017 8.2; white paper 「ユーティリティプログラム」, 「利用者アクセスの管理」.
"""

from typing import Final

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods

from carestation.accounts.gate.middleware import freshly_confirmed
from carestation.accounts.queries.consoles import operators, take_console
from carestation.facilities.queries.rulings import facilities_for
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import Conflict
from carestation.kernel.http import CareRequest
from carestation.support.commands.operators import review_operators
from carestation.support.forms import FacilityListForm, OperatorsReviewForm
from carestation.support.queries.consoles import frame_of
from carestation.support.queries.operators import last_operators_review, mark_of_operators

PAGE_SIZE: Final = 50


@require_GET
@door(Door.CONSOLE)
def facilities(request: CareRequest) -> HttpResponse:
    """Show every facility, and how it stands."""
    console = take_console(request.actor)
    every, form = facilities_for(console), FacilityListForm(request.GET)
    page = Paginator(form.sifted(every), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"place": frame_of(console), "every": every, "form": form, "page": page}
    return TemplateResponse(request, "support/facilities.html", context)


@require_GET
@door(Door.CONSOLE)
def people(request: CareRequest) -> HttpResponse:
    """Show who works for the provider."""
    console = take_console(request.actor)
    context = {"place": frame_of(console), "operators": operators(console)}
    context |= {"last": last_operators_review(console)}
    return TemplateResponse(request, "support/operators.html", context)


@require_http_methods(["GET", "POST"])
@door(Door.CONSOLE)
@freshly_confirmed
def review(request: CareRequest) -> HttpResponse:
    """Show the list of operators, and take the signature under it."""
    console = take_console(request.actor)
    # Read before the list: who is changed in between is signed by nobody.
    mark = mark_of_operators()
    context = {"place": frame_of(console), "operators": operators(console), "mark": mark}
    form = OperatorsReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            review_operators(console, mark=form.cleaned_data["mark"])
        except Conflict as error:
            form.refuse(error)
        else:
            return redirect("support:operators")
    context |= {"form": form, "last": last_operators_review(console)}
    return TemplateResponse(request, "support/operators_review.html", context, status=form.status)
