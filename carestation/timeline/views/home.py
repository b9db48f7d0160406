"""The first page after sign-in: one's groups, and what waits."""

from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from carestation.facilities.queries.rights import workplaces_of
from carestation.groups.queries.answers import answers_due
from carestation.groups.queries.invitations import deciding_at_desks, invitations_to
from carestation.kernel.doors import Door, door
from carestation.kernel.http import CareRequest
from carestation.patients.commands.face_sheets import note_list_viewed
from carestation.patients.queries.custody import desks_asked
from carestation.timeline.forms.lists import ListForm
from carestation.timeline.queries.home import groups_of, only_family

PANE_SIZE: Final = 50


@require_GET
@door(Door.SELF)
def pane(request: CareRequest, group_id: UUID) -> HttpResponse:
    """Show the same list in small, beside a group's page on a wide screen."""
    context = {"rows": groups_of(request.actor)[:PANE_SIZE], "current": group_id}
    note_list_viewed(request.actor)
    return TemplateResponse(request, "timeline/_grouppane.html", context)


@require_GET
@door(Door.SELF)
def home(request: CareRequest) -> HttpResponse:
    """Show the actor's groups; the family is led to the one timeline that is theirs."""
    rows = groups_of(request.actor)
    due = answers_due(request.actor, [one.seat for row in rows for one in row.sides])
    own = only_family(rows)
    invitations = invitations_to(request.actor) if due.is_invited else []
    if own is not None and not invitations and not due.decides:
        return redirect("timeline:timeline", own.id, own.opens_at)
    note_list_viewed(request.actor)
    form, work = ListForm(request.GET), workplaces_of(request.actor)
    context = {"rows": form.sifted(rows), "total": len(rows), "form": form}
    context |= {"work": work, "invitations": invitations}
    context |= {"deciding": [(row, due.decides[row.id]) for row in rows if row.id in due.decides]}
    context |= {"offers": due.offers if work.rights else 0}
    context |= {"asked": desks_asked(request.actor) if work.has_desk else {}}
    context |= {"at_desks": deciding_at_desks(request.actor) if work.has_desk else {}}
    return TemplateResponse(request, "timeline/home.html", context)
