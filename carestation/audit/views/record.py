"""The record of a facility's acts at its desk, and who has seen a patient.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」.
"""

from uuid import UUID

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from carestation.audit.commands.looks import note_readers_viewed, note_record_viewed
from carestation.audit.forms import PeriodForm, RecordForm, group_choices, people_choices
from carestation.audit.queries.readers import manages, readers_of, take_patient_group
from carestation.audit.queries.record import read_record
from carestation.audit.queries.states import seal_state
from carestation.facilities.choices import Right
from carestation.facilities.queries.desks import frame_of, take_desk
from carestation.facilities.queries.policies import rules_of
from carestation.kernel.doors import Door, door
from carestation.kernel.http import CareRequest


@require_GET
@door(Door.DESK)
def record(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Show what was done in the facility, the newest first."""
    desk = take_desk(request.actor, facility_id, Right.READ_RECORD)
    form = RecordForm(request.GET)
    asked = form.asked()
    note_record_viewed(desk, asked)
    page = read_record(desk, asked)
    context = {
        "place": frame_of(desk),
        "form": form,
        "page": page,
        "seal": seal_state(facility_id),
        "patient_group": asked.group_id if manages(desk, asked.group_id) else None,
        "people": people_choices(page.people),
        "groups": group_choices(page.groups, asked.group_id),
        "years": rules_of(facility_id).retention_years,
    }
    return TemplateResponse(request, "audit/record.html", context)


@require_GET
@door(Door.DESK)
def readers(request: CareRequest, facility_id: UUID, group_id: UUID) -> HttpResponse:
    """Show who has seen a patient whom the facility manages."""
    desk = take_desk(request.actor, facility_id, Right.READ_RECORD)
    group, form = take_patient_group(desk, group_id), PeriodForm(request.GET)
    note_readers_viewed(desk, group_id)
    found = readers_of(desk, group, *form.period())
    context = {"place": frame_of(desk), "group": group, "form": form, "readers": found}
    return TemplateResponse(request, "audit/readers.html", context)
