"""The pictures of a side: all of them, and one by itself."""

from uuid import UUID

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from carestation.groups.choices import Side
from carestation.groups.queries.seats import take_seat
from carestation.kernel.doors import Door, door
from carestation.kernel.http import CareRequest
from carestation.patients.queries.rooms import room_of
from carestation.timeline.commands.files import note_album_viewed
from carestation.timeline.commands.looks import note_post_viewed
from carestation.timeline.forms.files import MOST_ZOOM, AlbumForm
from carestation.timeline.queries.album import album_of, picture_of


@require_GET
@door(Door.SEAT)
def album(request: CareRequest, group_id: UUID, side: Side) -> HttpResponse:
    """Show the pictures of a side by month, of everyone or of one person."""
    seat = take_seat(request.actor, group_id, side)
    asked = AlbumForm(request.GET).said()
    shown = album_of(seat, person_id=asked.person_id, after=asked.after)
    note_album_viewed(seat)
    context = {"room": room_of(seat), "album": shown, "asked": asked}
    return TemplateResponse(request, "timeline/album.html", context)


@require_GET
@door(Door.SEAT)
def photo(request: CareRequest, group_id: UUID, side: Side, file_id: UUID) -> HttpResponse:
    """Show one picture, or two to compare; their content leaves its own fact."""
    seat = take_seat(request.actor, group_id, side)
    asked = AlbumForm(request.GET).said()
    shown = picture_of(seat, file_id, person_id=asked.person_id, beside=asked.beside)
    for one in shown.pictures:
        note_post_viewed(seat, one.post_id)
    context = {"room": room_of(seat), "shown": shown, "asked": asked, "most_zoom": MOST_ZOOM}
    return TemplateResponse(request, "timeline/photo.html", context)
