"""The record as a facility's manager reads it, and the operator's own."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from carestation.accounts.choices import Proof
from carestation.accounts.models import User
from carestation.audit.choices import Act, Deed
from carestation.audit.commands.verifications import verify_and_keep
from carestation.audit.models import Checkpoint, Entry, Verification
from carestation.audit.queries.record import Asked, read_record
from carestation.audit.rules import words_of
from carestation.facilities.choices import FacilityKind, Profession, Right, StaffRole
from carestation.facilities.commands.places import open_facility
from carestation.facilities.commands.staff import begin_staff
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.support.choices import Measured
from carestation.support.commands.clocks import mind_clock
from carestation.support.commands.readings import keep_readings
from carestation.timeline.commands.looks import note_timeline_viewed
from carestation.timeline.commands.posts import publish_post
from tests.accounts.operating import a_console
from tests.accounts.signing_in import sign_in_client
from tests.audit.sealed import change, enter_all, seal_and_sign
from tests.facilities.people import a_holder, a_manager
from tests.world import FACE_SHEET, World, a_draft


def signed_in(world: World, name: str) -> Client:
    client = Client()
    sign_in_client(client, world.people[name], proof=Proof.TOTP)
    return client


def path_of(world: World) -> str:
    return reverse("audit:record", args=[world.facility.pk])


def page_of(client: Client, path: str, asked: dict[str, str] | None = None) -> str:
    answer = client.get(path, asked or {})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.control("8.15")
def test_a_manager_reads_who_did_what_and_when(world: World) -> None:
    a_manager(world)
    publish_post(world.seat("sato", Side.PROFESSIONAL), a_draft("むくみが減りました"))
    enter_all()

    page = page_of(signed_in(world, "abe"), path_of(world))

    for words in (
        "投稿した",
        "佐藤 一郎",
        "医療・介護",
        "患者グループ",
        "グループに参加した",
        "成功",
    ):
        assert words in page
    assert re.search(r">(\d+年)?\d+月\d+日 \d+:\d\d:\d\d</time>", page)
    assert page.index("この記録を書き出す") < page.index("<table")
    assert "むくみ" not in page
    assert FACE_SHEET.name not in page, "abe does not sit in the group"
    seen = LoggedFact.objects.filter(kind="audit.RecordViewed")
    assert seen.get().facility_id == world.facility.pk


def test_who_sits_in_the_group_reads_the_patients_name(world: World) -> None:
    abe = a_manager(world)
    a_holder(world, abe, "sato", Right.READ_RECORD)
    publish_post(world.seat("kato", Side.PATIENT), a_draft())
    enter_all()

    page = page_of(signed_in(world, "sato"), path_of(world))

    assert f"{FACE_SHEET.name} 様" in page


def test_a_colleague_without_the_right_reads_nothing(world: World) -> None:
    abe = a_manager(world)
    a_holder(world, abe, "ito", Right.SEE_STAFF)

    assert signed_in(world, "sato").get(path_of(world)).status_code == 404
    assert signed_in(world, "ito").get(path_of(world)).status_code == 403


@pytest.mark.control("8.15")
def test_the_record_is_sifted_by_person_deed_group_and_period(world: World) -> None:
    desk = a_manager(world)
    seat = world.seat("sato", Side.PROFESSIONAL)
    publish_post(seat, a_draft())
    note_timeline_viewed(seat)
    enter_all()
    now, sato = timezone.now(), world.people["sato"].pk

    def told(asked: Asked) -> set[tuple[str, str]]:
        return {(line.who, line.what) for line in read_record(desk, asked).lines}

    by_sato = told(Asked(person_id=sato))
    looked = told(Asked(deed=Deed.LOOKED))

    assert {("佐藤 一郎", "投稿した"), ("佐藤 一郎", "投稿の画面を見た")} <= by_sato
    assert {who for who, _ in by_sato} == {"佐藤 一郎"}
    assert looked == {("佐藤 一郎", "投稿の画面を見た")}
    assert ("佐藤 一郎", "投稿した") in told(Asked(group_id=world.group.pk))
    assert told(Asked(group_id=world.elsewhere.pk, deed=Deed.WROTE)) == set()
    assert told(Asked(until=now - timedelta(days=1))) == set()
    assert told(Asked(since=now - timedelta(days=1), until=now, person_id=sato)) == by_sato


@pytest.mark.control("8.15")
def test_how_the_facilitys_people_signed_in_is_told_and_others_are_not(world: World) -> None:
    desk = a_manager(world)
    for name in ("sato", "mori"):
        sign_in_client(Client(), world.people[name], proof=Proof.PASSWORD)
    enter_all()

    entered = read_record(desk, Asked(deed=Deed.ENTERED)).lines

    assert {line.who for line in entered} >= {"佐藤 一郎"}
    assert "森 花子" not in {line.who for line in entered}
    assert not any(line.who == "" and not line.by_operator for line in entered)


def test_the_next_page_begins_where_the_last_one_ended(world: World) -> None:
    desk = a_manager(world)
    seat = world.seat("kato", Side.PROFESSIONAL)
    for _ in range(60):
        publish_post(seat, a_draft())
    enter_all()

    first = read_record(desk, Asked(deed=Deed.WROTE))
    second = read_record(desk, Asked(deed=Deed.WROTE, before=first.before))

    assert (len(first.lines), second.before) == (50, None)
    assert len(second.lines) == 11, "ten posts and the patient's registration"
    assert first.lines[-1].at > second.lines[0].at


def test_what_makes_no_sense_in_the_address_shows_all(world: World) -> None:
    a_manager(world)
    enter_all()
    client = signed_in(world, "abe")

    for asked in ({"person": "x"}, {"deed": "x"}, {"group": "x"}, {"before": "x"}):
        assert "患者さんを登録した" in page_of(client, path_of(world), asked)
    wrong = page_of(client, path_of(world), {"since": "2026-11-28", "until": "2026-11-27"})
    assert "おわりの日は、はじめの日より後にしてください。" in wrong
    none = page_of(client, path_of(world), {"since": "2000-01-01", "until": "2000-01-02"})
    assert "あてはまる記録はありません。" in none
    ever = page_of(client, path_of(world), {"since": "0001-01-01", "until": "9999-12-31"})
    assert "患者さんを登録した" in ever


@pytest.mark.control("8.15")
def test_the_page_says_in_words_whether_the_seal_holds(committed_world: World) -> None:
    a_manager(committed_world)
    client, path = signed_in(committed_world, "abe"), path_of(committed_world)
    before = page_of(client, path)
    seal_and_sign()
    verify_and_keep()
    well = page_of(client, path)
    fact_id = LoggedFact.objects.order_by("id").values_list("id", flat=True)[5]
    change("UPDATE factlog_loggedfact SET kind = 'x' WHERE id = %(one)s", one=fact_id)
    verify_and_keep()

    bent = page_of(client, path)
    Verification.objects.filter(wrong="changed").delete()
    Verification.objects.update(at=timezone.now() - timedelta(hours=4))
    late = page_of(client, path)

    assert "つながりの確認が止まっています" in late
    assert "改ざんなし" not in late
    assert "まだ確認していません" in before
    assert "改ざんなし：この施設の" in well
    assert "記録のつながりが合いません：書きかえられています" in bent


@pytest.mark.control("8.15")
def test_who_has_seen_a_patient_is_told_to_the_facility_that_manages_them(world: World) -> None:
    a_manager(world)
    for name in ("sato", "mori"):
        note_timeline_viewed(world.seat(name, Side.PATIENT))
    note_timeline_viewed(world.seat("sato", Side.PROFESSIONAL))
    enter_all()
    client = signed_in(world, "abe")
    path = reverse("audit:readers", args=[world.facility.pk, world.group.pk])

    page = page_of(client, path)
    earlier = page_of(client, path, {"until": "2020-01-01"})
    free = reverse("audit:readers", args=[world.facility.pk, world.elsewhere.pk])

    for words in ("佐藤 一郎", world.facility.name, "森 花子", "ご本人・ご家族", "2回"):
        assert words in page
    assert "この期間に見た人はいません。" in earlier
    assert client.get(free).status_code == 404
    assert LoggedFact.objects.filter(kind="audit.ReadersViewed").count() == 2


@pytest.mark.control("8.3")
def test_another_facility_learns_nothing_of_a_patient_whom_it_does_not_manage(
    world: World,
) -> None:
    actor = world.actor("ito")
    other = open_facility(actor, name="そら薬局", kind=FacilityKind.PHARMACY)
    begin_staff(
        actor,
        other.pk,
        actor.user_id,
        profession=Profession.PHARMACIST,
        role=StaffRole.MANAGER,
    )
    note_timeline_viewed(world.seat("sato", Side.PROFESSIONAL))
    enter_all()
    client = signed_in(world, "ito")

    readers = client.get(reverse("audit:readers", args=[other.pk, world.group.pk]))
    record = page_of(
        client, reverse("audit:record", args=[other.pk]), {"group": str(world.group.pk)}
    )

    assert readers.status_code == 404
    assert "佐藤 一郎" not in record
    assert "あてはまる記録はありません。" in record


@pytest.mark.control("8.2")
def test_operators_read_what_operators_did_and_nothing_of_facilities(world: World) -> None:
    console = a_console()
    publish_post(world.seat("kato", Side.PROFESSIONAL), a_draft())
    enter_all()
    client = Client()
    user = User.objects.get(pk=console.actor.user_id)
    sign_in_client(client, user, proof=Proof.PASSKEY)

    page = page_of(client, reverse("audit:acts"))

    assert "運営の担当者を加えた" in page
    assert "運営 さくら" in page
    assert "投稿した" not in page
    assert "加藤 恵子" not in page
    assert client.get(reverse("audit:acts"), {"before": "x"}).status_code == 200


@pytest.mark.control("8.15")
def test_operators_read_in_words_where_the_log_is_wrong_first(committed_world: World) -> None:
    console, client = a_console(), Client()
    sign_in_client(client, User.objects.get(pk=console.actor.user_id), proof=Proof.PASSKEY)
    newest, where = seal_and_sign(), reverse("audit:acts")
    verify_and_keep()
    well = page_of(client, where)
    part = Checkpoint.objects.of_tree(committed_world.facility.pk).get()
    Checkpoint.objects.filter(pk=part.pk).update(note="the log is fine")
    verify_and_keep()
    checkpoint = page_of(client, where)
    entry = Entry.objects.get(number=3)
    change("UPDATE factlog_loggedfact SET kind = 'x' WHERE id = %(one)s", one=entry.fact_id)
    verify_and_keep()
    both = page_of(client, where)
    Checkpoint.objects.filter(pk=part.pk).update(note=part.note)
    verify_and_keep()

    assert f"改ざんなし：全体の{newest.size}件のつながりを確認しました" in well
    assert "署名された要約が合いません" in checkpoint
    assert f"月見坂在宅クリニックの、{part.size}件の要約です。" in checkpoint
    assert "記録そのものは、封をしたときのままで" in checkpoint
    assert "記録にも、封をしたときとちがうところがあります。" in both
    assert f"番号3の記録（{entry.fact_id}）です。" in page_of(client, where)


def test_acts_and_deeds_have_one_word_each() -> None:
    assert len(set(Act.labels)) == len(Act)


@pytest.mark.control("8.17")
def test_what_was_written_while_nobody_vouched_for_the_time_is_marked(world: World) -> None:
    a_manager(world)
    publish_post(world.seat("sato", Side.PROFESSIONAL), a_draft())
    vouched = LoggedFact.objects.latest("pk").pk
    keep_readings("node-a", {Measured.UNSYNCHRONISED: 1.0})
    mind_clock(vouched)
    note_timeline_viewed(world.seat("kato", Side.PROFESSIONAL))
    enter_all()
    ours = Act.TIMELINE_POST_PUBLISHED, Act.TIMELINE_TIMELINE_VIEWED

    page = page_of(signed_in(world, "abe"), path_of(world))

    lines = {
        act: next(row for row in page.split("<tr ") if words_of(act) in row and "cell" in row)
        for act in ours
    }
    assert ["時刻は未確認" in lines[act] for act in ours] == [False, True]
    assert "順番と内容は正しいままです" in page
