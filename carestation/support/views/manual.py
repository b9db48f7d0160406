"""The manual over HTTP: its contents, and a page."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from carestation.kernel.doors import Door, door
from carestation.support.choices import Page
from carestation.support.queries.manual import CONTENTS, find_page

PAGES: Final = {page.value: page for page in Page}


@require_GET
@door(Door.PUBLIC)
def manual(request: HttpRequest) -> HttpResponse:
    """Show what the manual contains."""
    return TemplateResponse(request, "support/manual.html", {"contents": CONTENTS})


@require_GET
@door(Door.PUBLIC)
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a page of the manual."""
    found = find_page(slug)
    context = {"page": found, "pages": PAGES}
    return TemplateResponse(request, f"support/pages/{found.value}.html", context)
