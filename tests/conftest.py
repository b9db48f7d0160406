"""Fixtures for all: the cast, rolled back or committed.

What a test does itself acts as the work that sees every row, as who sets a world up does; what it
asks of a page acts as the page's person, until the answer is there.
"""

from collections.abc import Iterator
from typing import Final

import pytest
from django.core.signals import request_finished
from django.db import connection
from django.dispatch import receiver
from django.test import TransactionTestCase
from psycopg.pq import TransactionStatus

from carestation.factlog.commands import FOLLOWERS
from carestation.kernel.acting import Work, work_as
from carestation.vault.scopes import forget_all
from tests.emptied import empty
from tests.settled import CAST, Made, Settling
from tests.world import World, settle

LONGEST_PART_OF_A_NAME: Final = 200


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Call what is long by its length: a name goes through every part of a parallel run."""
    if isinstance(val, str | bytes) and len(val) > LONGEST_PART_OF_A_NAME:
        return f"{argname} of {len(val)}"
    return None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    work_as(Work.CONTENT)


@pytest.fixture(scope="session", autouse=True)
def empty_tables_rows_alone() -> Iterator[None]:
    """What Django does after each test that commits, in a twentieth of its time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: empty())
        yield


@receiver(request_finished)
def act_as_the_test_again(**_: object) -> None:
    db = connection.connection
    if db is not None and db.info.transaction_status in {
        TransactionStatus.IDLE,
        TransactionStatus.INTRANS,
    }:
        act_as(Work.CONTENT)


def act_as(who: str) -> None:
    """Let someone act on this connection from now on, as a request begins: no seat is taken."""
    connection.connection.execute(
        "SELECT set_config('carestation.person', %s, false),"
        " set_config('carestation.group', '', false),"
        " set_config('carestation.staff_group', '', false)",
        [who],
    )


def as_the_application(settling: Settling[Made]) -> Iterator[Made]:
    """Lay a world down in the transaction of a test, and act as the application's role in it."""
    made = settling.lay_down()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE carestation_app")
    yield made
    forget_all()


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """The cast in a transaction that is rolled back, seen as the application's role sees it."""
    yield from as_the_application(CAST)


@pytest.fixture
def committed_world(transactional_db: None) -> Iterator[World]:
    """The cast, committed: for locks, races and cursors."""
    yield CAST.lay_down()
    forget_all()


@pytest.fixture
def fresh_world(transactional_db: None) -> Iterator[World]:
    """A cast that nobody met, each command committed for itself.

    For processes that remember whom they served, and for the log's own order.
    """
    forget_all()
    yield settle()
    forget_all()


@pytest.fixture
def alone() -> Iterator[None]:
    """No follower but the test's own."""
    kept = dict(FOLLOWERS)
    FOLLOWERS.clear()
    yield
    FOLLOWERS.clear()
    FOLLOWERS.update(kept)
