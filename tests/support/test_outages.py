"""What did not work stands for everyone: as the operator tells it, and by the record."""

import re
from datetime import timedelta
from typing import Final

import pytest
from django.test import Client
from django.utils import timezone

from carestation.accounts.choices import Proof
from carestation.factlog.models import LoggedFact
from carestation.support.choices import Measured, SpellKind
from carestation.support.commands.readings import keep_readings
from carestation.support.models import Outage, OutageNote
from carestation.support.queries.outages import spells
from carestation.ui.times import TOKYO
from tests.accounts.operating import an_operator
from tests.accounts.signing_in import sign_in_client
from tests.support.test_watch import measured_before
from tests.world import World

PAGE: Final = "/console/outages/"
MINUTE: Final = timedelta(minutes=1)


@pytest.fixture
def oka(world: World) -> Client:
    client = Client()
    sign_in_client(client, an_operator(), proof=Proof.PASSKEY)
    return client


def ago(**before: float) -> str:
    return (timezone.now() - timedelta(**before)).astimezone(TOKYO).strftime("%Y-%m-%dT%H:%M")


def a_telling(**other: str) -> dict[str, str]:
    return {
        "title": "写真が開けません",
        "began_at": ago(hours=2),
        "ended_at": "",
        "words": "投稿と閲覧はできます。直しています。",
    } | other


def kinds() -> list[str]:
    rows = LoggedFact.objects.filter(kind__startswith="support.Outage").order_by("id")
    return [kind.removeprefix("support.") for kind in rows.values_list("kind", flat=True)]


@pytest.mark.control("CLD.12.4.5")
def test_what_the_operator_tells_everyone_reads_at_once(oka: Client) -> None:
    keep_readings("node-a", {Measured.AVAILABLE: 1.0})

    answer = oka.post(PAGE, a_telling())

    everyone = Client().get("/status/").text
    assert answer["Location"] == PAGE
    assert "写真が開けません" in everyone
    assert "直しています" in everyone
    assert "対応中" in everyone
    assert "使えない機能があります" in everyone
    assert "正常に使えます" not in everyone
    assert kinds() == ["OutageOpened"]


@pytest.mark.control("CLD.12.4.5")
def test_more_is_told_and_that_it_is_over_and_what_was_told_stays(oka: Client) -> None:
    oka.post(PAGE, a_telling())
    page = f"{PAGE}{Outage.objects.get().pk}/"

    oka.post(page, a_telling(title="写真と書類が開けません", words="原因が分かりました。"))
    oka.post(page, a_telling(title="写真と書類が開けません", words="", ended_at=ago(minutes=5)))
    oka.post(page, a_telling(title="写真と書類が開けません", words="", ended_at=ago(minutes=5)))

    everyone = Client().get("/status/").text
    assert kinds() == ["OutageOpened", "OutageChanged", "OutageEnded"]
    assert "写真と書類が開けません" in everyone
    assert re.search("原因が分かりました。.*直しています。", everyone, re.DOTALL)
    assert "対応中" not in everyone
    assert OutageNote.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": ""}, "入力してください"),
        ({"title": "あ" * 61}, "長すぎます"),
        ({"began_at": ago(hours=-1)}, "まだ来ていない時刻です"),
        ({"began_at": "きのう"}, "始まり"),
        ({"ended_at": ago(hours=3)}, "始まりより前です"),
        ({"words": "あ" * 501}, "長すぎます"),
    ],
)
def test_what_cannot_be_is_refused_and_stays_as_typed(
    oka: Client, wrong: dict[str, str], words: str
) -> None:
    answer = oka.post(PAGE, a_telling(**wrong))

    assert answer.status_code == 422
    assert words in answer.text
    assert next(iter(wrong.values())) in answer.text
    assert not Outage.objects.exists()


def test_times_are_japans(oka: Client) -> None:
    oka.post(PAGE, a_telling(began_at="2026-11-01T08:30", ended_at="2026-11-01T09:00"))

    row = Outage.objects.get()
    assert row.began_at.isoformat() == "2026-10-31T23:30:00+00:00"
    assert 'value="2026-11-01T08:30"' in oka.get(f"{PAGE}{row.pk}/").text
    assert kinds() == ["OutageOpened", "OutageEnded"]


@pytest.mark.django_db
@pytest.mark.control("CLD.12.4.5")
def test_minutes_that_failed_one_after_the_other_are_one_time() -> None:
    measured_before(
        Measured.AVAILABLE, 1.0, 0.0, 0.0, 0.0, 1.0, every=MINUTE, until=timedelta(hours=1)
    )
    keep_readings("node-a", {Measured.AVAILABLE: 1.0})

    failed = [one for one in spells() if one.kind is SpellKind.DOWN]

    assert [one.minutes for one in failed] == [3]
    assert failed[0].ended_at - failed[0].began_at == timedelta(minutes=3)
    assert "使えませんでした（3分）" in Client().get("/status/").text


@pytest.mark.django_db
@pytest.mark.control("CLD.12.4.5")
def test_where_one_machine_went_through_only_a_part_failed() -> None:
    keep_readings("node-a", {Measured.AVAILABLE: 0.0})
    keep_readings("node-b", {Measured.AVAILABLE: 1.0})

    assert [one.kind for one in spells()] == [SpellKind.PARTLY]


@pytest.mark.django_db
@pytest.mark.control("CLD.12.4.5")
def test_where_nobody_checked_that_is_said() -> None:
    measured_before(Measured.AVAILABLE, 1.0, every=MINUTE, until=timedelta(hours=2))
    keep_readings("node-a", {Measured.AVAILABLE: 1.0})

    (gap,) = spells()

    assert gap.kind is SpellKind.UNKNOWN
    assert gap.ended_at - gap.began_at > timedelta(minutes=110)
    assert "確かめていません" in Client().get("/status/").text


@pytest.mark.django_db
def test_of_what_is_kept_by_the_hour_the_hours_are_told_with_their_minutes() -> None:
    measured_before(Measured.AVAILABLE, 1.0, 0.0, 0.0, 1.0, every=MINUTE, until=timedelta(days=3))
    keep_readings("node-a", {Measured.AVAILABLE: 1.0})

    failed = [one for one in spells() if one.kind is SpellKind.DOWN or one.minutes]

    assert [one.by_the_hour for one in failed] == [True] * len(failed)
    assert sum(one.minutes or 0 for one in failed) == 2
