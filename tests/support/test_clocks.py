"""When nobody vouches for the time, what is written meanwhile is marked: by its order."""

from datetime import timedelta

import pytest
from django.utils import timezone

from carestation.factlog.commands import announce
from carestation.factlog.models import LoggedFact
from carestation.kernel.ids import uuid7
from carestation.support.choices import Measured
from carestation.support.commands.clocks import mind_clock
from carestation.support.commands.readings import keep_readings
from carestation.support.facts import ProbeEnded
from carestation.support.models import ClockDoubt, Reading
from carestation.support.queries.clocks import doubted_facts
from carestation.support.rules import CLOCKS

pytestmark = [pytest.mark.django_db, pytest.mark.control("8.17")]
KEPT = {Measured.CLOCK: 0.0, Measured.UNSYNCHRONISED: 0.0, Measured.DATABASE_CLOCK: 0.0}
NODE, OTHER = "node-a", "node-b"


def a_fact() -> int:
    announce(ProbeEnded(request_id=uuid7(), actor_id=uuid7(), person_id=uuid7()))
    return LoggedFact.objects.latest("pk").pk


def measured(
    vouched: int | None, wrong: dict[Measured, float] | None = None, *, node: str = NODE
) -> int | None:
    keep_readings(node, KEPT | (wrong or {}))
    return mind_clock(vouched)


def an_hour_passes() -> None:
    Reading.objects.update(at=timezone.now() - timedelta(hours=1))


def kinds() -> list[str]:
    rows = LoggedFact.objects.filter(kind__startswith="support.Clock").order_by("pk")
    return list(rows.values_list("kind", flat=True))


def test_what_is_written_while_the_clock_is_off_is_in_doubt_and_nothing_else() -> None:
    before = a_fact()
    vouched = measured(None)
    between = a_fact()
    measured(vouched, {Measured.DATABASE_CLOCK: 7_200.0})
    meanwhile = a_fact()
    measured(vouched, {Measured.DATABASE_CLOCK: 7_200.0})
    measured(vouched)
    after = a_fact()

    doubted = doubted_facts()

    assert before not in doubted
    assert between in doubted, "nobody knows when the clock went wrong since it was last right"
    assert meanwhile in doubted
    assert after not in doubted
    assert kinds() == ["support.ClockDoubted", "support.ClockTrusted"]


@pytest.mark.parametrize("name", CLOCKS)
def test_each_of_the_three_takes_the_trust(name: Measured) -> None:
    measured(None, {name: 0.6})

    assert a_fact() in doubted_facts()


def test_less_than_half_a_second_is_no_doubt() -> None:
    measured(None, {Measured.CLOCK: 0.4, Measured.DATABASE_CLOCK: 0.4})

    assert a_fact() not in doubted_facts()


def test_one_machine_whose_clock_is_kept_vouches_for_all() -> None:
    vouched = measured(None)
    assert measured(vouched, {Measured.UNSYNCHRONISED: 1.0}, node=OTHER) is not None

    assert not ClockDoubt.objects.exists()


def test_a_machine_that_measured_an_hour_ago_vouches_for_nothing() -> None:
    vouched = measured(None)
    an_hour_passes()
    measured(vouched, {Measured.UNSYNCHRONISED: 1.0}, node=OTHER)

    assert a_fact() in doubted_facts()


def test_what_was_measured_before_the_clock_was_set_back_vouches_for_nothing() -> None:
    vouched = measured(None)
    Reading.objects.update(at=timezone.now() + timedelta(hours=2))
    measured(vouched, {Measured.CLOCK: 7_200.0}, node=OTHER)

    assert a_fact() in doubted_facts()


def test_a_machine_that_cannot_read_its_clock_vouches_for_nothing() -> None:
    keep_readings(NODE, {Measured.DATABASE_CLOCK: 0.0})
    mind_clock(None)

    assert a_fact() in doubted_facts()


def test_the_second_doubt_leaves_what_was_between_alone() -> None:
    vouched = measured(measured(None, {Measured.CLOCK: 9.0}))
    first_over = a_fact()
    vouched = measured(vouched)
    measured(vouched, {Measured.CLOCK: 9.0})
    again = a_fact()

    assert first_over not in doubted_facts()
    assert again in doubted_facts()
    assert kinds() == ["support.ClockDoubted", "support.ClockTrusted", "support.ClockDoubted"]
