"""What the watch keeps, and from where on it is no longer in order."""

from datetime import timedelta

import pytest
from django.utils import timezone

from carestation.kernel.ids import uuid7
from carestation.support.choices import Measured, State
from carestation.support.commands.readings import keep_readings
from carestation.support.models import Reading
from carestation.support.queries.readings import FAR_DAYS, forecast
from carestation.support.rules import LIMITS, state_of

pytestmark = pytest.mark.django_db
NODE = "node-a"


def measured_before(name: Measured, *values: float, every: timedelta, until: timedelta) -> None:
    """Let something have been measured again and again, the last time so long ago."""
    last = timezone.now() - until
    Reading.objects.bulk_create(
        Reading(
            id=uuid7(),
            node=NODE,
            name=name,
            at=last - every * (len(values) - 1 - place),
            mean=value,
            low=value,
            high=value,
        )
        for place, value in enumerate(values)
    )


@pytest.mark.control("CLD.12.4.5")
def test_what_is_beyond_its_limit_for_long_enough_is_told() -> None:
    assert state_of(Measured.LAG, [29.0]) is State.OK
    assert state_of(Measured.LAG, [31.0]) is State.CAUTION
    assert state_of(Measured.LAG, [61.0, 0.0]) is State.ALARM
    assert state_of(Measured.LATENCY, [3.0, 3.0, 0.1]) is State.OK
    assert state_of(Measured.LATENCY, [3.0, 3.0, 0.6]) is State.CAUTION
    assert state_of(Measured.LATENCY, [3.0, 3.0, 3.0]) is State.ALARM


@pytest.mark.control("CLD.12.4.5")
def test_where_small_is_bad_the_limit_is_a_floor() -> None:
    assert state_of(Measured.WORKERS, [0.0]) is State.ALARM
    assert state_of(Measured.WORKERS, [2.0]) is State.OK
    assert state_of(Measured.CERTIFICATE, [0.1]) is State.CAUTION


@pytest.mark.control("CLD.12.4.5")
def test_what_was_not_measured_is_no_good_news() -> None:
    assert {state_of(one, []) for one in Measured} == {State.CAUTION}


def test_an_alarm_is_never_nearer_than_its_caution() -> None:
    pairs = [(one.caution, one.alarm, one.is_floor) for one in LIMITS.values()]

    assert all(
        (caution > alarm) if is_floor else (caution < alarm)
        for caution, alarm, is_floor in pairs
        if caution is not None and alarm is not None
    )


@pytest.mark.control("8.6")
def test_minutes_become_hours_after_a_day_and_nothing_is_kept_for_ever() -> None:
    at = timezone.now().replace(minute=30, second=0, microsecond=0)
    day, hour = timedelta(days=1, hours=2), timedelta(hours=1)
    until = timezone.now() - (at - day)
    measured_before(Measured.LAG, 1.0, 6.0, 2.0, every=timedelta(minutes=1), until=until)
    measured_before(Measured.CPU, 0.1, 0.1, 0.1, every=timedelta(minutes=1), until=until)
    measured_before(Measured.LAG, 9.0, every=hour, until=timedelta(days=91))

    for _ in range(2):
        keep_readings(NODE, {Measured.LAG: 4.0})

    lag = Reading.objects.filter(name=Measured.LAG).order_by("at", "id")
    assert [(one.folded, one.mean, one.low, one.high) for one in lag] == [
        (3, 3.0, 1.0, 6.0),
        (0, 4.0, 4.0, 4.0),
        (0, 4.0, 4.0, 4.0),
    ]
    assert Reading.objects.get(name=Measured.CPU).folded == 3


@pytest.mark.control("8.6")
def test_it_is_foretold_when_the_disk_is_full() -> None:
    measured_before(
        Measured.DISK, 0.40, 0.45, 0.50, every=timedelta(days=1), until=timedelta(minutes=1)
    )

    assert forecast(NODE, 0.50)[Measured.DISK_DAYS] == pytest.approx(10, abs=0.1)
    assert forecast("node-b", 0.50) == {}


def test_a_disk_that_does_not_fill_is_full_in_no_near_time() -> None:
    measured_before(Measured.DISK, 0.5, 0.4, every=timedelta(days=1), until=timedelta(minutes=1))

    assert forecast(NODE, 0.4) == {Measured.DISK_DAYS: FAR_DAYS}


def test_of_one_hour_nothing_is_foretold() -> None:
    measured_before(Measured.DISK, 0.1, 0.9, every=timedelta(hours=1), until=timedelta(minutes=1))

    assert forecast(NODE, 0.9) == {}
