"""The one place that acts after a commit: telling live, over the bus that BUS_URL names.

NOTIFY holds a database-wide lock until its commit; so it runs after ours, on its own, and
without waiting for the disk. What is lost here is found again by `?after=`.
"""

import logging
from base64 import b64encode
from collections.abc import Callable
from functools import cache, partial
from threading import Lock

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from carestation.kernel.metrics import TAKEN, UNTAKEN
from carestation.kernel.near_telling import NearTeller

logger = logging.getLogger(__name__)
_partings: list[Callable[[], None]] = []
_beginning = Lock()
NOTIFY = """
SELECT set_config('synchronous_commit', 'off', true), pg_notify('live', %(message)s)
"""


def tell_live(message: bytes) -> None:
    """Send a sealed push if and when the transaction commits."""
    transaction.on_commit(partial(_teller(), message))


def _teller() -> Callable[[bytes], None]:
    # Of the threads that tell first one begins the line, and the others take it.
    with _beginning:
        return _teller_at(settings.BUS_URL)


@cache
def _teller_at(url: str) -> Callable[[bytes], None]:
    if url.startswith("pg://"):
        return _notify
    if url.startswith("unix://"):
        return NearTeller(url).tell
    from carestation.kernel.nats_telling import NatsTeller  # noqa: PLC0415 - only where it is used

    teller = NatsTeller(url)
    _partings.append(teller.end)
    return teller.tell


def part() -> None:
    """Wait a little until all that was told has left: for commands, which end at once."""
    for end in _partings:
        end()


def _notify(message: bytes) -> None:
    # The change is on disk already: a bus that fails must not turn its answer into an error.
    try:
        with connection.cursor() as cursor:
            cursor.execute(NOTIFY, {"message": b64encode(message).decode()})
        TAKEN.inc()
    except DatabaseError:
        UNTAKEN.inc()
        logger.warning("the bus did not take a push")
