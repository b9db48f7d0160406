"""A million posts, sealed under the keys of their groups and indexed as the followers would.

Groups and people are made by the product's commands. The posts are written in: sealed for real,
with the numbers that the index would hold, by a process a core, and put into the tables in the
order of their times, as many groups at once would have written them. Facts are not written.
"""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import psycopg

from benchmarks.million.words import words_of_post
from config.joining import join_running

if TYPE_CHECKING:
    from carestation.groups.rules import Seat
    from carestation.vault.sealing import Bundle

LARGEST: Final = 28_900
SMALL: Final = 500
SMALL_GROUPS: Final = 100
MIDDLE: Final = 1_000
SPREAD: Final = timedelta(days=365)
STAGE: Final = """
CREATE UNLOGGED TABLE bench_post (LIKE timeline_post);
CREATE UNLOGGED TABLE bench_entry (LIKE search_entry);
"""
COPY_POSTS: Final = """
COPY bench_post (id, group_id, side, number, last_number, seq, changed_seq, author_id,
  membership_id, draft_id, body_sealed, urgency, asks_acknowledgement, mentions, published_at)
FROM STDIN (FORMAT binary)
"""
COPY_ENTRIES: Final = """
COPY bench_entry (id, group_id, side, post_id, kind, changed_seq, grams)
FROM STDIN (FORMAT binary)
"""
POST_TYPES: Final = (
    *("uuid", "uuid", "varchar", "int8", "int8", "int8", "int8", "uuid"),
    *("uuid", "uuid", "bytea", "varchar", "bool", "uuid[]", "timestamptz"),
)
ENTRY_TYPES: Final = ("uuid", "uuid", "varchar", "uuid", "varchar", "int8", "int8[]")
PUT: Final = (
    "SET maintenance_work_mem = '512MB'",
    "DROP INDEX search_entry_grams",
    "INSERT INTO timeline_post SELECT * FROM bench_post ORDER BY id",
    "DROP TABLE bench_post",
    "INSERT INTO search_entry SELECT * FROM bench_entry ORDER BY id",
    "DROP TABLE bench_entry",
    "CREATE INDEX search_entry_grams ON search_entry USING gin (grams) WITH (fastupdate = off)",
    """UPDATE groups_timeline t SET posts = p.posts, seq = p.seq FROM (SELECT group_id, side,
      max(number) AS posts, max(seq) AS seq FROM timeline_post GROUP BY group_id, side) p
    WHERE t.group_id = p.group_id AND t.side = p.side AND t.posts < p.posts""",
    "VACUUM ANALYZE",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A group to fill: whose side, written by whom, with how many posts."""

    group_id: UUID
    side: str
    author_id: UUID
    membership_id: UUID
    seq: int
    posts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """Who looks: someone of the largest group alone, and someone of a hundred small ones."""

    of_one: UUID
    of_many: UUID


def fill(data: Path, database_url: str, posts: int) -> Filled:
    """Fill a CareStation that runs on a folder with so many posts; return who can look."""
    join_running(data)
    filled, places = _cast(posts)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(STAGE)
        tasks = [(data, database_url, place) for place in places]
        with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
            for _ in pool.imap_unordered(_write, tasks):
                pass
        for statement in PUT:
            connection.execute(statement)
    return filled


def _cast(posts: int) -> tuple[Filled, list[Place]]:
    from carestation.facilities.models.staff import Staff  # noqa: PLC0415 - needs Django
    from carestation.groups.choices import Role  # noqa: PLC0415 - the same
    from carestation.groups.commands.memberships import begin_membership  # noqa: PLC0415 - the same
    from carestation.groups.rules import Newcomer  # noqa: PLC0415 - the same
    from carestation.kernel.acting import Work, work_as  # noqa: PLC0415 - the same
    from config.loading.cast import Caster  # noqa: PLC0415 - the same

    work_as(Work.CONTENT)
    caster = Caster()
    sizes = _sizes(posts)
    groups = [caster.group(1) for _ in sizes]
    looker = groups[1].members[0].person_id
    staff = Staff.objects.get(user_id=looker)
    newcomer = Newcomer(user_id=looker, role=Role.PROFESSIONAL, staff_id=staff.pk)
    for group in groups[2 : 1 + SMALL_GROUPS]:
        begin_membership(group.members[0].seat, newcomer)
    places = [
        _place(group.members[0].seat, size) for group, size in zip(groups, sizes, strict=True)
    ]
    return Filled(of_one=groups[0].members[0].person_id, of_many=looker), places


def _sizes(posts: int) -> list[int]:
    """Return how many posts each group has: one of many, a hundred small ones, and the others."""
    largest = min(LARGEST, posts // 4)
    small = min(SMALL, posts // (4 * SMALL_GROUPS))
    rest = posts - largest - small * SMALL_GROUPS
    others = max(1, rest // MIDDLE)
    last = rest - MIDDLE * (others - 1)
    return [largest, *[small] * SMALL_GROUPS, *[MIDDLE] * (others - 1), last]


def _place(seat: "Seat", posts: int) -> Place:
    return Place(
        group_id=seat.group_id,
        side=seat.side.value,
        author_id=seat.actor.user_id,
        membership_id=seat.membership_id,
        seq=seat.seq + 1,
        posts=posts,
    )


def _write(task: tuple[Path, str, Place]) -> None:
    data, database_url, place = task
    join_running(data)
    from carestation.vault.scopes import open_scope  # noqa: PLC0415 - needs Django

    posts, entries = [], []
    for post, entry in _rows(place, open_scope(place.group_id, None)):
        posts.append(post)
        entries.append(entry)
    with psycopg.connect(database_url, autocommit=True) as connection:
        _copy(connection, COPY_POSTS, POST_TYPES, posts)
        _copy(connection, COPY_ENTRIES, ENTRY_TYPES, entries)


def _copy(
    connection: psycopg.Connection,
    statement: str,
    types: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def _rows(place: Place, bundle: "Bundle") -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """Yield each post with its entry; the numbers of a group's pairs are made once a pair."""
    from django.utils import timezone  # noqa: PLC0415 - needs Django

    from carestation.search.commands.index import PADDING  # noqa: PLC0415 - the same
    from carestation.search.queries.entries import GRAMS  # noqa: PLC0415 - the same
    from carestation.search.rules import folded_text, of_group, padding_of, pairs_of  # noqa: PLC0415
    from carestation.timeline.models import Post  # noqa: PLC0415 - the same

    random = Random(place.group_id.int)  # noqa: S311 - what it says is no secret
    now, known = timezone.now(), dict[str, int]()
    for number in range(1, place.posts + 1):
        at = now - SPREAD * ((place.posts - number + random.random()) / place.posts)
        post_id, words = _id_at(random, at), words_of_post(random, number)
        pairs = pairs_of(folded_text(words))
        fresh = [pair for pair in pairs if pair not in known]
        known.update(zip(fresh, bundle.blind(fresh, GRAMS), strict=True))
        nothing = [f"{post_id} {count}" for count in range(padding_of(len(pairs)))]
        numbers = [*map(known.__getitem__, pairs), *bundle.blind(nothing, PADDING)]
        grams = sorted(of_group(place.group_id, numbers))
        seq, sealed = place.seq + number, bundle.seal(words, Post.body_place(post_id))
        where = (post_id, place.group_id, place.side)
        yield (
            (
                *where,
                *(number, number, seq, seq),
                *(place.author_id, place.membership_id, _id_at(random, at), sealed),
                *("normal", False, [], at),
            ),
            (*where, post_id, "post", seq, grams),
        )


def _id_at(random: Random, at: datetime) -> UUID:
    """Return an id that sorts by its time."""
    value = int(at.timestamp() * 1000) << 80 | 0x7 << 76 | random.getrandbits(12) << 64
    return UUID(int=value | 0b10 << 62 | random.getrandbits(62))
