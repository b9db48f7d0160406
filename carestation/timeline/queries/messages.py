"""Reading posts: pages, threads, what changed.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from base64 import b64decode
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from django.utils import timezone

from carestation.accounts.queries.people import read_name
from carestation.groups.queries.seats import calling_of
from carestation.groups.rules import Seat
from carestation.kernel.errors import NotVisible
from carestation.kernel.read_once import ReadOnce
from carestation.kernel.sql import Row
from carestation.timeline.choices import Urgency
from carestation.timeline.models import Post, PostVersion
from carestation.timeline.queries.files import File, read_file
from carestation.timeline.rules import EDITABLE, RESTORABLE
from carestation.vault.scopes import open_scope
from carestation.vault.sealing import Bundle

PAGE_SIZE: Final = 30
NEWEST: Final = 2**62
# Hot (benchmarks/pages.py): one statement for a page, its replies, signs and files. Limits stand in
# these statements as numbers: with parameters alone they would be planned anew at each look.
PAGE: Final = """
WITH threads AS MATERIALIZED (
  SELECT id FROM timeline_post
  WHERE group_id = %(group_id)s AND side = %(side)s AND parent_id IS NULL
    AND last_number < %(before)s
  ORDER BY last_number DESC LIMIT 31
), replies AS MATERIALIZED (
  SELECT r.id FROM threads t, LATERAL (
    SELECT id FROM timeline_post p WHERE p.parent_id = t.id
      AND p.group_id = %(group_id)s AND p.side = %(side)s
    ORDER BY number DESC LIMIT 50) r
)
SELECT * FROM timeline_message
WHERE id IN (SELECT id FROM threads UNION ALL SELECT id FROM replies)
  AND group_id = %(group_id)s AND side = %(side)s
"""
AFTER: Final = """
SELECT * FROM (SELECT * FROM timeline_message
  WHERE group_id = %(group_id)s AND side = %(side)s AND changed_seq > %(seq)s
  ORDER BY changed_seq LIMIT 101) a
ORDER BY changed_seq LIMIT %(limit)s
"""
FLAT: Final = """
SELECT * FROM (SELECT * FROM timeline_message
  WHERE group_id = %(group_id)s AND side = %(side)s AND number < %(before)s
  ORDER BY number DESC LIMIT 101) a
ORDER BY number DESC LIMIT %(limit)s
"""
THREAD: Final = """
SELECT * FROM timeline_message
WHERE group_id = %(group_id)s AND side = %(side)s
  AND (id = %(post_id)s OR parent_id = %(post_id)s)
ORDER BY number LIMIT 1000
"""
ONE: Final = """
SELECT * FROM timeline_message
WHERE group_id = %(group_id)s AND side = %(side)s AND id = %(post_id)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Someone whom a post names."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A post, ready to show: the same for everyone at that side."""

    id: UUID
    number: int
    last_number: int
    changed_seq: int
    parent_id: UUID | None
    author_id: UUID
    author: str
    calling: str
    profession: str
    facility: str
    is_family: bool
    published_at: datetime
    edited_at: datetime | None
    withdrawn_at: datetime | None
    body: str
    urgency: Urgency
    asks_acknowledgement: bool
    mentions: tuple[Mention, ...]
    acknowledged_by: tuple[UUID, ...]
    files: tuple[File, ...]
    is_editable: bool = False
    is_restorable: bool = False
    replies: tuple["Message", ...] = ()

    def __hash__(self) -> int:
        """Return what finds it among others; only what is the same in everything is equal."""
        return hash((self.id.int, self.changed_seq))

    @property
    def is_urgent(self) -> bool:
        """Whether it hurries."""
        return self.urgency is Urgency.URGENT


class _Both:
    """A post as it stands, and as long as its author may still do something with it."""

    def __init__(self, message: Message) -> None:
        self._message = message
        self._open: Message | None = None
        gone = message.withdrawn_at
        self._until = gone + RESTORABLE if gone else message.published_at + EDITABLE

    def at(self, now: datetime) -> Message:
        """Return it as it is now: what the clock decides is no part of a row."""
        if now >= self._until:
            return self._message
        if self._open is None:
            gone = self._message.withdrawn_at is not None
            self._open = replace(self._message, is_editable=not gone, is_restorable=gone)
        return self._open


# What the rows of `timeline_message` said lately: all statements here read its columns.
_READ: Final = ReadOnce[_Both](most=20_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Threads, newest first; `following`: the place of the one behind the last, 0 at the end."""

    threads: list[Message]
    following: int

    @property
    def newest(self) -> int:
        """Behind what the page towards the newest begins."""
        return self.threads[0].last_number if self.threads else 0

    @property
    def oldest(self) -> int:
        """Where the next page begins; 0 at the end."""
        return self.threads[-1].last_number if self.following else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a post said until a time."""

    body: str
    until_at: datetime


def page_of_threads(seat: Seat, *, before: int | None = None, size: int = PAGE_SIZE) -> Page:
    """Return a page of threads, newest first, in one statement; `size` is 30 at most."""
    asked = at_side(seat) | {"before": NEWEST if before is None else before}
    threads = threads_of(_messages(seat, PAGE, asked))
    threads.sort(key=lambda one: -one.last_number)
    following = threads[size].last_number if len(threads) > size else 0
    return Page(threads=threads[:size], following=following)


def threads_of(messages: list[Message]) -> list[Message]:
    """Return the posts that begin a thread, each with its replies, oldest reply first."""
    # By their numbers, which are looked up without Python's own code for ids.
    replies: dict[int, list[Message]] = {}
    for message in messages:
        if message.parent_id is not None:
            replies.setdefault(message.parent_id.int, []).append(message)
    return [
        replace(one, replies=tuple(sorted(said, key=lambda reply: reply.number)))
        if (said := replies.get(one.id.int))
        else one
        for one in messages
        if one.parent_id is None
    ]


def messages_after(seat: Seat, seq: int, *, limit: int = PAGE_SIZE) -> list[Message]:
    """Return what is new or changed since `seq`; one more than the limit (100): too much."""
    asked = at_side(seat) | {"seq": seq, "limit": limit + 1}
    return _messages(seat, AFTER, asked)


def messages_before(seat: Seat, before: int | None, *, limit: int = PAGE_SIZE) -> list[Message]:
    """Return posts and replies in one row, newest first; one more than the limit (100): more."""
    asked = at_side(seat) | {"before": NEWEST if before is None else before, "limit": limit + 1}
    return _messages(seat, FLAT, asked)


def thread(seat: Seat, post_id: UUID) -> Message:
    """Return a post with all its replies.

    Raises:
        NotVisible: no such post at this side.
    """
    messages = _messages(seat, THREAD, at_side(seat) | {"post_id": post_id})
    found = [one for one in messages if one.id == post_id]
    if not found:
        raise NotVisible
    replies = tuple(one for one in messages if one.parent_id == post_id)
    return replace(found[0], replies=replies)


def message(seat: Seat, post_id: UUID) -> Message:
    """Return one post or reply, as it is shown.

    Raises:
        NotVisible: no such post at this side.
    """
    shown = _messages(seat, ONE, at_side(seat) | {"post_id": post_id})
    if not shown:
        raise NotVisible
    return shown[0]


def versions_of(seat: Seat, post_id: UUID) -> list[Version]:
    """Return what a post said before, newest first."""
    bundle = open_scope(seat.group_id, seat.actor)
    rows = PostVersion.objects.filter(group_id=seat.group_id, post_id=post_id)
    return [
        Version(
            body=bundle.unseal(row.body_sealed, PostVersion.body_place(row.pk)),
            until_at=row.until_at,
        )
        for row in rows.order_by("-until_at")[:100]
    ]


def find_post(seat: Seat, post_id: UUID) -> Post:
    """Return the row of a post at the side of the seat.

    Raises:
        NotVisible: there is none.
    """
    post = Post.objects.of(seat).filter(pk=post_id).first()
    if post is None:
        raise NotVisible
    return post


def _messages(seat: Seat, statement: str, asked: Row) -> list[Message]:
    bundle, now = open_scope(seat.group_id, seat.actor), timezone.now()
    read = _READ.rows_of(statement, asked, partial(_read, seat, bundle))
    return [one.at(now) for one in read]


def _read(seat: Seat, bundle: Bundle, row: Row) -> _Both:
    """Return a post of the seat's side, unsealed; of a withdrawn one nothing is."""
    is_shown = row["withdrawn_at"] is None
    body = bundle.unseal(row["body_sealed"], Post.body_place(row["id"])) if is_shown else ""
    message = Message(
        id=row["id"],
        number=row["number"],
        last_number=row["last_number"],
        changed_seq=row["changed_seq"],
        parent_id=row["parent_id"],
        author_id=row["author_id"],
        author=read_name(row["author_id"], row["name_sealed"], seat.actor),
        calling=calling_of(row["role"], row["relation"], row["profession"]),
        profession=row["profession"] or "",
        facility=row["facility"] or "",
        is_family=row["role"] == "family",
        published_at=row["published_at"],
        edited_at=row["edited_at"],
        withdrawn_at=row["withdrawn_at"],
        body=body,
        urgency=Urgency(row["urgency"]),
        asks_acknowledgement=row["asks_acknowledgement"],
        mentions=tuple(_mention(seat, one) for one in row["mentioned"]),
        acknowledged_by=tuple(row["acknowledged_by"]),
        files=tuple(read_file(seat, one) for one in row["files"]) if is_shown else (),
    )
    return _Both(message)


def at_side(seat: Seat) -> Row:
    """Return the group and the side of a seat: every statement names them."""
    return {"group_id": seat.group_id, "side": seat.side.value}


def _mention(seat: Seat, row: Row) -> Mention:
    user_id = UUID(row["id"])
    sealed = b64decode(row["name_sealed"])
    return Mention(id=user_id, name=read_name(user_id, sealed, seat.actor))
