"""How many pages of the database a statement touches: a number that no neighbour bends.

Statements are planned once a connection and without their parameters, as web has them.
"""

import re
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import psycopg
from psycopg import ClientCursor

from benchmarks.figures import Figures
from benchmarks.scene import Group

if TYPE_CHECKING:
    from carestation.groups.rules import Seat

# Who sits there, as the statements that look for a session and a seat say it.
SITS: Final = """
SELECT set_config('carestation.person', %(user_id)s, false),
  set_config('carestation.group', %(group_id)s, false),
  set_config('carestation.staff_group', %(group_id)s, false)
"""
PREPARED: Final = "SELECT name FROM pg_prepared_statements ORDER BY prepare_time DESC LIMIT 1"
TOUCHED: Final = ("Shared Hit Blocks", "Shared Read Blocks")


def touched_by(database_url: str, group: Group) -> Figures:
    """Return how many pages the looks at one group touch, each statement as the product has it."""
    from carestation.groups.queries.seats import MEMBERS, SEAT  # noqa: PLC0415 - needs Django
    from carestation.timeline.queries.messages import AFTER, FLAT, NEWEST, PAGE  # noqa: PLC0415

    seat = _seat(group)
    place = {"group_id": seat.group_id, "side": seat.side.value}
    asked: dict[str, tuple[str, dict[str, object]]] = {
        "page": (PAGE, place | {"before": NEWEST}),
        "api": (FLAT, place | {"before": NEWEST, "limit": 31}),
        "after": (AFTER, place | {"seq": seat.seq - 10, "limit": 31}),
        "seat": (SEAT, place | {"user_id": seat.actor.user_id}),
        "members": (MEMBERS, place | {"timeline_id": seat.timeline_id}),
    }
    figures: Figures = {}
    with psycopg.connect(database_url) as connection:
        connection.execute("SET plan_cache_mode = force_generic_plan")
        connection.execute(SITS, {"user_id": group.people[0], "group_id": group.id})
        for name, (statement, parameters) in asked.items():
            plan = _plan(connection, statement, parameters)
            figures[f"{name}_buffers"] = sum(plan[one] for one in TOUCHED)
    return figures


def _plan(
    connection: psycopg.Connection, statement: str, parameters: dict[str, object]
) -> dict[str, Any]:
    connection.execute(statement.encode(), parameters, prepare=True)
    [(name,)] = connection.execute(PREPARED)
    places = ", ".join(dict.fromkeys(re.findall(r"%\(\w+\)s", statement)))
    explained = f"EXPLAIN (ANALYZE, BUFFERS, TIMING off, FORMAT json) EXECUTE {name}({places})"
    with ClientCursor(connection) as cursor:
        said = cursor.execute(explained.encode(), parameters).fetchall()
    plan: dict[str, Any] = said[0][0][0]["Plan"]
    return plan


def _seat(group: Group) -> "Seat":
    from carestation.groups.choices import Side  # noqa: PLC0415 - needs Django
    from carestation.groups.queries.seats import take_seat  # noqa: PLC0415 - the same
    from carestation.kernel.acting import Work, acting_as  # noqa: PLC0415 - the same
    from carestation.kernel.actor import Actor  # noqa: PLC0415 - the same
    from carestation.kernel.ids import uuid7  # noqa: PLC0415 - the same

    actor = Actor(user_id=UUID(group.people[0]), request_id=uuid7())
    with acting_as(Work.CONTENT):
        return take_seat(actor, UUID(group.id), Side(group.side))
