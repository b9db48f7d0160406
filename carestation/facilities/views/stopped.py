"""What a facility's managers read while the operator has stopped it.

Controls: ISO/IEC 27017 5.18; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from carestation.facilities.queries.rulings import stopped_facility
from carestation.kernel.doors import Door, door
from carestation.kernel.http import CareRequest


@require_GET
@door(Door.DESK)
def stopped(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Say that a facility is frozen, or was refused, since when and why."""
    context = {"stopped": stopped_facility(request.actor, facility_id)}
    return TemplateResponse(request, "facilities/stopped.html", context)
