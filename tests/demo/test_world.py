"""The demo world as told, and as made: the same people, the same words, the same walls."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from carestation.accounts.choices import Device, SessionKind, Standing
from carestation.accounts.commands.sessions import Where
from carestation.accounts.commands.sign_in import sign_in, sign_in_program
from carestation.accounts.models import Operator, User
from carestation.accounts.queries.people import read_person
from carestation.accounts.queries.sessions import find_entry
from carestation.accounts.rules import current_code
from carestation.facilities.choices import FacilityKind, StaffRole
from carestation.facilities.models.facilities import Facility
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.staff import places_of
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Kind, Side
from carestation.groups.models.groups import Group, Timeline
from carestation.groups.models.memberships import Membership, MembershipQuerySet
from carestation.groups.queries.seats import take_seats
from carestation.groups.rules import Seat
from carestation.kernel.ids import uuid7
from carestation.patients.queries.face_sheets import patients_of
from carestation.timeline.choices import Urgency
from carestation.timeline.models import Acknowledgement, Attachment, Post, PostVersion
from carestation.timeline.queries.messages import messages_before
from config.cli import main
from config.demo.seeding import ensure_demo
from tests.demo.sight import actor_of, all_that_is_seen_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert main(["demo", "--json"]) == 0
    world: dict[str, Any] = json.loads(capsys.readouterr().out)
    return world


@pytest.fixture
def people(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = told(capsys)["people"]
    return listed


@pytest.fixture
def by_name(people: list[dict[str, Any]]) -> dict[str, str]:
    return {person["name"]: person["email"] for person in people}


def test_it_is_told_the_same_before_and_after(capsys: pytest.CaptureFixture[str]) -> None:
    before = told(capsys)
    ensure_demo()

    assert told(capsys) == before


def test_everyone_who_is_told_is_there(people: list[dict[str, Any]]) -> None:
    for person in people:
        actor = actor_of(person["email"])
        found = Staff.objects.filter(user_id=actor.user_id).select_related("facility").first()
        place = None if found is None else found.facility.name

        assert place == person["facility"]
        assert person["role"] == (found.role if found else person["role"])


def test_names_are_as_told(people: list[dict[str, Any]]) -> None:
    users = User.objects.in_bulk([actor_of(person["email"]).user_id for person in people])
    names = {read_person(user, None).name for user in users.values()}

    assert names == {person["name"] for person in people}


def test_everyone_signs_in_with_password_and_code(people: list[dict[str, Any]]) -> None:
    for place, person in enumerate(people):
        where = _where(place)
        if person["state"] == "enrolment_due":
            continue
        code = _code(person["totp_secret"])
        opened = sign_in_program(
            person["email"], person["password"], code, where, request_id=uuid7()
        )
        entry = find_entry(opened.token)

        assert entry is not None
        assert entry.standing is Standing.FULL


def test_who_has_no_second_factor_may_only_enrol(people: list[dict[str, Any]]) -> None:
    (person,) = [one for one in people if one["state"] == "enrolment_due"]
    opened = sign_in(person["email"], person["password"], _where(99), request_id=uuid7())
    entry = find_entry(opened.token)

    assert person["totp_secret"] is None
    assert entry is not None
    assert entry.standing is Standing.ENROLMENT_DUE


def test_who_has_left_sits_and_works_nowhere(people: list[dict[str, Any]]) -> None:
    (person,) = [one for one in people if one["state"] == "left"]
    actor = actor_of(person["email"])

    assert take_seats(actor) == []
    assert places_of(actor.user_id) == []
    assert Post.objects.filter(author_id=actor.user_id).exists()


def test_the_operator_has_no_seat(people: list[dict[str, Any]]) -> None:
    (person,) = [one for one in people if one["role"] == "operator"]
    actor = actor_of(person["email"])

    assert Operator.objects.active().filter(user_id=actor.user_id).exists()
    assert take_seats(actor) == []


def test_the_facilities_of_the_contract_are_there() -> None:
    kinds = Counter(Facility.objects.values_list("kind", flat=True))

    assert kinds[FacilityKind.CLINIC] == 2
    for kind in ("VISITING_NURSING_STATION", "PHARMACY", "CARE_PLAN_OFFICE", "HOME_HELP"):
        assert kinds[FacilityKind[kind]] == 1
    for facility in Facility.objects.all():
        roles = set(Staff.objects.active().filter(facility=facility).values_list("role", flat=True))
        assert roles == set(StaffRole.values)


def test_two_patients_share_a_surname(by_name: dict[str, str]) -> None:
    cards = patients_of(actor_of(by_name["三宅 由美子"]))

    assert {card.face_sheet.name for card in cards.values()} == {"佐伯 千代", "佐伯 千代子"}
    assert all(card.has_namesake for card in cards.values())


def test_one_patient_is_shared_by_all_facilities_and_one_by_two() -> None:
    shared = {
        group.pk: set(
            Staff.objects.filter(
                pk__in=_members(group.pk).exclude(staff=None).values("staff_id")
            ).values_list("facility_id", flat=True)
        )
        for group in Group.objects.filter(kind=Kind.PATIENT)
    }

    assert sorted(map(len, shared.values())) == [2, Facility.objects.count()]


def test_there_are_a_free_group_and_a_talk_of_two() -> None:
    assert Group.objects.filter(kind=Kind.FREE).count() == 1
    (talk,) = Group.objects.filter(kind=Kind.DIRECT)
    assert _members(talk.pk).count() == 2


def test_three_weeks_of_posts_are_there() -> None:
    times = list(Post.objects.order_by("published_at").values_list("published_at", flat=True))

    assert len(times) >= 60
    assert times[-1] <= timezone.now()
    assert timezone.now() - times[-1] < timedelta(days=1)
    assert timedelta(days=20) < times[-1] - times[0] < timedelta(days=22)


def test_every_kind_of_thing_happened() -> None:
    assert Post.objects.filter(parent__isnull=False).count() >= 15
    assert Post.objects.filter(urgency=Urgency.URGENT).exists()
    assert Post.objects.filter(withdrawn_at__isnull=False).count() == 1
    assert Post.objects.filter(edited_at__isnull=False).count() == 1
    assert PostVersion.objects.count() == 1
    assert Acknowledgement.objects.count() >= 100
    assert Attachment.objects.exclude(post=None).count() == 10


def test_someone_still_owes_a_sign(by_name: dict[str, str]) -> None:
    seat = _seat(by_name["三宅 由美子"], Side.PROFESSIONAL)
    newest = messages_before(seat, None, limit=10)

    owed = [one for one in newest if one.asks_acknowledgement]
    assert owed
    assert all(seat.actor.user_id not in one.acknowledged_by for one in owed[:2])
    assert 0 < seat.unread < 10


def test_times_run_with_the_numbers() -> None:
    for timeline in Timeline.objects.all():
        posts = Post.objects.filter(group_id=timeline.group_id, side=timeline.side)
        times = list(posts.order_by("number").values_list("published_at", flat=True))

        assert times == sorted(times)
        assert timeline.posts == len(times)


def test_no_change_took_two_numbers_or_none() -> None:
    facts = Counter(LoggedFact.objects.values_list("kind", flat=True))

    assert facts["timeline.PostPublished"] == Post.objects.count()
    assert facts["timeline.PostAcknowledged"] == Acknowledgement.objects.count()
    assert facts["accounts.PersonRegistered"] == 20


def test_canaries_are_seen_by_exactly_those_who_may(
    capsys: pytest.CaptureFixture[str], people: list[dict[str, Any]]
) -> None:
    seen = {person["email"]: all_that_is_seen_by(person["email"]) for person in people}

    for canary in told(capsys)["canaries"]:
        found = {email for email, words in seen.items() if canary["word"] in words}
        assert found == set(canary["may_see"]), canary["word"]


def test_each_canary_stands_in_one_place(capsys: pytest.CaptureFixture[str]) -> None:
    words = [canary["word"] for canary in told(capsys)["canaries"]]

    assert len(words) == len(set(words))
    assert not any(one in other for one in words for other in words if one != other)


def test_a_canary_stands_at_every_side_in_every_face_sheet_and_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    kinds = Counter(one["where"].split(" · ")[0] for one in told(capsys)["canaries"])

    assert kinds["post"] == Timeline.objects.count()
    assert kinds["face sheet"] == Group.objects.filter(kind=Kind.PATIENT).count()
    assert kinds["file name"] == Attachment.objects.count()


def test_making_it_twice_changes_nothing() -> None:
    before = (LoggedFact.objects.count(), Post.objects.count(), Group.objects.count())

    assert not ensure_demo()
    assert (LoggedFact.objects.count(), Post.objects.count(), Group.objects.count()) == before


def _members(group_id: UUID) -> MembershipQuerySet:
    return Membership.objects.active().of_group(group_id)


def _seat(email: str, side: Side) -> Seat:
    seats = [seat for seat in take_seats(actor_of(email)) if seat.side is side]
    return max(seats, key=lambda seat: seat.posts)


def _where(place: int) -> Where:
    kind = SessionKind.PROGRAM
    return Where(kind=kind, device=Device.PROGRAM, address=f"198.51.100.{place}")


def _code(secret: str | None) -> str:
    return current_code(secret, at=timezone.now()) if secret else ""
