"""What stands before every look and every change: the session, the seat; and home behind them.

Measured inside one process, without HTTP: CPU of the statement's caller, and of PostgreSQL.
"""

import time
from collections.abc import Callable
from typing import Final
from uuid import UUID

from benchmarks.figures import Budget, Figures
from benchmarks.processes import spent_on
from benchmarks.scene import Scene
from carestation.kernel.actor import Actor
from carestation.kernel.ids import uuid7
from config.joining import join_running

TIMES: Final = 2_000
BUDGETS: Final = (
    Budget(figure="session_postgres_ms", of="bare_postgres_ms_at_16", most=2.0),
    Budget(figure="take_seat_postgres_ms", of="bare_postgres_ms_at_16", most=3.0),
)


def measure(scene: Scene) -> Figures:
    """Return the milliseconds of the session check, of a seat, and of the list at home."""
    join_running(scene.data)
    from carestation.accounts.queries.sessions import find_entry  # noqa: PLC0415 - needs Django to be set up
    from carestation.groups.choices import Side  # noqa: PLC0415
    from carestation.groups.queries.seats import take_seat  # noqa: PLC0415
    from carestation.timeline.queries.home import groups_of  # noqa: PLC0415

    group = scene.groups[0]
    actor = Actor(user_id=UUID(group.people[1]), request_id=uuid7())
    group_id, side = UUID(group.id), Side(group.side)
    return (
        _cost(scene, "session", TIMES, lambda: find_entry(group.tokens[1]))
        | _cost(scene, "take_seat", TIMES, lambda: take_seat(actor, group_id, side))
        | _cost(scene, "home_list", TIMES // 4, lambda: groups_of(actor))
    )


def _cost(scene: Scene, name: str, times: int, act: Callable[[], object]) -> Figures:
    for _ in range(20):
        act()

    def work() -> int:
        for _ in range(times):
            act()
        return times

    began = time.process_time()
    spent, count = spent_on(scene.data, work)
    own = time.process_time() - began
    return {
        f"{name}_web_ms": own / count * 1e3,
        f"{name}_postgres_ms": spent.postgres / count * 1e3,
    }
