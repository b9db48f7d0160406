"""What everyone may know of the seal: the newest checkpoint of the whole log.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from carestation.audit.queries.letters import public_checkpoint
from carestation.kernel.doors import Door, door


@require_GET
@door(Door.PUBLIC)
def checkpoint(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Send the newest checkpoint, as C2SP tlog-checkpoint has it; it tells of nobody."""
    return HttpResponse(public_checkpoint(), content_type="text/plain; charset=utf-8")
