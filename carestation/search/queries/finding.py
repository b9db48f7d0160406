"""Finding posts and files: the index names what could be it, and it is read before it counts.

Controls: ISO/IEC 27017 8.3, 8.24; white paper 「利用者アクセスの管理」, 「暗号化」.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from carestation.accounts.queries.people import read_name
from carestation.groups.queries.seats import calling_of
from carestation.groups.rules import Seat
from carestation.kernel.errors import NotVisible
from carestation.kernel.sql import Row
from carestation.search.choices import EntryKind, Show
from carestation.search.queries.candidates import READ_AT_MOST, Question, candidates
from carestation.search.queries.entries import text_of
from carestation.search.rules import folded_text, has_all, marked
from carestation.timeline.choices import Urgency
from carestation.timeline.models import Attachment
from carestation.vault.scopes import open_scope

BEFORE, AFTER = 40, 120
# Of a long text this much is looked at to show a piece of it.
WINDOW, OVERLAP = 1_000, 200
KINDS_SHOWN: Final = {
    Show.POSTS: tuple(EntryKind),
    Show.FILES: (EntryKind.FILE, EntryKind.DOCUMENT),
    Show.PEOPLE: (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a text that is shown, and whether it is what was looked for."""

    text: str
    is_marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A post or a file that was found, at a side where the actor sits now."""

    id: UUID
    kind: EntryKind
    seat: Seat
    post_id: UUID
    author: str
    calling: str
    is_family: bool
    is_urgent: bool
    published_at: datetime
    file_id: UUID | None
    file_name: str
    parts: tuple[Part, ...]

    @property
    def excerpt(self) -> str:
        """The words around what was looked for."""
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found, newest first. `has_more`: there are others behind the last one.

    `is_cut`: only the newest posts were read, there may be older ones.
    """

    hits: tuple[Hit, ...]
    has_more: bool
    is_cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    row: Row
    text: str


def find(seats: Sequence[Seat], question: Question, *, limit: int, skip: int = 0) -> Found:
    """Return what is found at the sides of these seats, newest first; of erased groups nothing."""
    seats = [seat for seat in seats if _has_keys(seat)] if question.kinds else []
    sides = {(seat.group_id, seat.side.value): seat for seat in seats}
    wanted = skip + limit + 1
    count, true_ones = 0, list[_Read]()
    for count, row in enumerate(candidates(seats, question, wanted), start=1):  # noqa: B007 - how many were read is asked below
        seat = sides[row["group_id"], row["side"]]
        text = text_of(open_scope(seat.group_id, seat.actor), row)
        if has_all(question.words, folded_text(text)):
            true_ones.append(_Read(row=row, text=text))
            if len(true_ones) == wanted:
                break
    shown = true_ones[skip : skip + limit]
    return Found(
        hits=tuple(_hit(sides, question, one) for one in shown),
        has_more=len(true_ones) == wanted,
        is_cut=not question.has_pairs and count >= READ_AT_MOST,
    )


def _has_keys(seat: Seat) -> bool:
    try:
        open_scope(seat.group_id, seat.actor)
    except NotVisible:
        return False
    return True


def _hit(sides: Mapping[tuple[UUID, str], Seat], question: Question, read: _Read) -> Hit:
    row = read.row
    seat = sides[row["group_id"], row["side"]]
    return Hit(
        id=row["id"],
        kind=EntryKind(row["kind"]),
        seat=seat,
        post_id=row["post_id"],
        author=read_name(row["author_id"], row["author_sealed"], seat.actor),
        calling=calling_of(row["role"], row["relation"], row["profession"]),
        is_family=row["role"] == "family",
        is_urgent=row["urgency"] == Urgency.URGENT,
        published_at=row["published_at"],
        file_id=row["file_id"],
        file_name=_file_name(seat, row),
        parts=excerpt_of(question.words, read.text),
    )


def _file_name(seat: Seat, row: Row) -> str:
    if row["file_id"] is None:
        return ""
    place = Attachment.name_place(row["file_id"])
    return open_scope(seat.group_id, seat.actor).unseal(row["name_sealed"], place)


def excerpt_of(words: Sequence[str], text: str) -> tuple[Part, ...]:
    """Return the words around the first that was looked for, in one line, each of them marked."""
    line = " ".join(_window(words, text).split())
    places = marked(words, line)
    begin = max(0, places[0][0] - BEFORE) if places else 0
    end = min(len(line), begin + BEFORE + AFTER)
    parts, at = [Part(text="…" if begin else "", is_marked=False)], begin
    for first, last in places:
        if last > end:
            break
        parts += [
            Part(text=line[at:first], is_marked=False),
            Part(text=line[first:last], is_marked=True),
        ]
        at = last
    rest = line[at:end] + ("…" if end < len(line) else "")
    return tuple(part for part in (*parts, Part(text=rest, is_marked=False)) if part.text)


def _window(words: Sequence[str], text: str) -> str:
    """Return a piece of a long text in which one of the words stands; a short one as it is."""
    if len(text) <= WINDOW:
        return text
    for begin in range(0, max(1, len(text) - OVERLAP), WINDOW - OVERLAP):
        piece = text[begin : begin + WINDOW]
        if any(word in folded_text(piece) for word in words):
            return piece
    return text[:WINDOW]
