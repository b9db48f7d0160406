"""Search: how fast the index follows, and what four letters cost in a history of 10,000 posts.

Beside it the same question asked of the same words in the clear: by pg_trgm where PostgreSQL
has it, else by reading the table through.
"""

import statistics
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from uuid import UUID

import psycopg

from benchmarks.figures import Budget, Figures
from benchmarks.scene import HISTORY, Scene
from config.joining import join_running

if TYPE_CHECKING:
    from carestation.groups.rules import Seat

ASKED: Final = "体重48"
RARE: Final = "（9999）"
TIMES: Final = 30
CLEAR: Final = "DROP TABLE IF EXISTS bench_clear; CREATE TABLE bench_clear (words text)"
BODIES: Final = """
SELECT id, body_sealed FROM search_own_post WHERE group_id = %(group_id)s AND side = %(side)s
"""
TRIGRAMS: Final = "CREATE INDEX ON bench_clear USING gin (words gin_trgm_ops)"
BUDGETS: Final = (
    Budget(figure="index_ms_a_post", of="empty_web_ms", most=8.0),
    Budget(figure="search_rare_ms", of="empty_web_ms", most=80.0),
)


def measure(scene: Scene) -> Figures:
    """Return posts indexed a second, and the milliseconds of a search by everything it does."""
    join_running(scene.data)
    from carestation.groups.queries.seats import take_seats  # noqa: PLC0415 - needs Django
    from carestation.kernel.acting import Work, acting_as  # noqa: PLC0415 - the same
    from carestation.kernel.actor import Actor  # noqa: PLC0415 - the same
    from carestation.kernel.ids import uuid7  # noqa: PLC0415 - the same
    from carestation.search.commands.rebuilding import rebuild_index  # noqa: PLC0415 - the same

    began = time.perf_counter()
    for _ in rebuild_index(UUID(scene.old.id)):
        pass
    took = time.perf_counter() - began
    with psycopg.connect(scene.database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE search_entry")
    actor = Actor(user_id=UUID(scene.old.people[0]), request_id=uuid7())
    with acting_as(Work.CONTENT):
        seats = take_seats(actor)
        figures = {
            "indexed_per_second": HISTORY / took,
            "index_ms_a_post": took / HISTORY * 1e3,
            "search_rare_ms": _median(lambda: _look(seats, RARE)),
            "search_common_ms": _median(lambda: _look(seats, ASKED)),
        }
        words = words_at(seats)
    return figures | in_the_clear(scene.database_url, words, RARE)


def _look(seats: "list[Seat]", asked: str) -> int:
    from carestation.search.queries.candidates import Question  # noqa: PLC0415 - needs Django
    from carestation.search.queries.finding import find  # noqa: PLC0415 - the same
    from carestation.search.rules import words_of  # noqa: PLC0415 - the same

    return len(find(seats, Question(words=words_of(asked)), limit=30).hits)


def words_at(seats: "list[Seat]") -> list[str]:
    """Return what stands at these sides, in the clear."""
    from carestation.kernel.sql import rows_of  # noqa: PLC0415 - needs Django
    from carestation.timeline.models import Post  # noqa: PLC0415 - the same
    from carestation.vault.scopes import open_scope  # noqa: PLC0415 - the same

    said = list[str]()
    for seat in seats:
        bundle = open_scope(seat.group_id, None)
        posts = rows_of(BODIES, {"group_id": seat.group_id, "side": seat.side.value})
        said += [bundle.unseal(row["body_sealed"], Post.body_place(row["id"])) for row in posts]
    return said


def in_the_clear(database_url: str, words: list[str], asked: str) -> Figures:
    """Return what the same question costs of the same words in the clear, the statement alone."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(CLEAR)
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO bench_clear VALUES (%s)", [(one,) for one in words])
        found = connection.execute(
            "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'"
        ).fetchone()
        has_trigrams = bool(found and found[0])
        if has_trigrams:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            connection.execute(TRIGRAMS)
        connection.execute("VACUUM ANALYZE bench_clear")
        counting = "SELECT count(*) FROM bench_clear WHERE words LIKE %s"
        took = _median(lambda: connection.execute(counting, [f"%{asked}%"]).fetchall())
        connection.execute("DROP TABLE bench_clear")
    return {"clear_trigrams_ms" if has_trigrams else "clear_read_through_ms": took}


def _median(act: Callable[[], object]) -> float:
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1e3
