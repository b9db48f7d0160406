"""A long history, written in: the rows that the commands would have left, without the commands.

Right are: numbers without gaps, the order of changes (`seq`), threads, seals, signs, marks.
Not written: facts, since nobody did any of this.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from carestation.groups.rules import Seat
from carestation.kernel.ids import uuid7
from carestation.kernel.sql import rows_of
from carestation.timeline.choices import Urgency
from carestation.timeline.models import Post
from carestation.vault.scopes import open_scope
from carestation.vault.sealing import Bundle

SPREAD: Final = timedelta(days=365)
# Of five posts the third answers the first, and the second is acknowledged.
ROUND: Final = 5
ASKED, ACKNOWLEDGED, ANSWER = 1, 2, 3
WORDS: Final = (
    "訪問しました。お変わりありません。血圧 122/66、脈拍 68、SpO2 97％、体重 48.4kg。",
    "お薬をお届けし、2週間分をセットしました。残薬は1回分です。",
    "承知しました。次の訪問で確かめます。",
    "朝食は全量。歩行器で玄関まで往復できました。ふらつきはありません。",
    "むくみは目立ちません。夜のトイレは1回、よく眠れたとのことです。水分は1日1リットルほど。",
)
# Not by COPY, which row-level security does not take.
WRITE_POST: Final = """
INSERT INTO timeline_post (id, group_id, side, number, last_number, seq, changed_seq, parent_id,
  author_id, membership_id, draft_id, body_sealed, urgency, asks_acknowledgement, mentions,
  published_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
WRITE_SIGN: Final = """
INSERT INTO timeline_acknowledgement (id, group_id, post_id, user_id, at)
VALUES (%s, %s, %s, %s, %s)
"""
COUNT: Final = """
UPDATE groups_timeline SET posts = %(posts)s, seq = %(seq)s
WHERE group_id = %(group_id)s AND id = %(timeline_id)s AND posts = 0
"""
READ: Final = """
UPDATE groups_readmark SET number = greatest(0, %(posts)s - %(unread)s)
WHERE group_id = %(group_id)s AND id = %(mark_id)s
"""
Rows = Iterator[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sign:
    post_id: UUID
    user_id: UUID
    at: datetime


@transaction.atomic
def write_history(seats: Sequence[Seat], posts: int, *, now: datetime) -> None:
    """Fill a side that is still empty with so many posts, written in turn by those who sit there.

    `now`: the time of the newest; the others lie before it, evenly over a year.
    """
    if posts == 0:
        return
    seq, signs = seats[0].seq, list[_Sign]()
    bundle = open_scope(seats[0].group_id, seats[0].actor)
    with connection.cursor() as cursor:
        cursor.cursor.executemany(WRITE_POST, _posts(seats, posts, now, bundle, signs))
        cursor.executemany(
            WRITE_SIGN,
            [(uuid7(), seats[0].group_id, one.post_id, one.user_id, one.at) for one in signs],
        )
    _count(seats, posts, seq + posts + len(signs))


def _posts(
    seats: Sequence[Seat], posts: int, now: datetime, bundle: Bundle, signs: list[_Sign]
) -> Rows:
    seq, asked_id = seats[0].seq, uuid7()
    for number in range(1, posts + 1):
        place = number % ROUND
        seat, post_id = seats[number % len(seats)], uuid7()
        seq = changed_seq = seq + 1
        at = now - SPREAD * ((posts - number) / posts)
        if place == ASKED:
            asked_id = post_id
        if place == ACKNOWLEDGED and len(seats) > 1:
            seq = changed_seq = seq + 1
            reader = seats[(number + 1) % len(seats)]
            signs.append(_Sign(post_id=post_id, user_id=reader.actor.user_id, at=at))
        answered = place == ASKED and number + ANSWER - ASKED <= posts
        yield (
            post_id,
            seat.group_id,
            seat.side.value,
            number,
            number + (ANSWER - ASKED if answered else 0),
            changed_seq - (place == ACKNOWLEDGED and len(seats) > 1),
            changed_seq,
            asked_id if place == ANSWER else None,
            seat.actor.user_id,
            seat.membership_id,
            uuid7(),
            bundle.seal(f"{WORDS[place]}（{number}）", Post.body_place(post_id)),
            Urgency.NORMAL.value,
            False,
            [],
            at,
        )


def _count(seats: Sequence[Seat], posts: int, seq: int) -> None:
    first = seats[0]
    place = {"group_id": first.group_id, "timeline_id": first.timeline_id}
    rows_of(COUNT, place | {"posts": posts, "seq": seq})
    for order, seat in enumerate(seats):
        mark = {"group_id": first.group_id, "mark_id": seat.mark_id}
        rows_of(READ, mark | {"posts": posts, "unread": order % ROUND})
