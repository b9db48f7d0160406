"""How the parts stand, for those who operate.

Controls: ISO/IEC 27017 CLD.12.4.5, 8.6; white paper 「クラウドサービスの監視」,
    「容量・能力の管理」.
"""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from carestation.accounts.queries.consoles import take_console
from carestation.kernel.doors import Door, door
from carestation.kernel.http import CareRequest
from carestation.support.queries.consoles import frame_of
from carestation.support.queries.watching import Span, machines_of


@require_GET
@door(Door.CONSOLE)
def watch(request: CareRequest) -> HttpResponse:
    """Show how every machine stands, and how it stood for a day or a month."""
    console = take_console(request.actor)
    span = Span.MONTH if request.GET.get("span") == Span.MONTH else Span.DAY
    context = {"place": frame_of(console), "machines": machines_of(console, span), "span": span}
    return TemplateResponse(request, "support/watch.html", context)
