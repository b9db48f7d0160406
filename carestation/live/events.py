"""What is written into a stream: server-sent events, each with one JSON object as its data.

The bytes of a push are made once per form, however many read it.
"""

import json
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from carestation.kernel.pushes import Push

COMMENT: Final = b":\n\n"
# A page's script is told of events alone, and opens another stream where it hears none.
BEAT: Final = b"event: beat\ndata: {}\n\n"
LINE_SIGNS: Final = (("\x85", "\\u0085"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029"))
# What these say of a post is the post itself; the others say their own.
OF_POSTS: Final = frozenset({"post", "acknowledgement", "edit", "withdrawal"})


class Shown:
    """A push as it is written: for pages (`html`) and for programs (`json`)."""

    __slots__ = ("_for_pages", "_for_programs", "push")

    def __init__(self, push: Push) -> None:
        self.push = push
        self._for_pages: bytes | None = None
        self._for_programs: bytes | None = None

    def for_pages(self) -> bytes:
        """Return the event with the fragment, if there is one."""
        if self._for_pages is None:
            more = {"html": self.push.html} if self.push.html else {}
            self._for_pages = _change(self.push, _text(more))
        return self._for_pages

    def for_programs(self) -> bytes:
        """Return the event with the post as in the API, if there is one."""
        if self._for_programs is None:
            self._for_programs = _change(self.push, _details(self.push))
        return self._for_programs


def catchup(reason: str, group_id: UUID | None = None, side: str = "") -> bytes:
    """Say that what changed is to be asked for (`after`): of one timeline, or of all.

    `begin`: the stream begins; `overflow`: more came than could wait; `lost`: the bus was away.
    """
    place = {} if group_id is None else _place(group_id, side)
    return _event("catchup", _text(place | {"reason": reason}))


def ended(reason: str) -> bytes:
    """Say why the stream ends: `session` (signed out, idle), `expired` (open it again)."""
    return _event("end", _text({"reason": reason}))


def membership_began(group_id: UUID, side: str, seq: int) -> bytes:
    """Say that a side has opened to this person."""
    return _event("membership", _text(_place(group_id, side) | {"seq": seq, "began": True}))


def membership_ended(group_id: UUID, side: str) -> bytes:
    """Say that a side has closed to this person, and nothing else of it."""
    return _event("membership", _text(_place(group_id, side) | {"ended": True}))


def marks_moved(group_id: UUID, side: str, seq: int, marks: Mapping[str, int]) -> bytes:
    """Say how far people have read: the newest mark of each who moved."""
    moved = [{"user": user, "number": number} for user, number in marks.items()]
    said = _place(group_id, side) | {"seq": seq, "id": None, "marks": moved}
    return _event("read", _text(said))


def _change(push: Push, more: str) -> bytes:
    place = _place(push.group_id, push.side)
    object_id = None if push.object_id is None else str(push.object_id)
    head = _text(place | {"seq": push.seq, "id": object_id})
    data = head if more == "{}" else f"{head[:-1]},{more[1:]}"
    return _event(push.kind, data, f"id: {push.group_id}/{push.side}/{push.seq}\n")


def _details(push: Push) -> str:
    if not push.json:
        return "{}"
    # The text of an object may be broken into lines between its values; an event may not.
    text = push.json.replace("\n", " ").replace("\r", " ")
    return f'{{"post":{text}}}' if push.kind in OF_POSTS else text


def _place(group_id: UUID | None, side: str) -> dict[str, object]:
    return {"group": str(group_id), "side": side}


def _text(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _event(kind: str, data: str, id_line: str = "") -> bytes:
    # An event's line ends at CR and LF alone; many readers take these for ends of lines as well.
    for sign, escaped in LINE_SIGNS:
        data = data.replace(sign, escaped)
    return f"event: {kind}\n{id_line}data: {data}\n\n".encode()
