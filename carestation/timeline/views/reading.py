"""Reading a timeline: its page, what came after, who has read a post."""

from functools import partial
from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from carestation.accounts.gate.requests import device_key_in
from carestation.groups.choices import Side
from carestation.groups.queries.seats import members_at, take_seat
from carestation.groups.rules import may_post
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import DomainError
from carestation.kernel.http import CareRequest
from carestation.patients.queries.rooms import room_of
from carestation.timeline.commands.looks import note_post_viewed, note_timeline_viewed
from carestation.timeline.commands.reading import mark_read
from carestation.timeline.forms.drafts import DraftForm, MarkForm, fresh_draft
from carestation.timeline.forms.pages import page_asked
from carestation.timeline.pushes import push_read
from carestation.timeline.queries.board import board_of
from carestation.timeline.queries.messages import (
    PAGE_SIZE,
    message,
    messages_after,
    thread,
    versions_of,
)
from carestation.timeline.queries.regards import regard_of
from carestation.timeline.queries.standing import reach_of, standing_of


@require_GET
@door(Door.SEAT)
def timeline(request: CareRequest, group_id: UUID, side: Side) -> HttpResponse:
    """Show a page of threads, newest first; `?before=` and `?since=` go on where a page ended.

    `?at=` opens it at a post, however old.
    """
    seat = take_seat(request.actor, group_id, side)
    asked = page_asked(request.GET)
    room = room_of(seat)
    board = board_of(room, before=asked.before, since=asked.since, at=asked.at)
    note_timeline_viewed(seat)
    context = {"room": room, "board": board, "asked": asked}
    template = "timeline/_more.html" if request.htmx else "timeline/timeline.html"
    return TemplateResponse(request, template, context)


@require_GET
@door(Door.SEAT)
def after(request: CareRequest, group_id: UUID, side: Side, seq: int) -> HttpResponse:
    """Answer what came after a number, and who writes now; 205: more than a page, load it anew."""
    seat = take_seat(request.actor, group_id, side)
    messages = messages_after(seat, seq)
    if len(messages) > PAGE_SIZE:
        return HttpResponse(status=HTTPStatus.RESET_CONTENT)
    if messages:
        note_timeline_viewed(seat)
    # Of nothing nobody is missing: most pages that ask anew have everything.
    members = members_at(seat) if messages else []
    standings = [standing_of(one, members) for one in messages]
    regards = map(partial(regard_of, seat), messages, standings)
    entries = list(zip(messages, standings, regards, strict=True))
    writes = may_post(seat)
    context = {"seat": seat, "entries": entries, "closed": not writes}
    answer = TemplateResponse(request, "timeline/_after.html", context)
    answer.headers["X-Seq"] = str(seat.seq)
    answer.headers["X-Writes"] = "yes" if writes else "no"
    return answer


@require_GET
@door(Door.SEAT)
def post(request: CareRequest, group_id: UUID, side: Side, post_id: UUID) -> HttpResponse:
    """Show a post, its newest replies or those `?before=` a number, and whom it has reached."""
    seat = take_seat(request.actor, group_id, side)
    before = page_asked(request.GET).before
    found = thread(seat, post_id, before=before)
    note_post_viewed(seat, post_id)
    room, shown = room_of(seat), found.message
    standing = standing_of(shown, room.members)
    context = {
        "room": room,
        "message": shown,
        "earlier": found.earlier,
        "is_past": before is not None,
        "standing": standing,
        "regard": regard_of(seat, shown, standing),
        "reach": reach_of(seat, shown),
        "form": DraftForm(initial=fresh_draft()),
        "device_key": device_key_in(request),
    }
    return TemplateResponse(request, "timeline/post.html", context)


@require_GET
@door(Door.SEAT)
def versions(request: CareRequest, group_id: UUID, side: Side, post_id: UUID) -> HttpResponse:
    """Show what a post said before it was edited."""
    seat = take_seat(request.actor, group_id, side)
    shown = message(seat, post_id)
    note_post_viewed(seat, post_id)
    earlier = versions_of(seat, post_id) if shown.withdrawn_at is None else []
    context = {"room": room_of(seat), "message": shown, "versions": earlier}
    return TemplateResponse(request, "timeline/versions.html", context)


@require_POST
@door(Door.SEAT)
def read(request: CareRequest, group_id: UUID, side: Side) -> HttpResponse:
    """Move the actor's mark to a post that was shown."""
    seat = take_seat(request.actor, group_id, side)
    form = MarkForm(request.POST)
    if not form.is_valid():
        raise DomainError("number")
    moved = mark_read(seat, form.cleaned_data["number"])
    if moved is not None:
        push_read(seat, moved)
    if request.headers.get("X-Requested-With"):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return redirect("timeline:timeline", group_id, side)
