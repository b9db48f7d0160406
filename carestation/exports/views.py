"""データの書き出し at a facility's desk: asked for, fetched, removed."""

from functools import partial
from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carestation.accounts.gate.middleware import freshly_confirmed
from carestation.exports.commands.exports import (
    ask_export,
    note_export_fetched,
    note_exports_listed,
    remove_export,
)
from carestation.exports.commands.plans import plan_exports
from carestation.exports.forms import ExportForm, PlanForm, RecordExportForm
from carestation.exports.queries.exports import (
    EXPORT_RIGHTS,
    bytes_of_export,
    exports_at,
    take_export,
)
from carestation.exports.queries.plans import plan_at
from carestation.exports.queries.program import program_for_outside
from carestation.exports.queries.sifting import sifters_at
from carestation.exports.rules import OF_GROUPS, extents, new_phrase
from carestation.facilities.choices import Right
from carestation.facilities.queries.desks import frame_of, take_desk
from carestation.kernel.doors import Door, door
from carestation.kernel.downloads import Download, send
from carestation.kernel.errors import Conflict, DomainError
from carestation.kernel.http import CareRequest


@require_http_methods(["GET", "POST"])
@door(Door.DESK)
@freshly_confirmed
def exports(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Show what was written out, by whom and why; and take a wish for another."""
    desk = take_desk(request.actor, facility_id, *EXPORT_RIGHTS)
    offered = [one for one in extents(desk.rights) if one in OF_GROUPS]
    form = ExportForm(request.POST if request.method == "POST" else None, offered)
    if form.is_valid():
        try:
            ask_export(desk, form.wish())
        except (Conflict, DomainError) as error:
            form.refuse(error)
        else:
            return redirect("exports:exports", facility_id)
    note_exports_listed(desk)
    context = {"place": frame_of(desk), "form": form, "exports": exports_at(desk)}
    context |= {"plan": plan_at(desk), "phrase": new_phrase()}
    return TemplateResponse(request, "exports/exports.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@door(Door.DESK)
@freshly_confirmed
def record(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Take a wish for the record alone, sifted as it was on its page."""
    desk = take_desk(request.actor, facility_id, Right.EXPORT)
    data = request.POST if request.method == "POST" else None
    form = RecordExportForm(data, sifters_at(desk), request.GET)
    if form.is_valid():
        try:
            ask_export(desk, form.wish())
        except (Conflict, DomainError) as error:
            form.refuse(error)
        else:
            return redirect("exports:exports", facility_id)
    context = {"place": frame_of(desk), "form": form, "phrase": new_phrase()}
    return TemplateResponse(request, "exports/record.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@door(Door.DESK)
@freshly_confirmed
def plan(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Show how often the facility's data are written out, and let it be decided."""
    desk = take_desk(request.actor, facility_id, Right.EXPORT)
    shown = plan_at(desk)
    form = PlanForm(request.POST if request.method == "POST" else None, shown)
    if form.is_valid():
        plan_exports(desk, form.new_plan())
        return redirect("exports:exports", facility_id)
    context = {"place": frame_of(desk), "form": form, "plan": shown, "phrase": new_phrase()}
    return TemplateResponse(request, "exports/plan.html", context, status=form.status)


@require_GET
@door(Door.DESK)
def reader(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Send the program that reads an archive without us."""
    take_desk(request.actor, facility_id, *EXPORT_RIGHTS)
    answer = HttpResponse(program_for_outside(), content_type="text/x-python; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="read_export.py"'
    return answer


@require_GET
@door(Door.DESK, changes=False)
@freshly_confirmed
def fetch(request: CareRequest, facility_id: UUID, export_id: UUID) -> HttpResponseBase:
    """Send an archive to who asked for it."""
    desk = take_desk(request.actor, facility_id, *EXPORT_RIGHTS)
    opened = take_export(desk, export_id)
    archive = Download(
        id=opened.export_id,
        name=opened.name,
        media_type="application/zip",
        size_bytes=opened.sealed.size_bytes,
        is_saved=True,
    )
    answer = send(request, archive, partial(bytes_of_export, opened))
    if answer.status_code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        note_export_fetched(opened)
    return answer


@require_POST
@door(Door.DESK)
@freshly_confirmed
def remove(request: CareRequest, facility_id: UUID, export_id: UUID) -> HttpResponse:
    """Remove an archive before its time."""
    desk = take_desk(request.actor, facility_id, *EXPORT_RIGHTS)
    remove_export(desk, export_id)
    return redirect("exports:exports", facility_id)
