"""Writing: the composer, what the family will read confirmed, and what is done with one's own."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from carestation.accounts.gate.requests import device_key_in
from carestation.groups.choices import Side
from carestation.groups.queries.seats import take_seat
from carestation.groups.rules import Seat
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import DomainError
from carestation.kernel.http import CareRequest
from carestation.patients.queries.rooms import room_of
from carestation.timeline.commands.acknowledgements import (
    acknowledge_post,
    withdraw_acknowledgement,
)
from carestation.timeline.commands.changes import edit_post, restore_post, withdraw_post
from carestation.timeline.commands.posts import publish_at, require_same, require_sense
from carestation.timeline.forms.drafts import DraftForm, EditForm, SignForm, fresh_draft
from carestation.timeline.models import Post
from carestation.timeline.pushes import push_new, push_post
from carestation.timeline.queries.files import File, waiting_files
from carestation.timeline.queries.mentions import found_by
from carestation.timeline.queries.messages import message
from carestation.timeline.queries.own import (
    TooLate,
    editable_post,
    withdrawable_post,
    words_taken_back,
)
from carestation.timeline.rules import asks_before_sending, doubtful_words
from carestation.timeline.views.files import receive_files


@require_http_methods(["GET", "POST"])
@door(Door.SEAT, changes=False)
def write(request: CareRequest, group_id: UUID, side: Side) -> HttpResponse:
    """Show the composer of a side; a POST brings back what was typed, to put it right."""
    seat = take_seat(request.actor, group_id, side)
    form = DraftForm(request.POST or None, initial=fresh_draft())
    return TemplateResponse(request, "timeline/write.html", _composer(request, seat, form))


@require_POST
@door(Door.SEAT)
def publish(request: CareRequest, group_id: UUID, side: Side) -> HttpResponse:
    """Publish a post; what the family will read is shown once more before."""
    if request.FILES:  # no file is taken in from who does not sit here
        take_seat(request.actor, group_id, side)
    received = receive_files(request)
    form = DraftForm(received.values)
    form.refuse_files(received.refusals)
    if not form.is_valid():
        return _again(request, group_id, side, form)
    try:
        if asks_before_sending(side) and not form.cleaned_data["is_confirmed"]:
            return _asked_once_more(request, take_seat(request.actor, group_id, side), form)
        published = publish_at(request.actor, group_id, side, form.draft())
        push_new(published)
        if not request.FILES:  # those are other files each time
            require_same(published, form.draft())
    except DomainError as error:
        form.refuse(error.reason)
        return _again(request, group_id, side, form)
    return redirect(_shown_at(published.post) + f"?sent={published.post.pk}")


@require_http_methods(["GET", "POST"])
@door(Door.SEAT, changes=True)
def edit(request: CareRequest, group_id: UUID, side: Side, post_id: UUID) -> HttpResponse:
    """Show one's own post as a form, and put other words in its place."""
    seat = take_seat(request.actor, group_id, side)
    shown, said = message(seat, post_id), request.POST if request.method == "POST" else None
    form = EditForm(said, initial={"body": shown.body})
    try:
        editable_post(seat, post_id)
        if form.is_valid():
            edit_post(seat, post_id, form.cleaned_data["body"])
            push_post(seat, message(seat, post_id), "edit")
            return redirect(_timeline(group_id, side) + f"#post-{post_id}")
    except TooLate:
        if said is None:
            raise
        form.refuse_late()
    context = {"room": room_of(seat), "message": shown, "form": form}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return TemplateResponse(request, "timeline/edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@door(Door.SEAT, changes=True)
def withdraw(request: CareRequest, group_id: UUID, side: Side, post_id: UUID) -> HttpResponse:
    """Ask once, then take one's own post back."""
    seat = take_seat(request.actor, group_id, side)
    if request.method == "GET":
        shown = message(seat, withdrawable_post(seat, post_id).pk)
        context = {"room": room_of(seat), "message": shown}
        return TemplateResponse(request, "timeline/withdraw.html", context)
    withdraw_post(seat, post_id)
    push_post(seat, message(seat, post_id), "withdrawal")
    return redirect(_timeline(group_id, side) + f"#post-{post_id}")


@require_http_methods(["GET", "POST"])
@door(Door.SEAT, changes=True)
def restore(request: CareRequest, group_id: UUID, side: Side, post_id: UUID) -> HttpResponse:
    """Show one's own post that was taken back, and put it in its place again."""
    seat = take_seat(request.actor, group_id, side)
    if request.method == "GET":
        context = {"room": room_of(seat), "body": words_taken_back(seat, post_id)}
        return TemplateResponse(request, "timeline/restore.html", context)
    restore_post(seat, post_id)
    # To open pages and programs it is a post whose words are others now.
    push_post(seat, message(seat, post_id), "edit")
    return redirect(_timeline(group_id, side) + f"#post-{post_id}")


@require_POST
@door(Door.SEAT)
def acknowledgement(
    request: CareRequest, group_id: UUID, side: Side, post_id: UUID
) -> HttpResponse:
    """Give the sign 了解, or take it back; with htmx the answer is the post as it is now."""
    seat = take_seat(request.actor, group_id, side)
    form = SignForm(request.POST)
    if not form.is_valid():
        raise DomainError("acknowledged")
    gives = form.cleaned_data["acknowledged"] == "yes"
    change = acknowledge_post if gives else withdraw_acknowledgement
    change(seat, post_id)
    arrived = push_post(seat, message(seat, post_id), "acknowledgement")
    if request.htmx:
        return HttpResponse(arrived)
    return redirect(_timeline(group_id, side) + f"#post-{post_id}")


def _again(request: CareRequest, group_id: UUID, side: Side, form: DraftForm) -> HttpResponse:
    """Show the composer again with what was typed, and what is the matter with it."""
    context = _composer(request, take_seat(request.actor, group_id, side), form)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return TemplateResponse(request, "timeline/write.html", context, status=status)


def _composer(request: CareRequest, seat: Seat, form: DraftForm) -> dict[str, object]:
    """Return what the composer shows; the key of the device seals the draft there."""
    room = room_of(seat)
    return {
        "room": room,
        "found_by": found_by(seat.actor, room.others),
        "form": form,
        "attached": _attached(request, form),
        "device_key": device_key_in(request),
    }


def _asked_once_more(request: CareRequest, seat: Seat, form: DraftForm) -> HttpResponse:
    """Show what is about to be sent, and who will read it."""
    draft = form.draft()
    require_sense(seat, draft)
    context = {"room": room_of(seat), "draft": draft, "attached": _attached(request, form)}
    context["doubtful"] = doubtful_words(seat, draft.body)
    return TemplateResponse(request, "timeline/confirm.html", context)


def _attached(request: CareRequest, form: DraftForm) -> list[File]:
    return waiting_files(request.actor, form.attachment_ids())


def _shown_at(post: Post) -> str:
    """Return the page that a new post appears on: a reply's is the thread."""
    if post.parent_id is None:
        return reverse("timeline:timeline", args=[post.group_id, post.side])
    return reverse("timeline:post", args=[post.group_id, post.side, post.parent_id])


def _timeline(group_id: UUID, side: Side) -> str:
    return reverse("timeline:timeline", args=[group_id, side])
