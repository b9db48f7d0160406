"""The posts of an export's readable pages, a few hundred at a time while a page is written.

Controls: ISO/IEC 27017 8.24, CLD.8.1.5; white paper 「暗号化」.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from carestation.exports.queries.pages import GroupPage, Who
from carestation.groups.choices import Side
from carestation.groups.models.groups import Timeline
from carestation.timeline.choices import MediaType, Urgency
from carestation.timeline.models import Acknowledgement, Attachment, Post, PostVersion
from carestation.vault.scopes import open_scope
from carestation.vault.sealing import Bundle

POSTS_AT_ONCE: Final = 200
ENDINGS: Final = {
    MediaType.JPEG: "jpg",
    MediaType.PNG: "png",
    MediaType.WEBP: "webp",
    MediaType.PDF: "pdf",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """A file of a post: where it stands in the archive, and what it was called."""

    path: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Who acknowledged a post, when, and when they took it back, if they did."""

    name: str
    at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What a post said until a time."""

    body: str
    until_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLine:
    """A post, ready to show: the words of a withdrawn one are nobody's to see."""

    number: int
    author: Who
    body: str
    answers: int | None
    is_urgent: bool
    asks: bool
    published_at: datetime
    edited_at: datetime | None
    withdrawn_at: datetime | None
    earlier: Sequence[Earlier] = ()
    signed: Sequence[Signed] = ()
    files: Sequence[FileLine] = ()


def path_of_file(attachment_id: UUID, media_type: str) -> str:
    """Return where a file stands in the archive."""
    return f"files/{attachment_id}.{ENDINGS[MediaType(media_type)]}"


def posts_of_side(page: GroupPage, side: Side, names: dict[UUID, str]) -> Iterator[PostLine]:
    """Yield the posts of one side, the oldest first; their numbers have no gaps."""
    bundle = open_scope(page.id, None)
    count = Timeline.objects.get(group_id=page.id, side=side).posts
    own = Post.objects.filter(group_id=page.id, side=side).select_related("parent")
    for start in range(1, count + 1, POSTS_AT_ONCE):
        some = own.filter(number__gte=start, number__lt=start + POSTS_AT_ONCE).order_by("number")
        yield from _lines(list(some), page, names, bundle)


def _lines(
    posts: list[Post], page: GroupPage, names: dict[UUID, str], bundle: Bundle
) -> Iterator[PostLine]:
    shown = [one.pk for one in posts if one.withdrawn_at is None]
    earlier, files = _earlier(shown, bundle), _files(shown, bundle)
    signed = _signed([one.pk for one in posts], names)
    for one in posts:
        is_shown = one.withdrawn_at is None
        yield PostLine(
            number=one.number,
            author=page.members[one.membership_id],
            body=bundle.unseal(one.body_sealed, Post.body_place(one.pk)) if is_shown else "",
            answers=one.parent.number if one.parent else None,
            is_urgent=one.urgency == Urgency.URGENT,
            asks=one.asks_acknowledgement,
            published_at=one.published_at,
            edited_at=one.edited_at,
            withdrawn_at=one.withdrawn_at,
            earlier=earlier[one.pk],
            signed=signed[one.pk],
            files=files[one.pk],
        )


def _earlier(post_ids: list[UUID], bundle: Bundle) -> dict[UUID, list[Earlier]]:
    found: dict[UUID, list[Earlier]] = defaultdict(list)
    for row in PostVersion.objects.filter(post_id__in=post_ids).order_by("pk"):
        body = bundle.unseal(row.body_sealed, PostVersion.body_place(row.pk))
        found[row.post_id].append(Earlier(body=body, until_at=row.until_at))
    return found


def _signed(post_ids: list[UUID], names: dict[UUID, str]) -> dict[UUID, list[Signed]]:
    found: dict[UUID, list[Signed]] = defaultdict(list)
    for row in Acknowledgement.objects.filter(post_id__in=post_ids).order_by("pk"):
        name = names[row.user_id]
        found[row.post_id].append(Signed(name=name, at=row.at, withdrawn_at=row.withdrawn_at))
    return found


def _files(post_ids: list[UUID], bundle: Bundle) -> dict[UUID, list[FileLine]]:
    found: dict[UUID, list[FileLine]] = defaultdict(list)
    for row in Attachment.objects.filter(post_id__in=post_ids).order_by("place", "pk"):
        name = bundle.unseal(row.name_sealed, Attachment.name_place(row.pk))
        path = path_of_file(row.pk, row.media_type)
        if row.post_id:
            found[row.post_id].append(FileLine(path=path, name=name))
    return found
