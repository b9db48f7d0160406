"""The demo world, made once for all its tests and rolled back after them."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from carestation.vault.scopes import forget_all
from config.demo.seeding import ensure_demo


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    forget_all()
    with django_db_blocker.unblock(), transaction.atomic():
        assert ensure_demo()
        yield
        transaction.set_rollback(True)
    forget_all()
