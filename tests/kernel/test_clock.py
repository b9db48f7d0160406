"""All nodes have the database's time, whatever their own clocks show."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from carestation.groups.choices import Side
from carestation.kernel import health
from carestation.kernel.clock import CLOCK, Clock
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.posts import publish_post
from carestation.timeline.models import Post
from tests.world import World, a_draft

A_MOMENT = timedelta(seconds=5)
TWO_HOURS = 7_200.0


@pytest.fixture(params=[TWO_HOURS, -TWO_HOURS], ids=["behind", "ahead"])
def set_wrong(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> timedelta:
    """A machine whose clock is two hours off the database's; by how much the latter is ahead."""
    off = float(request.param)
    monkeypatch.setattr(CLOCK, "_ahead", None)
    monkeypatch.setattr(health, "NOW", health.NOW.replace("::float8", f"::float8 + {off}"))
    return timedelta(seconds=off)


@pytest.mark.control("8.17")
def test_a_post_bears_the_time_of_the_database(set_wrong: timedelta, world: World) -> None:
    Client().get("/ready")
    the_databases = datetime.fromtimestamp(time.time(), UTC) + set_wrong

    publish_post(world.seat("kato", Side.PROFESSIONAL), a_draft())

    post = Post.objects.get(group_id=world.group.pk)
    made_at = datetime.fromtimestamp((post.pk.int >> 80) / 1000, UTC)
    assert abs(post.published_at - the_databases) < A_MOMENT
    assert abs(made_at - the_databases) < A_MOMENT


@pytest.mark.django_db
def test_a_clock_that_is_moved_under_a_process_moves_nothing(
    set_wrong: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    Client().get("/ready")
    before = uuid7()

    monkeypatch.setattr(time, "time", lambda: 0.0)

    assert (uuid7().int >> 80) >= (before.int >> 80)


def test_a_slow_answer_moves_nothing() -> None:
    clock = Clock()
    clock.set_by(time.time)
    known = clock._ahead

    def slowly() -> float:
        began = time.monotonic()
        while time.monotonic() < began + 0.02:
            pass
        # Somewhere on the way the question was answered.
        return time.time() - 0.005

    clock.set_by(slowly)

    assert clock._ahead == known


def test_a_database_whose_clock_was_moved_is_followed() -> None:
    clock = Clock()
    clock.set_by(time.time)

    clock.set_by(lambda: time.time() + TWO_HOURS)

    assert abs(clock.seconds() - time.time() - TWO_HOURS) < 1
