"""What operators did, at their own console.

Controls: ISO/IEC 27017 8.15, 8.2; white paper 「ログ」, 「ユーティリティプログラム」.
"""

import re
from typing import Final

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from carestation.accounts.gate.middleware import freshly_confirmed
from carestation.accounts.queries.consoles import take_console
from carestation.audit.choices import Extracted
from carestation.audit.commands.acts import note_acts_extracted, note_acts_viewed
from carestation.audit.models import WHOLE
from carestation.audit.queries.acts import operator_acts
from carestation.audit.queries.acts_extracts import MOST_EXTRACTED, extract_of_acts
from carestation.audit.queries.states import seal_state
from carestation.kernel.doors import Door, door
from carestation.kernel.http import CareRequest
from carestation.support.queries.consoles import frame_of

# The number of a fact, as the database counts them.
PLACE: Final = re.compile(r"[0-9]{1,18}")


@require_GET
@door(Door.CONSOLE)
def acts(request: CareRequest) -> HttpResponse:
    """Show what those who work for the provider did, the newest first."""
    console = take_console(request.actor)
    before = _before(request)
    note_acts_viewed(console)
    page = operator_acts(console, before)
    context = {"place": frame_of(console), "page": page, "seal": seal_state(WHOLE)}
    return TemplateResponse(request, "audit/acts.html", context | {"behind": before})


@require_GET
@door(Door.CONSOLE, changes=False)
@freshly_confirmed
def acts_extract(request: CareRequest) -> HttpResponse:
    """Send what they did as a file: from a page on to what is older."""
    console = take_console(request.actor)
    form = Extracted.LINES if request.GET.get("form") == Extracted.LINES else Extracted.TABLE
    acts = operator_acts(console, _before(request), most=MOST_EXTRACTED).acts
    note_acts_extracted(console)
    answer = HttpResponse(extract_of_acts(acts, form), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="operators-record.{form}"'
    return answer


def _before(request: CareRequest) -> int | None:
    said = request.GET.get("before", "")
    return int(said) if PLACE.fullmatch(said) else None
