"""The operator's console: which facilities there are, and who operates. No patient, no post.

Controls: ISO/IEC 27017 8.2; white paper 「ユーティリティプログラム」, 「利用者アクセスの管理」.
"""

from typing import Final

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from carestation.accounts.queries.consoles import operators, take_console
from carestation.facilities.queries.rulings import facilities_for
from carestation.kernel.doors import Door, door
from carestation.kernel.http import CareRequest
from carestation.support.forms import FacilityListForm
from carestation.support.queries.consoles import frame_of

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
    return TemplateResponse(request, "support/operators.html", context)
