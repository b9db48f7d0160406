"""A post as programs get it: the same fields from the API and from the stream.

The contract's fields; an addition is fine, a change is a decision record. Ids and times are text
here, times in Japan's (`+09:00`).
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

from carestation.groups.queries.seats import Member
from carestation.kernel.shapes import Format
from carestation.timeline.choices import MediaType, Urgency
from carestation.timeline.queries.files import File
from carestation.timeline.queries.messages import Message

TOKYO: Final = ZoneInfo("Asia/Tokyo")
_WRITTEN: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
Id = Annotated[str, Format(name="uuid")]
Moment = Annotated[str, Format(name="date-time")]


class PersonJson(TypedDict):
    """Who someone is; the patient and the family have neither profession nor facility."""

    id: Id
    name: str
    profession: str | None
    facility: str | None


class FileJson(TypedDict):
    """What is attached. Sizes in bytes and pixels."""

    id: Id
    name: str
    type: MediaType
    size_bytes: int
    width: int | None
    height: int | None


class PostJson(TypedDict):
    """A post. Of a withdrawn one neither words nor files are said."""

    id: Id
    number: int
    seq: int
    author: PersonJson
    body: str
    published_at: Moment
    parent: Id | None
    urgency: Urgency
    asks_acknowledgement: bool
    mentions: list[Id]
    acknowledged_by: int
    read_by: int
    attachments: list[FileJson]
    edited_at: Moment | None
    withdrawn_at: Moment | None


def post_json(message: Message, members: Sequence[Member]) -> PostJson:
    """Return a post as programs get it; `members`: who sits at its side, with their marks.

    Whoever wrote it is not counted among its readers.
    """
    readers = (one for one in members if one.user_id != message.author_id)
    return PostJson(
        id=str(message.id),
        number=message.number,
        seq=message.changed_seq,
        author=_author(message),
        body=message.body,
        published_at=japan_time(message.published_at),
        parent=_text(message.parent_id),
        urgency=message.urgency,
        asks_acknowledgement=message.asks_acknowledgement,
        mentions=[str(one.id) for one in message.mentions],
        acknowledged_by=len(message.acknowledged_by),
        read_by=sum(one.mark >= message.number for one in readers),
        attachments=[file_json(file) for file in message.files],
        edited_at=_time(message.edited_at),
        withdrawn_at=_time(message.withdrawn_at),
    )


def post_text(message: Message, members: Sequence[Member]) -> str:
    """Return the same as the text of a push."""
    return _WRITTEN.encode(post_json(message, members))


def file_json(file: File) -> FileJson:
    """Return an attachment as programs get it."""
    return FileJson(
        id=str(file.id),
        name=file.name,
        type=file.media_type,
        size_bytes=file.size_bytes,
        width=file.width,
        height=file.height,
    )


def member_json(member: Member) -> PersonJson:
    """Return who sits at a side as programs get it."""
    return PersonJson(
        id=str(member.user_id),
        name=member.name,
        profession=member.profession or None,
        facility=member.facility or None,
    )


def japan_time(moment: datetime) -> str:
    """Return a time as it is exported: ISO 8601, to the millisecond, in Japan."""
    return moment.astimezone(TOKYO).isoformat(timespec="milliseconds")


def _author(message: Message) -> PersonJson:
    return PersonJson(
        id=str(message.author_id),
        name=message.author,
        profession=message.profession or None,
        facility=message.facility or None,
    )


def _text(one: UUID | None) -> str | None:
    return None if one is None else str(one)


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else japan_time(moment)
