"""The pictures of a side, month by month, and one of them with its neighbours.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from django.db.models import F, Q

from carestation.accounts.models import User
from carestation.accounts.queries.people import read_name
from carestation.groups.queries.seats import calling_of
from carestation.groups.rules import Seat
from carestation.kernel.errors import NotVisible
from carestation.timeline.models import Attachment, AttachmentQuerySet, Post
from carestation.timeline.queries.files import File, file_of
from carestation.timeline.rules import has_album
from carestation.ui.times import local_date
from carestation.vault.scopes import open_scope

PAGE_SIZE: Final = 60
PEOPLE_AT_MOST: Final = 100
CAPTION: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A file of a post, with who posted it, when, and how the post begins."""

    file: File
    post_id: UUID
    author: str
    calling: str
    published_at: datetime
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The pictures of one month, newest first; `first_day` names it."""

    first_day: date
    pictures: list[Picture]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributor:
    """Someone who has posted pictures at this side."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Album:
    """A page of pictures; `older`: the last one here, where more lie behind it."""

    months: list[Month]
    documents: list[Picture]
    people: list[Contributor]
    older: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """One picture, the ones next to it, and the one with which it is compared."""

    picture: Picture
    newer: UUID | None
    older: UUID | None
    beside: Picture | None

    @property
    def pictures(self) -> list[Picture]:
        """What is looked at, the older one first."""
        both = [one for one in (self.beside, self.picture) if one]
        return sorted(both, key=lambda one: one.published_at)


def album_of(seat: Seat, *, person_id: UUID | None = None, after: UUID | None = None) -> Album:
    """Return a page of the pictures of a side, newest first; `after`: where the last page ended.

    Raises:
        NotVisible: a talk of two has no album, or `after` is no picture of this side.
    """
    if not has_album(seat.kind):
        raise NotVisible
    pictures = _pictures(seat, person_id)
    if after is not None:
        pictures = pictures.filter(_behind(_find(seat, after)))
    rows = list(_in_order(pictures)[: PAGE_SIZE + 1])
    return Album(
        months=_months(seat, rows[:PAGE_SIZE]),
        documents=_documents(seat, person_id) if after is None else [],
        people=_people(seat),
        older=rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None,
    )


def picture_of(
    seat: Seat, file_id: UUID, *, person_id: UUID | None = None, beside: UUID | None = None
) -> Neighbours:
    """Return one picture of a side, its neighbours in the same order, and the one `beside` it.

    Raises:
        NotVisible: no such picture at this side.
    """
    row, pictures = _find(seat, file_id), _pictures(seat, person_id)
    newer = _in_order(pictures.filter(_before(row))).reverse().first()
    older = _in_order(pictures.filter(_behind(row))).first()
    return Neighbours(
        picture=_picture(seat, row),
        newer=newer.pk if newer else None,
        older=older.pk if older else None,
        beside=_picture(seat, _find(seat, beside)) if beside and beside != file_id else None,
    )


def _pictures(seat: Seat, person_id: UUID | None) -> AttachmentQuerySet:
    pictures = Attachment.objects.shown_at(seat).pictures()
    return pictures if person_id is None else pictures.filter(post__author_id=person_id)


def _documents(seat: Seat, person_id: UUID | None) -> list[Picture]:
    documents = Attachment.objects.shown_at(seat).documents()
    if person_id is not None:
        documents = documents.filter(post__author_id=person_id)
    return [_picture(seat, row) for row in _in_order(documents)[:PAGE_SIZE]]


def _people(seat: Seat) -> list[Contributor]:
    authors = Attachment.objects.shown_at(seat).values_list("post__author_id", flat=True).distinct()
    people = User.objects.filter(pk__in=authors).order_by("pk")[:PEOPLE_AT_MOST]
    return [
        Contributor(id=one.pk, name=read_name(one.pk, one.name_sealed, seat.actor))
        for one in people
    ]


def _find(seat: Seat, file_id: UUID) -> Attachment:
    row = _in_order(Attachment.objects.shown_at(seat).pictures()).filter(pk=file_id).first()
    if row is None:
        raise NotVisible
    return row


def _in_order(rows: AttachmentQuerySet) -> AttachmentQuerySet:
    shown = rows.select_related("post__author", "post__membership__staff")
    return shown.annotate(number=F("post__number")).order_by("-number", "place")


def _behind(row: Attachment) -> Q:
    number = _post_of(row).number
    return Q(post__number__lt=number) | Q(post__number=number, place__gt=row.place)


def _before(row: Attachment) -> Q:
    number = _post_of(row).number
    return Q(post__number__gt=number) | Q(post__number=number, place__lt=row.place)


def _months(seat: Seat, rows: list[Attachment]) -> list[Month]:
    pictures = [_picture(seat, row) for row in rows]
    by_month = groupby(pictures, key=lambda one: local_date(one.published_at).replace(day=1))
    return [Month(first_day=first_day, pictures=list(own)) for first_day, own in by_month]


def _picture(seat: Seat, row: Attachment) -> Picture:
    post = _post_of(row)
    staff = post.membership.staff
    bundle = open_scope(seat.group_id, seat.actor)
    words = bundle.unseal(post.body_sealed, Post.body_place(post.pk))
    return Picture(
        file=file_of(seat.actor, row),
        post_id=post.pk,
        author=read_name(post.author_id, post.author.name_sealed, seat.actor),
        calling=calling_of(
            post.membership.role, post.membership.relation, staff.profession if staff else None
        ),
        published_at=post.published_at,
        caption=caption_of(words),
    )


def caption_of(words: str) -> str:
    """Return how a post begins: its first line, cut where it is long."""
    first = words.split("\n", 1)[0]
    return first if len(first) <= CAPTION else first[:CAPTION] + "…"


def _post_of(row: Attachment) -> Post:
    if row.post is None:
        raise NotVisible
    return row.post
