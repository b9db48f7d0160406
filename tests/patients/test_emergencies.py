"""Emergency access: found by reading and day of birth, for an hour, told to all, looked into."""

from datetime import date, timedelta
from typing import Final

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from carestation.accounts.tasks import mail_letter
from carestation.facilities.choices import FacilityKind, Profession, Right, StaffRole
from carestation.facilities.commands.places import open_facility
from carestation.facilities.commands.rulings import freeze_facility
from carestation.facilities.commands.staff import NewCalling, begin_staff, change_staff, pause_staff
from carestation.facilities.queries.desks import take_desk
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.groups.commands.groups import archive_group
from carestation.groups.models.memberships import Membership
from carestation.groups.rules import may_invite
from carestation.kernel.errors import Conflict, DomainError, NotVisible, Refused, TooMany
from carestation.kernel.ids import uuid7
from carestation.patients import followers
from carestation.patients.commands.emergencies import Sought, review_access, seek_access
from carestation.patients.commands.face_sheets import register_patient
from carestation.patients.facts import EmergencyBegan
from carestation.patients.models import Consent, EmergencyAccess
from carestation.patients.queries.emergencies import accesses_at, accesses_in
from carestation.patients.queries.face_sheets import take_face_sheet
from carestation.timeline.commands.posts import publish_post
from tests.accounts.operating import a_console
from tests.accounts.people import clock_later
from tests.accounts.signing_in import sign_in_client
from tests.accounts.test_races import at_once
from tests.facilities.people import a_manager
from tests.groups.people import agreed, family, invite
from tests.groups.twins import database_now
from tests.patients.emergencies import REASON, SOUGHT, an_emergency
from tests.patients.test_consents import TYPED as CONSENT
from tests.world import FACE_SHEET, World, a_draft

PAGE: Final = "/emergency/"
TYPED: Final = {
    "kana": FACE_SHEET.kana,
    "birth_date": FACE_SHEET.birth_date.isoformat(),
    "reason": REASON,
    "is_urgent": "on",
}


def a_client(world: World, name: str) -> Client:
    client = Client()
    sign_in_client(client, world.people[name])
    return client


@pytest.mark.control("8.3")
def test_a_colleague_outside_the_group_gets_a_seat_at_both_sides_for_an_hour(world: World) -> None:
    before = timezone.now()

    membership = seek_access(world.actor("ito"), world.staff["ito"].pk, SOUGHT)

    assert membership.expires_at is not None
    assert timedelta(minutes=59) < membership.expires_at - before < timedelta(minutes=61)
    seat = world.seat("ito", Side.PROFESSIONAL)
    assert take_face_sheet(seat).face_sheet.name == FACE_SHEET.name
    assert publish_post(seat, a_draft("血圧の薬を確かめました。")).post.number == 1
    assert world.seat("ito", Side.PATIENT).role == "professional"
    Membership.objects.filter(pk=membership.pk).update(expires_at=database_now())
    with pytest.raises(NotVisible):
        world.seat("ito", Side.PROFESSIONAL)


@pytest.mark.control("8.3")
@pytest.mark.parametrize(
    "sought",
    [
        Sought(kana="さえき", birth_date=FACE_SHEET.birth_date, reason=REASON),
        Sought(kana=FACE_SHEET.kana, birth_date=date(1940, 3, 6), reason=REASON),
        Sought(kana="", birth_date=FACE_SHEET.birth_date, reason=REASON),
    ],
    ids=["half the reading", "the day after", "no reading"],
)
def test_half_of_what_is_known_finds_nobody_and_leaves_a_fact(world: World, sought: Sought) -> None:
    with pytest.raises(DomainError, match="nobody_found"):
        seek_access(world.actor("ito"), world.staff["ito"].pk, sought)

    [fact] = LoggedFact.objects.filter(kind="patients.EmergencySought")
    assert (fact.actor_id, fact.facility_id, fact.group_id) == (
        world.people["ito"].pk,
        world.facility.pk,
        None,
    )
    assert fact.detail == {"was_found": False}
    assert not EmergencyAccess.objects.exists()


def test_a_reading_is_found_however_it_is_typed(world: World) -> None:
    typed = Sought(kana="サエキ　チヨ", birth_date=FACE_SHEET.birth_date, reason=REASON)

    assert seek_access(world.actor("ito"), world.staff["ito"].pk, typed).group_id == world.group.pk


@pytest.mark.control("8.3")
def test_only_whoever_works_for_the_managing_facility_finds_its_patients(world: World) -> None:
    elsewhere = open_facility(world.actor("kato"), name="別の家", kind=FacilityKind.CLINIC)
    places = {
        name: begin_staff(
            world.actor("kato"),
            elsewhere.pk,
            world.people[name].pk,
            profession=Profession.NURSE,
            role=StaffRole.MEMBER,
        ).pk
        for name in ("ito", "mori")
    }

    with pytest.raises(DomainError, match="nobody_found"):
        seek_access(world.actor("ito"), places["ito"], SOUGHT)
    with pytest.raises(Refused):
        seek_access(world.actor("mori"), world.staff["ito"].pk, SOUGHT)


@pytest.mark.control("8.3")
@pytest.mark.parametrize("stop", ["paused", "frozen"])
def test_a_place_that_gives_nothing_gives_nothing_in_an_emergency(world: World, stop: str) -> None:
    desk = a_manager(world)
    if stop == "paused":
        pause_staff(desk, world.staff["ito"].pk)
    else:
        freeze_facility(a_console(), world.facility.pk, REASON)

    with pytest.raises(Refused):
        seek_access(world.actor("ito"), world.staff["ito"].pk, SOUGHT)


def test_the_page_is_covered_when_nobody_touches_it(world: World) -> None:
    assert "<cs-idle " in a_client(world, "ito").get(PAGE).text


def test_who_sits_there_needs_no_emergency(world: World) -> None:
    with pytest.raises(Conflict, match="sits_already"):
        seek_access(world.actor("sato"), world.staff["sato"].pk, SOUGHT)

    assert LoggedFact.objects.get(kind="patients.EmergencySought").detail == {"was_found": True}


@pytest.mark.control("8.3")
def test_of_two_groups_of_a_patient_the_open_one_is_meant(world: World) -> None:
    archive_group(world.seat("kato", Side.PROFESSIONAL))
    shut = world.group.pk
    place = world.staff["kato"]
    again = register_patient(world.actor("kato"), place, FACE_SHEET, apart_from=[shut])

    found = seek_access(world.actor("ito"), world.staff["ito"].pk, SOUGHT)

    assert found.group_id == again.group_id


@pytest.mark.control("8.3")
def test_a_patient_whose_only_group_was_closed_is_found_there(world: World) -> None:
    archive_group(world.seat("kato", Side.PROFESSIONAL))

    found = seek_access(world.actor("ito"), world.staff["ito"].pk, SOUGHT)

    assert found.group_id == world.group.pk


def test_when_the_hour_is_over_a_new_emergency_is_a_new_seat(world: World) -> None:
    first = seek_access(world.actor("ito"), world.staff["ito"].pk, SOUGHT)
    over = timezone.now() - timedelta(hours=1)
    Membership.objects.filter(pk=first.pk).update(expires_at=over)

    second = seek_access(world.actor("ito"), world.staff["ito"].pk, SOUGHT)

    assert world.seat("ito", Side.PROFESSIONAL).membership_id == second.pk != first.pk
    assert not Membership.objects.active().filter(pk=first.pk).exists()


@pytest.mark.control("8.3")
def test_whoever_tries_names_and_days_is_braked_for_an_hour(world: World) -> None:
    actor, place = world.actor("ito"), world.staff["ito"].pk
    for day in range(1, 6):
        with pytest.raises(DomainError):
            seek_access(
                actor, place, Sought(kana="だれか", birth_date=date(1930, 1, day), reason=REASON)
            )

    with pytest.raises(TooMany):
        seek_access(actor, place, SOUGHT)
    with clock_later(59 * 60), pytest.raises(TooMany):
        seek_access(actor, place, SOUGHT)
    assert LoggedFact.objects.filter(kind="patients.EmergencySought").count() == 5
    with clock_later(2 * 60 * 60):
        assert seek_access(actor, place, SOUGHT).group_id == world.group.pk


@pytest.mark.control("5.18")
def test_who_came_in_an_emergency_brings_nobody_in_and_decides_nothing_that_lasts(
    world: World,
) -> None:
    agreed(world)
    an_emergency(world, "ito")
    client, place = a_client(world, "ito"), [world.group.pk, Side.PROFESSIONAL]

    seat = world.seat("ito", Side.PROFESSIONAL)
    invited = client.get(reverse("patients:invite", args=place))
    consent = client.post(reverse("patients:consents", args=place), CONSENT)
    members = client.get(reverse("timeline:members", args=place)).text

    assert not may_invite(seat)
    with pytest.raises(Refused):
        invite(world, "ito", family())
    assert (invited.status_code, consent.status_code) == (403, 403)
    assert "招待する" not in members
    assert Consent.objects.count() == 1


@pytest.mark.control("5.18")
def test_every_other_member_and_manager_is_written_to_without_a_name(
    world: World, mailoutbox: list[EmailMessage]
) -> None:
    a_manager(world)
    access = an_emergency(world, "ito")
    fact = EmergencyBegan(
        actor_id=world.people["ito"].pk,
        request_id=uuid7(),
        facility_id=world.facility.pk,
        group_id=world.group.pk,
        access_id=access.pk,
        membership_id=access.membership_id,
    )

    followers.tell_of_emergency([fact])
    asked = [job.args for job in ProcrastinateJob.objects.filter(task_name="accounts.mail_letter")]
    for one in asked:
        mail_letter(**one)

    names = {str(user.pk): name for name, user in world.people.items()}
    assert sorted((names[one["user_id"]], one["letter"]) for one in asked) == [
        ("abe", "emergency_to_review"),
        ("kato", "emergency_began"),
        ("mori", "emergency_began"),
        ("sato", "emergency_began"),
    ]
    told = "".join(f"{mail.subject}{mail.body}" for mail in mailoutbox)
    assert [word for word in ("佐伯", "伊藤", REASON, "月見坂") if word in told] == []


@pytest.mark.control("5.18")
def test_who_sits_there_sees_who_came_and_until_when_at_both_sides(world: World) -> None:
    a_manager(world)
    an_emergency(world, "ito")

    for name, side in (("kato", "professional"), ("mori", "patient")):
        client = a_client(world, name)
        page = client.get(reverse("timeline:timeline", args=[world.group.pk, side])).text
        members = client.get(reverse("timeline:members", args=[world.group.pk, side])).text
        assert "緊急の閲覧がはじまっています" in page
        assert "伊藤 実" in page
        assert "緊急の閲覧の記録" in members
        assert REASON not in page + members
    own = a_client(world, "ito").get(
        reverse("timeline:timeline", args=[world.group.pk, "professional"])
    )
    assert "緊急の閲覧中です。" in own.text


@pytest.mark.control("5.18")
def test_the_line_in_the_list_of_members_stays_when_the_seat_is_gone(world: World) -> None:
    access = an_emergency(world, "ito")
    over = timezone.now() - timedelta(hours=1)
    Membership.objects.filter(pk=access.membership_id).update(expires_at=over)

    [line] = accesses_in(world.seat("kato", Side.PROFESSIONAL))
    client = a_client(world, "kato")
    page = client.get(reverse("timeline:timeline", args=[world.group.pk, "professional"])).text

    assert (line.name, line.is_open, line.until) == ("伊藤 実", False, over)
    assert "緊急の閲覧がはじまっています" not in page


@pytest.mark.control("5.18")
def test_a_manager_reads_why_without_the_patient_and_signs(world: World) -> None:
    desk = a_manager(world)
    access = an_emergency(world, "ito")
    client = a_client(world, "abe")
    listed = reverse("patients:emergencies", args=[world.facility.pk])

    page = client.get(listed).text
    signed = client.post(reverse("patients:review_emergency", args=[world.facility.pk, access.pk]))
    after = client.get(listed).text

    assert REASON in page
    assert "まだ確かめていません" in page
    assert "佐伯" not in page
    assert signed["Location"] == listed
    assert "確認済み" in after
    seat = world.seat("ito", Side.PROFESSIONAL)
    assert seat.membership_id == access.membership_id, "signing does not end the seat"
    [card] = accesses_at(desk)
    assert (card.access.reviewer, card.access.is_open) == ("阿部 誠", True)
    kinds = set(LoggedFact.objects.filter(actor_id=world.people["abe"].pk).values_list("kind"))
    assert {("patients.EmergenciesListed",), ("patients.EmergencyReviewed",)} <= kinds


@pytest.mark.control("5.18")
def test_a_manager_ends_it_at_once_signed_before_or_not(world: World) -> None:
    desk, access = a_manager(world), an_emergency(world, "ito")
    review_access(desk, access.pk, ends=False)
    before = world.timeline(Side.PATIENT).seq

    ended = review_access(desk, access.pk, ends=True)

    assert ended is not None
    with pytest.raises(NotVisible):
        world.seat("ito", Side.PROFESSIONAL)
    assert world.timeline(Side.PATIENT).seq == before + 1
    with pytest.raises(Conflict, match="reviewed"):
        review_access(desk, access.pk, ends=True)
    facts = LoggedFact.objects.filter(kind="patients.EmergencyReviewed").order_by("id")
    assert [fact.detail for fact in facts] == [{"ended": False}, {"ended": True}]


@pytest.mark.control("8.2")
def test_nobody_signs_their_own_emergency_nor_that_of_another_facility(world: World) -> None:
    desk, access = a_manager(world), an_emergency(world, "ito")
    calling = NewCalling(profession=Profession.PHARMACIST, role=StaffRole.MANAGER)
    change_staff(desk, world.staff["ito"].pk, calling)
    own = take_desk(world.actor("ito"), world.facility.pk, Right.REVIEW_EMERGENCIES)
    elsewhere = open_facility(world.actor("kato"), name="別の家", kind=FacilityKind.CLINIC)
    begin_staff(
        world.actor("kato"),
        elsewhere.pk,
        world.people["sato"].pk,
        profession=Profession.PHYSICIAN,
        role=StaffRole.MANAGER,
    )

    with pytest.raises(Refused, match="own_access"):
        review_access(own, access.pk, ends=False)
    with pytest.raises(NotVisible):
        review_access(
            take_desk(world.actor("sato"), elsewhere.pk, Right.REVIEW_EMERGENCIES),
            access.pk,
            ends=True,
        )
    page = a_client(world, "ito").get(reverse("patients:emergencies", args=[world.facility.pk]))
    assert "自分の閲覧は、施設のほかの管理者が確かめます。" in page.text


@pytest.mark.control("8.3")
@pytest.mark.parametrize("missing", ["kana", "birth_date", "reason", "is_urgent"])
def test_what_is_missing_is_asked_for_and_what_was_typed_stays(world: World, missing: str) -> None:
    client = a_client(world, "ito")

    answer = client.post(PAGE, {name: typed for name, typed in TYPED.items() if name != missing})

    assert answer.status_code == 422
    assert all(TYPED[name] in answer.text for name in ("kana", "reason") if name != missing)
    assert not EmergencyAccess.objects.exists()


def test_a_reason_that_says_nothing_is_none(world: World) -> None:
    answer = a_client(world, "ito").post(PAGE, _typed(world) | {"reason": "\u3000" * 12})

    assert answer.status_code == 422
    assert not EmergencyAccess.objects.exists()


@pytest.mark.control("8.5")
def test_the_page_leads_into_the_group_after_a_fresh_proof(world: World) -> None:
    client = a_client(world, "ito")

    with clock_later(601):
        stale = client.post(PAGE, _typed(world))
    answer = client.post(PAGE, _typed(world))
    again = client.post(PAGE, _typed(world))

    assert stale["Location"].startswith("/sign-in/again/")
    assert answer["Location"] == f"/groups/{world.group.pk}/professional/"
    assert client.get(answer["Location"]).status_code == 200
    assert "もう参加しています" in again.text


@pytest.mark.control("8.3")
def test_the_page_answers_alike_whoever_is_not_found_and_brakes_with_429(world: World) -> None:
    client = a_client(world, "ito")
    typed = _typed(world) | {"kana": "だれか"}

    statuses = [client.post(PAGE, typed).status_code for _ in range(6)]

    assert statuses == [422] * 5 + [429]


@pytest.mark.control("8.3")
def test_of_many_at_once_one_takes_a_seat(committed_world: World) -> None:
    actor, place = committed_world.actor("ito"), committed_world.staff["ito"].pk

    results = at_once(4, lambda _: seek_access(actor, place, SOUGHT))

    assert sorted(str(one) for one in results if isinstance(one, str)) == ["Conflict"] * 3
    assert EmergencyAccess.objects.count() == 1


def _typed(world: World) -> dict[str, str]:
    return TYPED | {"place": str(world.staff["ito"].pk)}
