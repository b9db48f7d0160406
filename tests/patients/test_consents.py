"""Consent is data: what stands is the newest, until it is withdrawn; and who may know of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
import tink
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Relation, Role, Side
from carestation.groups.commands.groups import archive_group
from carestation.kernel.errors import Conflict, DomainError, NotVisible, Refused
from carestation.kernel.ids import uuid7
from carestation.patients.choices import ConsentForm, ConsentScope
from carestation.patients.commands.consents import NewConsent, record_consent, withdraw_consent
from carestation.patients.models import Consent
from carestation.patients.queries.consents import ConsentWords, consents_of
from carestation.patients.rules import covers
from carestation.ui.times import local_date
from tests.accounts.signing_in import sign_in_client
from tests.world import World

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT
A_DAY = timedelta(days=1)
TYPED = {
    "scope": "team_and_family",
    "given_by": "patient",
    "form": "written",
    "given_on": "2026-11-01",
    "explained_by": "佐藤 一郎",
    "note": "通所先の名前は、ご家族に伝えない。",
}


def a_consent(scope: ConsentScope = ConsentScope.TEAM_AND_FAMILY, days_ago: int = 0) -> NewConsent:
    return NewConsent(
        scope=scope,
        form=ConsentForm.WRITTEN,
        given_by=Relation.PATIENT,
        given_on=local_date() - days_ago * A_DAY,
        words=ConsentWords(explained_by="佐藤 一郎", note="ご本人に、紙を見ながら説明した。"),
    )


@pytest.fixture
def sato(world: World) -> Client:
    client = Client()
    sign_in_client(client, world.people["sato"])
    return client


def path_to(world: World, name: str, side: Side = PRO) -> str:
    return reverse(f"patients:{name}", args=[world.group.pk, side])


@pytest.mark.control("8.3")
def test_the_newest_consent_stands_and_those_before_stay_readable(world: World) -> None:
    seat = world.seat("kato", PRO)
    first = record_consent(seat, a_consent(ConsentScope.TEAM, days_ago=30))
    second = record_consent(seat, a_consent())

    known = consents_of(world.seat("sato", PRO))

    assert known.standing is not None
    assert (known.standing.id, known.standing.scope) == (second.pk, ConsentScope.TEAM_AND_FAMILY)
    assert known.standing.words == a_consent().words
    assert known.standing.recorder == "加藤 恵子"
    assert [one.id for one in known.before] == [first.pk]


@pytest.mark.control("8.3")
def test_a_withdrawn_consent_stands_no_more_and_none_before_it_revives(world: World) -> None:
    seat = world.seat("kato", PRO)
    record_consent(seat, a_consent(days_ago=30))
    second = record_consent(seat, a_consent(days_ago=1))

    withdraw_consent(seat, second.pk, withdrawn_on=local_date(), note="電話で長女から。")

    known = consents_of(seat)
    assert known.standing is None
    assert known.before[0].withdrawal is not None
    assert known.before[0].withdrawal.note == "電話で長女から。"


def test_only_the_consent_that_was_shown_is_withdrawn(world: World) -> None:
    seat = world.seat("kato", PRO)
    first = record_consent(seat, a_consent())
    second = record_consent(seat, a_consent())

    with pytest.raises(Conflict, match="consent_changed"):
        withdraw_consent(seat, first.pk, withdrawn_on=local_date(), note="")
    withdraw_consent(seat, second.pk, withdrawn_on=local_date(), note="")
    with pytest.raises(Conflict, match="consent_changed"):
        withdraw_consent(seat, second.pk, withdrawn_on=local_date(), note="")


def test_no_day_of_a_consent_lies_ahead_or_before_it_was_given(world: World) -> None:
    seat = world.seat("kato", PRO)

    with pytest.raises(DomainError, match="not_yet"):
        record_consent(seat, a_consent(days_ago=-1))
    consent = record_consent(seat, a_consent(days_ago=1))
    for day in (local_date() - 2 * A_DAY, local_date() + A_DAY):
        with pytest.raises(DomainError, match="not_then"):
            withdraw_consent(seat, consent.pk, withdrawn_on=day, note="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(withdrawn_on=local_date())


@pytest.mark.control("8.3")
def test_the_family_neither_reads_nor_records_consent_and_an_archived_group_keeps_it(
    world: World,
) -> None:
    record_consent(world.seat("kato", PRO), a_consent())

    with pytest.raises(NotVisible):
        consents_of(world.seat("mori", PAT))
    with pytest.raises(Refused):
        record_consent(world.seat("mori", PAT), a_consent())
    archive_group(world.seat("kato", PRO))
    with pytest.raises(Refused):
        record_consent(world.seat("kato", PRO), a_consent())

    assert consents_of(world.seat("sato", PRO)).standing is not None


@pytest.mark.parametrize("role", Role)
def test_the_family_is_covered_only_where_the_consent_says_so(role: Role) -> None:
    assert covers(ConsentScope.TEAM_AND_FAMILY, role)
    assert covers(ConsentScope.TEAM, role) is (role is not Role.FAMILY)


@pytest.mark.control("8.15")
def test_recording_withdrawing_and_looking_are_facts(world: World, sato: Client) -> None:
    sato.post(path_to(world, "consents"), TYPED)
    sato.get(path_to(world, "consents"))
    consent = Consent.objects.get()
    sato.post(
        path_to(world, "withdraw_consent"),
        {"consent_id": consent.pk, "withdrawn_on": local_date().isoformat()},
    )

    told = LoggedFact.objects.filter(kind__contains="Consent").order_by("id")
    assert [one.kind.partition(".")[2] for one in told] == [
        "ConsentRecorded",
        "ConsentsViewed",
        "ConsentWithdrawn",
    ]
    assert told[0].detail == {"scope": "team_and_family", "form": "written", "given_by": "patient"}
    assert {one.actor_id for one in told} == {world.people["sato"].pk}


def test_the_page_leads_from_the_face_sheet_to_a_consent_and_back(
    world: World, sato: Client
) -> None:
    sheet = path_to(world, "face_sheet")
    without = sato.get(sheet).text

    answer = sato.post(path_to(world, "consents"), TYPED)

    page = sato.get(path_to(world, "consents")).text
    assert "いま有効な同意が記録されていません" in without
    assert (answer.status_code, answer["Location"]) == (302, path_to(world, "consents"))
    assert "通所先の名前は、ご家族に伝えない。" in page
    assert "2026年11月1日・書面（同意書）" in sato.get(sheet).text


@pytest.mark.parametrize(
    ("field", "wrong", "words"),
    [
        ("given_on", "2999-01-01", "まだ来ていない日は選べません。"),
        ("explained_by", "\u202e\u200b", "説明した人"),
        ("scope", "everyone", "だれと共有するか"),
        ("note", "あ" * 1_001, "使えない文字があるか、長すぎます。"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    world: World, sato: Client, field: str, wrong: str, words: str
) -> None:
    answer = sato.post(path_to(world, "consents"), TYPED | {field: wrong})

    assert answer.status_code == 422
    assert words in answer.text
    kept = TYPED["note"] if field != "note" else "2026-11-01"
    assert kept in answer.text
    assert not Consent.objects.exists()


def test_a_withdrawal_says_what_it_means_first(world: World, sato: Client) -> None:
    consent = record_consent(world.seat("kato", PRO), a_consent())
    path = path_to(world, "withdraw_consent")
    page = sato.get(path).text

    stale = sato.post(path, {"consent_id": uuid7(), "withdrawn_on": local_date().isoformat()})
    early = sato.post(path, {"consent_id": consent.pk, "withdrawn_on": "2020-01-01"})
    right = sato.post(
        path, {"consent_id": consent.pk, "withdrawn_on": local_date().isoformat(), "note": "本人"}
    )

    assert "返事を待っている招待は、すべて取り消されます。" in page
    assert (stale.status_code, "ほかの人が先に変えました" in stale.text) == (422, True)
    assert (early.status_code, "同意の日から今日まで" in early.text) == (422, True)
    assert right.status_code == 302
    assert sato.get(path).status_code == 302


@pytest.mark.control("8.24")
def test_what_was_said_about_a_consent_is_bound_to_its_row(world: World) -> None:
    seat = world.seat("kato", PRO)
    first = record_consent(seat, a_consent())
    second = record_consent(
        seat, replace(a_consent(), words=ConsentWords(explained_by="加藤 恵子"))
    )

    assert "佐藤".encode() not in bytes(first.words_sealed)
    Consent.objects.filter(pk=second.pk).update(words_sealed=first.words_sealed)
    with pytest.raises(tink.TinkError):
        consents_of(seat)
