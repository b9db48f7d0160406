"""Whether a process lives, and whether the database can be asked: that, and what time it is.

Controls: ISO/IEC 27017 8.17; white paper 「時刻同期」.
"""

from threading import Event
from typing import Final

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from carestation.kernel.clock import CLOCK
from carestation.kernel.doors import Door, door
from carestation.kernel.sql import row_of

NOW: Final = "SELECT extract(epoch FROM clock_timestamp())::float8 AS now"
_SEEN: Final = Event()


@require_GET
@door(Door.PUBLIC)
def health(_: HttpRequest) -> HttpResponse:
    """Answer 200 while the process lives."""
    return HttpResponse("ok\n", content_type="text/plain")


def set_clock() -> None:
    """Let this process have the database's time.

    Raises:
        DatabaseError: it does not answer.
    """
    # A new connection takes its time, which is not the way of the question.
    connection.ensure_connection()
    CLOCK.set_by(lambda: float((row_of(NOW, {}) or {})["now"]))


def missing_tables() -> str:
    """Return what is missing of the tables, in words for who runs it; empty where nothing is."""
    try:
        return "" if _is_up_to_date() else "migrations are missing"
    except DatabaseError:
        return "the database does not answer"


def _is_up_to_date() -> bool:
    # Proxies ask every second: what was migrated stays so, and costs a look at the database.
    set_clock()
    if _SEEN.is_set():
        return True
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    _SEEN.set()
    return True
