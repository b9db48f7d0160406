"""The worker: one follower's trouble is its own."""

import threading
from collections.abc import Sequence

import pytest

from carestation.factlog.commands import announce, follower
from carestation.factlog.models import Cursor
from carestation.groups.choices import Side
from carestation.kernel.ids import uuid7
from carestation.timeline.facts import PostPublished
from config.ending import Mark
from config.worker import follow_all


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("alone")
def test_a_follower_that_fails_stops_no_other_and_loses_nothing() -> None:
    ending = Mark()
    read: list[PostPublished] = []

    @follower(PostPublished)
    def break_down(_: Sequence[PostPublished]) -> None:
        raise ZeroDivisionError

    @follower(PostPublished)
    def read_on(facts: Sequence[PostPublished]) -> None:
        read.extend(facts)
        ending.set()

    announce(
        PostPublished(
            actor_id=uuid7(),
            group_id=uuid7(),
            request_id=uuid7(),
            side=Side.ALL,
            post_id=uuid7(),
        )
    )
    threading.Timer(20, ending.set).start()
    follow_all(ending)

    assert len(read) == 1
    moved = Cursor.objects.exclude(fact_id=0)
    assert [cursor.follower.rsplit(".", 1)[-1] for cursor in moved] == ["read_on"]
