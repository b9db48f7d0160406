"""Whether it works, for everyone: no account is needed to ask.

Controls: ISO/IEC 27017 CLD.12.4.5; white paper 「クラウドサービスの監視」.
"""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from carestation.kernel.doors import Door, door
from carestation.support.queries.outages import outages, spells
from carestation.support.queries.status import standing


@require_GET
@door(Door.PUBLIC)
def status(request: HttpRequest) -> HttpResponse:
    """Show whether people can sign in, post and read, now and for ninety days."""
    context = {"standing": standing(), "outages": outages(), "spells": spells()}
    return TemplateResponse(request, "support/status.html", context)
