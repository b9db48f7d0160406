"""Facilities take part.

Controls: ISO/IEC 27017 5.16; white paper 「利用者アクセスの管理」.
"""

from django.db import transaction
from django.utils import timezone

from carestation.facilities.choices import FacilityKind
from carestation.facilities.facts import FacilityOpened
from carestation.facilities.models import Facility
from carestation.factlog.commands import announce
from carestation.kernel.actor import Actor


@transaction.atomic
def open_facility(actor: Actor, *, name: str, kind: FacilityKind) -> Facility:
    """Let a facility take part."""
    facility = Facility.objects.create(name=name, kind=kind, created_at=timezone.now())
    announce(
        FacilityOpened(actor_id=actor.user_id, request_id=actor.request_id, facility_id=facility.pk)
    )
    return facility
