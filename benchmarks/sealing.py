"""The seal: how fast the worker seals what happened, and how fast a log is verified.

The facts are written at once by one statement; the worker seals them while its other followers
read them too. Verified is the whole log, by one process beside PostgreSQL.
"""

import time
from typing import TYPE_CHECKING, Final

import psycopg

from benchmarks.figures import Budget, Figures
from benchmarks.processes import spent_on
from benchmarks.scene import Scene
from config.joining import join_running

if TYPE_CHECKING:
    from carestation.audit.queries.verification import Verdict

FACTS: Final = 100_000
PATIENCE_SECONDS: Final = 300
# As many facilities and groups as a town has.
WRITE: Final = """
INSERT INTO factlog_loggedfact (kind, actor_id, facility_id, group_id, object_id, request_id,
  detail)
SELECT 'timeline.TimelineViewed', md5('a' || n %% 400)::uuid, md5('f' || n %% 40)::uuid,
  md5('g' || n %% 300)::uuid, md5('g' || n %% 300)::uuid, gen_random_uuid(),
  '{"side": "professional"}' FROM generate_series(1, %s) n
"""
BEHIND: Final = "SELECT (SELECT count(*) FROM factlog_loggedfact) - max(size) FROM audit_tree"
BUDGETS: Final = (
    Budget(figure="seal_postgres_ms", of="bare_postgres_ms_at_16", most=3.0),
    Budget(figure="verify_cpu_ms_a_thousand", of="bare_postgres_ms_at_16", most=400.0),
)


def measure(scene: Scene) -> Figures:
    """Return facts sealed a second, what one costs, and the time to verify a million."""
    join_running(scene.data)
    from carestation.audit.queries.verification import verify_log  # noqa: PLC0415 - needs Django

    with psycopg.connect(scene.database_url, autocommit=True) as connection:
        connection.execute(WRITE, [FACTS])
        began = time.monotonic()
        spent, count = spent_on(scene.data, lambda: _await_seal(connection))
        sealed = time.monotonic() - began
    began, own = time.monotonic(), time.process_time()
    cost, read = spent_on(scene.data, lambda: _facts(verify_log()))
    verified, own = time.monotonic() - began, time.process_time() - own
    return {
        "sealed_per_second": count / sealed,
        "seal_postgres_ms": spent.postgres / count * 1e3,
        "seal_worker_ms": spent.worker / count * 1e3,
        "verify_seconds_a_million": verified / read * 1e6,
        "verify_cpu_ms_a_thousand": (own + cost.postgres) / read * 1e6,
    }


def _facts(verdict: "Verdict") -> int:
    if verdict.finding is not None:
        raise ValueError(verdict.finding)
    return verdict.facts


def _await_seal(connection: psycopg.Connection) -> int:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        row = connection.execute(BEHIND).fetchone()
        if row is not None and row[0] == 0:
            return FACTS
        time.sleep(0.05)
    raise TimeoutError
