"""A group of five hundred beside one of fifteen: what grows with who sits there.

A post reaches every open stream; the page names everyone; the bars count who has read.
"""

import json
import time
from contextlib import ExitStack
from functools import partial
from typing import Final
from uuid import UUID

from benchmarks.clients import ask_all, request
from benchmarks.crowd import Crowd
from benchmarks.figures import Budget, Figures
from benchmarks.pages import cost_of, looks
from benchmarks.processes import NAMES, spent_on
from benchmarks.scene import Group, Scene, more_groups
from carestation.kernel.actor import Actor
from carestation.kernel.ids import uuid7

MEMBERS: Final = 500
HISTORY: Final = 1_000
POSTS: Final = 100
READERS: Final = 4
SEATS: Final = 1_000
# Live tells marks once a second.
MARKS_SECONDS: Final = 1.5
BUDGETS: Final = (
    Budget(figure="post_postgres_ms_of_500", of="post_postgres_ms_of_15", most=2.0),
    Budget(figure="post_web_ms_of_500", of="post_web_ms_of_15", most=2.0),
    Budget(figure="seat_postgres_ms_of_500", of="seat_postgres_ms_of_15", most=2.0),
    Budget(figure="page_web_ms_of_500", of="page_web_ms_of_15", most=4.0),
)


def measure(scene: Scene) -> Figures:
    """Return what a post, the pages and a seat cost in a large group, and in a small one."""
    figures: Figures = {}
    for members in (15, MEMBERS):
        [group] = more_groups(scene, groups=1, members=members, history=HISTORY)
        found = _post(scene, group) | _looks(scene, group) | _seat(scene, group)
        figures |= {f"{name}_of_{members}": value for name, value in found.items()}
    return figures


def _post(scene: Scene, group: Group) -> Figures:
    """One writes, everyone's stream is open; the next is written when all have the last."""
    with ExitStack() as stack:
        crowd = Crowd(scene.url, [group], stack, writers=1)
        crowd.write(0, time.perf_counter())
        crowd.wait()

        def write() -> int:
            for number in range(POSTS):
                crowd.write(number, time.perf_counter())
                crowd.wait()
            return POSTS

        spent, count = spent_on(scene.data, write)
        costs = {f"post_{name}_ms": getattr(spent, name) / count * 1e3 for name in NAMES}
        return costs | crowd.figures("to_all") | _read(scene, group, crowd)


def _read(scene: Scene, group: Group, crowd: Crowd) -> Figures:
    """Everyone has read the newest post: a mark goes to all streams, those of a second at once."""
    path, newest = f"/api/v1/groups/{group.id}/{group.side}/read", json.dumps({"number": 10**9})

    def read() -> int:
        for token in group.tokens:
            ask_all(scene.url, [partial(request, "PUT", path, token, newest.encode())], seconds=0)
            crowd.read(0)
        until = time.perf_counter() + MARKS_SECONDS
        while time.perf_counter() < until:
            crowd.read(0.1)
        return len(group.tokens)

    spent, count = spent_on(scene.data, read)
    return {f"read_{name}_ms": getattr(spent, name) / count * 1e3 for name in NAMES}


def _looks(scene: Scene, group: Group) -> Figures:
    figures: Figures = {}
    for name, path in (
        ("page", group.page),
        ("members", f"{group.page}members/"),
        ("caught_up", f"{group.page}after/{_seq(group) - 5}/"),
    ):
        figures |= cost_of(scene, name, looks(path, group.tokens[:READERS]))
    return figures


def _seat(scene: Scene, group: Group) -> Figures:
    from carestation.groups.choices import Side  # noqa: PLC0415 - needs Django to be set up
    from carestation.groups.queries.seats import take_seat  # noqa: PLC0415 - the same

    actor = Actor(user_id=UUID(group.people[-1]), request_id=uuid7())

    def sit() -> int:
        for _ in range(SEATS):
            take_seat(actor, UUID(group.id), Side(group.side))
        return SEATS

    spent, count = spent_on(scene.data, sit)
    return {"seat_postgres_ms": spent.postgres / count * 1e3}


def _seq(group: Group) -> int:
    from carestation.groups.models.groups import Timeline  # noqa: PLC0415 - needs Django

    return Timeline.objects.get(group_id=group.id, side=group.side).seq
