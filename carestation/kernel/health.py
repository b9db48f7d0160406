"""Whether a process lives, and whether it can serve."""

import ipaddress
from http import HTTPStatus
from pathlib import Path
from threading import Event
from typing import Final

from django.conf import settings
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


@require_GET
@door(Door.PUBLIC)
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the process can serve, else 503; the reason is for the machine itself."""
    reason = _what_is_missing()
    if not reason:
        return HttpResponse("ready\n", content_type="text/plain")
    words = f"{reason}\n" if _is_local(request) else "not ready\n"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    return HttpResponse(words, status=status, content_type="text/plain")


def _what_is_missing() -> str:
    if settings.LEAVING.exists():
        return "it is leaving"
    for url in (settings.KEY_URL, settings.BUS_KEY_URL):
        kind, _, path = url.partition("://")
        if kind == "file" and not Path(path).exists():
            return "a key file is missing"
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


def _is_local(request: HttpRequest) -> bool:
    asked_by = request.headers.get("X-Forwarded-For") or request.META.get("REMOTE_ADDR", "")
    try:
        return ipaddress.ip_address(asked_by.split(",")[-1].strip() or "127.0.0.1").is_loopback
    except ValueError:
        return False
