"""Everything that a person of the demo can lay eyes on: posts, files, what is in them."""

import io
from collections.abc import Iterator

import pypdf

from carestation.accounts.queries.people import find_by_email
from carestation.groups.queries.seats import take_seats
from carestation.groups.rules import Seat
from carestation.kernel.actor import Actor
from carestation.kernel.ids import uuid7
from carestation.patients.queries.face_sheets import patient_of
from carestation.patients.rules import may_see_face_sheet
from carestation.timeline.choices import MediaType
from carestation.timeline.queries.files import File, bytes_of, take_file
from carestation.timeline.queries.messages import Message, messages_before


def actor_of(email: str) -> Actor:
    user = find_by_email(email)
    assert user is not None
    return Actor(user_id=user.pk, request_id=uuid7())


def messages_at(seat: Seat) -> list[Message]:
    pages: list[Message] = []
    while found := messages_before(seat, pages[-1].number if pages else None, limit=100):
        pages += found
    return pages


def all_that_is_seen_by(email: str) -> str:
    return "\n".join(words for seat in take_seats(actor_of(email)) for words in _words_at(seat))


def _words_at(seat: Seat) -> Iterator[str]:
    if may_see_face_sheet(seat):
        card = patient_of(seat)
        assert card is not None
        yield card.face_sheet.to_json()
    for message in messages_at(seat):
        yield message.body
        for file in message.files:
            yield file.name
            yield _text_of(seat.actor, file)


def _text_of(actor: Actor, file: File) -> str:
    if file.media_type is not MediaType.PDF:
        return ""
    opened = take_file(actor, file.id)
    paper = b"".join(bytes_of(opened, opened.content, 0, file.size_bytes))
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages)
