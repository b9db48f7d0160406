"""What the database tells of itself and of those who work behind it."""

import time
from typing import Final

from django.db import connection

from carestation.kernel.sql import Row, row_of
from carestation.support.choices import Measured

# The cursors of all followers, by the fact behind them: what is read at once is a moment old.
# A worker that lives says so every ten seconds; a job waits from the moment when it is due.
ASKED: Final = """
SELECT
  (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - f.at)), 0)::float8
    FROM factlog_cursor c, LATERAL (
      SELECT f.at FROM factlog_loggedfact f
      WHERE (f.era, f.xid, f.id) > (c.era, c.xid::xid8, c.fact_id)
      ORDER BY f.era, f.xid, f.id LIMIT 1) f) AS lag,
  (SELECT count(*) FROM procrastinate_workers
    WHERE last_heartbeat > clock_timestamp() - interval '30 seconds') AS workers,
  (SELECT coalesce(max(extract(epoch FROM clock_timestamp() -
      coalesce(j.scheduled_at, e.at))), 0)::float8
    FROM procrastinate_jobs j LEFT JOIN LATERAL (
      SELECT max(at) AS at FROM procrastinate_events e WHERE e.job_id = j.id) e ON true
    WHERE j.status = 'todo' AND coalesce(j.scheduled_at, e.at) < clock_timestamp()) AS queue,
  (SELECT count(*)::float8 FROM pg_stat_activity WHERE backend_type = 'client backend')
    / current_setting('max_connections')::float8 AS connections,
  (SELECT coalesce(max(used_bytes / limit_bytes::float8), 0) FROM facilities_storage) AS storage,
  extract(epoch FROM clock_timestamp())::float8 AS now
"""


def database(*, own_workers: int) -> dict[Measured, float]:
    """Return how far behind the workers are, what is used up, and how the clocks differ.

    `own_workers`: how many run on this machine.

    Raises:
        DatabaseError: it does not answer.
    """
    connection.ensure_connection()
    began, asked_at = time.perf_counter(), time.time()
    row: Row = row_of(ASKED, {}) or {}
    took = time.perf_counter() - began
    return {
        Measured.LAG: row["lag"],
        # Who stands still runs, and gives no sign; a sign does not say from which machine it is.
        Measured.WORKERS: min(own_workers, row["workers"]),
        Measured.QUEUE: row["queue"],
        Measured.DATABASE: took,
        Measured.CONNECTIONS: row["connections"],
        Measured.STORAGE: row["storage"],
        # In the middle between question and answer; half of the way is the least one can know.
        Measured.DATABASE_CLOCK: max(0.0, abs(row["now"] - asked_at - took / 2) - took / 2),
    }
