"""The world that tests start from is the one that the commands make, and each test has its own."""

from collections import Counter

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app as jobs

from carestation.accounts.choices import Job
from carestation.accounts.models import User
from carestation.factlog.models import LoggedFact
from carestation.kernel.ids import uuid7
from carestation.vault import scopes
from tests.emptied import empty
from tests.matrix.requests import STAGE, Stage
from tests.settled import CAST, Rows, Settling, forget, rows_of, tables_with_rows
from tests.world import World


def written() -> tuple[Counter[str], list[str]]:
    """How many rows each table has, and what the log says."""
    lines = Counter({table: rows_of(table).data.count(b"\n") for table in tables_with_rows()})
    return lines, list(LoggedFact.objects.order_by("id").values_list("kind", flat=True))


def lines(rows: Rows) -> list[bytes]:
    """In an order of their own: what is laid down fills the gaps of a page that was emptied."""
    return sorted(rows.data.splitlines())


@pytest.mark.parametrize("world", [CAST, STAGE], ids=["the cast", "the stage"])
def test_what_is_laid_down_is_what_the_commands_wrote(
    world: Settling[World] | Settling[Stage], db: None
) -> None:
    forget()
    with transaction.atomic():
        world.make()
        by_commands = written()
        transaction.set_rollback(True)
    world.lay_down()

    assert written() == by_commands
    assert {table: lines(rows_of(table)) for table in world.once.rows} == {
        table: lines(rows) for table, rows in world.once.rows.items()
    }


def test_the_log_stamps_what_is_laid_down(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text, clock_timestamp()")
        xid, now = cursor.fetchone()
    CAST.lay_down()

    stamps = set(LoggedFact.objects.values_list("xid", "at"))
    assert {by for by, _ in stamps} == {xid}
    assert min(at for _, at in stamps) > now


def test_no_test_has_the_people_or_the_keys_of_another(db: None) -> None:
    with transaction.atomic():
        world = CAST.lay_down()
        opened = dict(scopes._opened)
        world.people["kato"].pk = uuid7()
        world.staff.clear()
        scopes._opened.clear()
        transaction.set_rollback(True)

    assert User.objects.filter(pk=CAST.lay_down().people["kato"].pk).exists()
    assert scopes._opened.keys() == opened.keys()
    assert CAST.once.made.staff


def test_nothing_stays_of_what_was_committed(committed_world: World) -> None:
    jobs.configure_task(Job.MAIL_LETTER).defer(user_id="", letter="")
    filled = tables_with_rows()

    empty()

    assert tables_with_rows() == {"django_migrations", "django_content_type", "auth_permission"}
    assert {"factlog_loggedfact", "groups_membership", "procrastinate_events"} <= filled
