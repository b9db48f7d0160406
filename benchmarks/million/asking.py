"""What a search costs among a million posts: in one group of 28,900, and through a hundred groups.

The whole of it (statements, unsealing, reading, excerpts), what of that are the statements, and the
CPU of both; then how fast the index follows. Beside it the same words in the clear, by pg_trgm
where PostgreSQL has it, else by reading the table through.
"""

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import psutil

from benchmarks.figures import Figures
from benchmarks.million.filling import Filled
from benchmarks.million.words import ALWAYS, OFTEN, SELDOM, SOMETIMES
from benchmarks.search import in_the_clear, words_at
from config.joining import join_running

if TYPE_CHECKING:
    from carestation.groups.rules import Seat

ASKED: Final = {
    "always": ALWAYS,
    "often": OFTEN,
    "sometimes": SOMETIMES,
    "seldom": SELDOM,
    "never": "海水浴場",
}
TIMES: Final = 40
WARM: Final = 10
FOLLOWED: Final = 2_000
# What the followers of so many posts find when they come: no entry of them.
NEWEST: Final = "SELECT group_id, id FROM timeline_post ORDER BY id DESC LIMIT %s"


def measure(data: Path, database_url: str, filled: Filled) -> Figures:
    """Return milliseconds of a search, whole and of its statements, and posts indexed a second."""
    join_running(data)
    figures: Figures = {}
    for place, person_id in (("one", filled.of_one), ("many", filled.of_many)):
        seats = _seats_of(person_id)
        for name, asked in ASKED.items():
            figures |= _cost(f"{place}_{name}", seats, asked)
        said = in_the_clear(database_url, words_at(seats), SELDOM)
        figures |= {f"{place}_{name}": value for name, value in said.items()}
    return figures | _following()


def _seats_of(person_id: UUID) -> "list[Seat]":
    from django.db import connection  # noqa: PLC0415 - needs Django

    from carestation.groups.queries.seats import take_seats  # noqa: PLC0415 - the same
    from carestation.kernel.actor import Actor  # noqa: PLC0415 - the same
    from carestation.kernel.ids import uuid7  # noqa: PLC0415 - the same

    # As the statement that looks for a session does.
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('carestation.person', %s, false)", [str(person_id)])
    return take_seats(Actor(user_id=person_id, request_id=uuid7()))


def _cost(name: str, seats: "list[Seat]", asked: str) -> Figures:
    from django.db import connection  # noqa: PLC0415 - needs Django

    from carestation.search.queries.candidates import Question  # noqa: PLC0415 - the same
    from carestation.search.queries.finding import find  # noqa: PLC0415 - the same
    from carestation.search.rules import words_of  # noqa: PLC0415 - the same

    question = Question(words=words_of(asked))
    whole, stated, spent = list[float](), list[float](), [0.0]

    def timed(execute: Callable[..., Any], *said: object) -> object:
        began = time.perf_counter()
        answer = execute(*said)
        spent[0] += time.perf_counter() - began
        return answer

    for _ in range(WARM):
        find(seats, question, limit=30)
    before, own = _backend_seconds(), time.process_time()
    with connection.execute_wrapper(timed):
        for _ in range(TIMES):
            spent[0], began = 0.0, time.perf_counter()
            find(seats, question, limit=30)
            whole.append(time.perf_counter() - began)
            stated.append(spent[0])
    cpu = time.process_time() - own + _backend_seconds() - before
    return {
        f"{name}_ms": statistics.median(whole) * 1e3,
        f"{name}_least_ms": min(whole) * 1e3,
        f"{name}_statements_ms": statistics.median(stated) * 1e3,
        f"{name}_cpu_ms": cpu / TIMES * 1e3,
    }


def _following() -> Figures:
    """Index the newest posts anew, batch by batch, as the followers do; nothing of it stays."""
    from django.db import connection, transaction  # noqa: PLC0415 - needs Django

    from carestation.kernel.acting import Work, acting_as  # noqa: PLC0415 - the same
    from carestation.search.commands.index import index_posts  # noqa: PLC0415 - the same
    from carestation.search.models import Entry  # noqa: PLC0415 - the same

    with acting_as(Work.CONTENT), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(NEWEST, [FOLLOWED])
            posts = [(group_id, post_id) for group_id, post_id in cursor.fetchall()]
        Entry.objects.filter(pk__in=[post_id for _, post_id in posts]).delete()
        before, own, began = _backend_seconds(), time.process_time(), time.perf_counter()
        for first in range(0, FOLLOWED, 500):
            index_posts(posts[first : first + 500])
        took = time.perf_counter() - began
        cpu = time.process_time() - own + _backend_seconds() - before
        transaction.set_rollback(True)
    return {"indexed_per_second": FOLLOWED / took, "index_cpu_ms_a_post": cpu / FOLLOWED * 1e3}


def _backend_seconds() -> float:
    """Return what this connection's PostgreSQL process has spent."""
    from django.db import connection  # noqa: PLC0415 - needs Django

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    return sum(psutil.Process(pid).cpu_times()[:2])
