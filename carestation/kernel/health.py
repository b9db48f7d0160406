"""Whether a process lives, and whether the database can be asked."""

from threading import Event
from typing import Final

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from carestation.kernel.doors import Door, door

_SEEN: Final = Event()


@require_GET
@door(Door.PUBLIC)
def health(_: HttpRequest) -> HttpResponse:
    """Answer 200 while the process lives."""
    return HttpResponse("ok\n", content_type="text/plain")


def missing_tables() -> str:
    """Return what is missing of the tables, in words for who runs it; empty where nothing is."""
    try:
        return "" if _is_up_to_date() else "migrations are missing"
    except DatabaseError:
        return "the database does not answer"


def _is_up_to_date() -> bool:
    # Proxies ask every second: what was migrated stays so, and costs a look at the database.
    if _SEEN.is_set():
        connection.cursor().execute("SELECT 1")
        return True
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    _SEEN.set()
    return True
