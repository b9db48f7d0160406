"""Who may do what with a post.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from carestation.groups.choices import GroupRight, Kind, Role, Side
from carestation.groups.rules import Seat, holds, may_post
from carestation.timeline.models import Post

EDITABLE: Final = timedelta(minutes=15)
# For so long what was taken back can be put in its place again: nobody else restores anything.
RESTORABLE: Final = timedelta(days=30)
# Words that a family should not come upon unprepared (design, "Composing").
AMONG_PROFESSIONALS: Final = (
    "予後",
    "余命",
    "未告知",
    "看取り",
    "身寄り",
    "虐待",
    "困難事例",
    "問題行動",
    "生活保護",
)


def may_withdraw(seat: Seat, post: Post) -> bool:
    """Whoever wrote a post may take it back, once, while the group is open."""
    own = post.author_id == seat.actor.user_id
    may = holds(seat, GroupRight.TAKE_BACK) and may_post(seat)
    return own and post.withdrawn_at is None and may


def may_restore(seat: Seat, post: Post, now: datetime) -> bool:
    """Whoever took their own post back may put it in its place again for thirty days."""
    own = post.author_id == seat.actor.user_id
    may = holds(seat, GroupRight.TAKE_BACK) and may_post(seat)
    return own and may and post.withdrawn_at is not None and now - post.withdrawn_at < RESTORABLE


def may_edit(seat: Seat, post: Post, now: datetime) -> bool:
    """Whoever wrote a post may put it right for fifteen minutes."""
    return may_withdraw(seat, post) and now - post.published_at < EDITABLE


def may_hurry(side: Side) -> bool:
    """Urgent and 了解が必要 are for professionals among themselves; the family's side is calm."""
    return side is not Side.PATIENT


def asks_before_sending(side: Side) -> bool:
    """What the family will read is confirmed with its readers' names before it is sent."""
    return side is Side.PATIENT


def doubtful_words(seat: Seat, body: str) -> list[str]:
    """Return what in a post for the family reads like a note among professionals."""
    if seat.role is Role.FAMILY:
        return []
    return [word for word in AMONG_PROFESSIONALS if word in body]


def asked_of(mentions: Iterable[UUID], readers: Iterable[UUID], author_id: UUID) -> frozenset[UUID]:
    """Return whose 了解 a post asks for: those it names, or everyone there but its author."""
    there = frozenset(readers) - {author_id}
    return frozenset(mentions) & there or there


def has_album(kind: Kind) -> bool:
    """Pictures are kept together where there is a patient or a group."""
    return kind is not Kind.DIRECT
