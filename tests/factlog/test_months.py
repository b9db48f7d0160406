"""The log is kept by months, and no fact waits for a month to be made."""

from datetime import datetime, timedelta
from typing import Final

import pytest
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from carestation.factlog.commands import announce
from carestation.factlog.models import LoggedFact
from carestation.factlog.months import AHEAD, make_months
from carestation.factlog.tasks import make_months_ahead
from carestation.kernel.ids import uuid7
from carestation.kernel.sql import row_of, rows_of
from carestation.timeline.facts import FileDiscarded
from carestation.ui.times import TOKYO

PARTS: Final = """
SELECT c.relname AS name, has_table_privilege('carestation_app', c.oid,
  'SELECT, INSERT, UPDATE, DELETE, TRUNCATE') AS is_open
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'factlog_loggedfact'::regclass ORDER BY c.relname
"""
OTHER: Final = "factlog_loggedfact_other"
CHANGES: Final = (
    "UPDATE {} SET kind = 'x'",
    "DELETE FROM {}",
    "SELECT kind FROM {}",
    "DROP TABLE {}",
)
WHERE: Final = """
SELECT f.tableoid::regclass::text AS part FROM factlog_loggedfact f ORDER BY f.id DESC LIMIT 1
"""
LEAVES: Final = "SELECT factlog_leaf(f) AS leaf FROM factlog_loggedfact f ORDER BY f.id"
MONTHS: Final = ("factlog", "0005_the_log_is_kept_by_months")


def tell() -> None:
    file_id = uuid7()
    announce(FileDiscarded(attachment_id=file_id, request_id=uuid7()))


def part_of_last() -> str:
    row = row_of(WHERE, {})
    assert row is not None
    return str(row["part"])


def named(day: datetime) -> str:
    return f"factlog_loggedfact_{day.astimezone(TOKYO):%Y%m}"


def parts() -> list[str]:
    return [row["name"] for row in rows_of(PARTS, {})]


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.control("8.15")
@pytest.mark.django_db
def test_a_fact_stands_in_its_month_and_no_part_has_a_way_of_its_own() -> None:
    tell()

    part, now = part_of_last(), timezone.now()

    assert part == named(now)
    assert len(parts()) == AHEAD + 2
    assert {row["name"]: row["is_open"] for row in rows_of(PARTS, {})} == dict.fromkeys(
        parts(), False
    )
    for change in CHANGES[:2]:
        with pytest.raises(IntegrityError), transaction.atomic():
            run(change.format(part))
    run("SET LOCAL ROLE carestation_app")
    for change in CHANGES:
        with pytest.raises(ProgrammingError), transaction.atomic():
            run(change.format(part))


@pytest.mark.django_db
def test_the_coming_months_are_made_by_who_may_not_make_a_table() -> None:
    last = parts()[-2]
    run(f"DROP TABLE {last}")
    run("SET LOCAL ROLE carestation_app")

    make_months_ahead(timestamp=0)
    again = make_months()

    assert last in parts()
    assert again == 0
    assert not any(row["is_open"] for row in rows_of(PARTS, {}))
    with pytest.raises(DataError), transaction.atomic():
        run("SELECT factlog_make_month(13)")


@pytest.mark.django_db
def test_a_fact_of_a_month_that_nobody_made_is_not_lost() -> None:
    this = named(timezone.now())
    run(f"DROP TABLE {this}")
    tell()

    made = make_months()
    tell()

    assert part_of_last() == OTHER
    assert made == 0
    assert this not in parts()
    assert LoggedFact.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_what_was_written_before_there_were_months_is_kept_as_one_part() -> None:
    for _ in range(3):
        tell()
    told = list(LoggedFact.objects.order_by("pk").values())
    MigrationExecutor(connection).migrate([("factlog", "0003_a_leaf_tells_its_transaction")])
    leaves = rows_of("SELECT f.leaf FROM factlog_loggedfact f ORDER BY f.id", {})
    run(
        "INSERT INTO factlog_loggedfact (kind, object_id, request_id, detail)"
        " VALUES ('x', gen_random_uuid(), gen_random_uuid(), '{}')"
    )

    MigrationExecutor(connection).migrate([MONTHS])
    tell()

    try:
        rows = list(LoggedFact.objects.order_by("pk").values())
        assert rows[:3] == told
        assert len(rows) == 5
        assert part_of_last() == "factlog_loggedfact_before"
        assert named(timezone.now() + timedelta(days=31)) in parts()
        assert named(timezone.now()) not in parts()
        again = rows_of(LEAVES, {})
        assert again[:3] == leaves
        assert not any(row["is_open"] for row in rows_of(PARTS, {}))
    finally:
        run("TRUNCATE factlog_loggedfact")
        MigrationExecutor(connection).migrate([("factlog", "0003_a_leaf_tells_its_transaction")])
        last = MigrationExecutor(connection)
        last.migrate(last.loader.graph.leaf_nodes())
    assert "factlog_loggedfact_before" not in parts()
