"""What operators did, at their own console.

Controls: ISO/IEC 27017 8.15, 8.2; white paper 「ログ」, 「ユーティリティプログラム」.
"""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from carestation.accounts.queries.consoles import take_console
from carestation.audit.commands.acts import note_acts_viewed
from carestation.audit.models import WHOLE
from carestation.audit.queries.acts import operator_acts
from carestation.audit.queries.states import seal_state
from carestation.kernel.doors import Door, door
from carestation.kernel.http import CareRequest
from carestation.support.queries.consoles import frame_of


@require_GET
@door(Door.CONSOLE)
def acts(request: CareRequest) -> HttpResponse:
    """Show what those who work for the provider did, the newest first."""
    console = take_console(request.actor)
    before = request.GET.get("before", "")
    note_acts_viewed(console)
    page = operator_acts(console, int(before) if before.isascii() and before.isdigit() else None)
    context = {"place": frame_of(console), "page": page, "seal": seal_state(WHOLE)}
    return TemplateResponse(request, "audit/acts.html", context)
