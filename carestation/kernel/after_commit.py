"""The one place that acts after a commit: telling live, over the bus.

NOTIFY holds a database-wide lock until its commit; so it runs after ours, on its own, and
without waiting for the disk. What is lost here is found again by `?after=`.
"""

import logging
from base64 import b64encode
from functools import partial

from django.db import DatabaseError, connection, transaction

from carestation.kernel.metrics import TAKEN, UNTAKEN

logger = logging.getLogger(__name__)
NOTIFY = """
SELECT set_config('synchronous_commit', 'off', true), pg_notify('live', %(message)s)
"""


def tell_live(message: bytes) -> None:
    """Send a sealed push if and when the transaction commits."""
    transaction.on_commit(partial(_notify, message))


def _notify(message: bytes) -> None:
    # The change is on disk already: a bus that fails must not turn its answer into an error.
    try:
        with connection.cursor() as cursor:
            cursor.execute(NOTIFY, {"message": b64encode(message).decode()})
        TAKEN.inc()
    except DatabaseError:
        UNTAKEN.inc()
        logger.warning("the bus did not take a push")
