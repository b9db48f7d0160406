"""Fixtures for all: the cast, rolled back or committed."""

from collections.abc import Iterator

import pytest
from django.db import connection

from carestation.vault.scopes import forget_all
from tests.world import World, settle


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """The cast in a transaction that is rolled back, seen as the application's role sees it."""
    forget_all()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE carestation_app")
    yield settle()
    forget_all()


@pytest.fixture
def committed_world(transactional_db: None) -> Iterator[World]:
    """The cast, committed: for locks, races and cursors."""
    forget_all()
    yield settle()
    forget_all()
