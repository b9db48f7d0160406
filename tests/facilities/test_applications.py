"""A facility registers itself: asked for by anyone, proven by a link, approved by the operator."""

import re
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from carestation.accounts.choices import Proof
from carestation.accounts.commands.passwords import WeakPassword
from carestation.accounts.commands.registrations import PersonDraft, make_registration_link
from carestation.accounts.models import Registration, User
from carestation.accounts.tasks import mail_registration
from carestation.facilities.choices import FacilityKind, FacilityState, Profession, StaffRole
from carestation.facilities.commands.invitations import invite_staff
from carestation.facilities.commands.places import (
    Founder,
    apply_for_facility,
    forget_applications,
    found_facility,
    found_facility_as_known,
)
from carestation.facilities.commands.rulings import approve_facility
from carestation.facilities.forms.applications import ApplyForm
from carestation.facilities.models.facilities import Facility, FacilityApplication, TermsAcceptance
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.applications import ToldFacility, find_application
from carestation.facilities.queries.desks import frame_of, take_desk
from carestation.facilities.queries.staff import places_of
from carestation.facilities.rules import DESK_RIGHTS, TERMS_VERSION
from carestation.factlog.models import LoggedFact
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, DomainError, NotVisible, Refused, TooMany
from carestation.kernel.ids import uuid7
from tests.accounts.operating import a_console
from tests.accounts.people import clock_at
from tests.accounts.signing_in import sign_in_client
from tests.accounts.test_races import at_once, won
from tests.facilities.people import an_invited
from tests.world import World

ADDRESS = "incho@yuyake.example"
TOLD = ToldFacility(
    kind=FacilityKind.CLINIC,
    name="夕やけ診療所",
    kana="ゆうやけしんりょうじょ",
    address="東京都夕陽区丘1-2-3",
    contact="03-0000-0000 事務",
)
DRAFT = PersonDraft(name="夕田 空", kana="ゆうだ そら", password="tsuki-to-hoshi-no-yoru")
FOUNDER = Founder(profession=Profession.PHYSICIAN, draft=DRAFT)
A_SECOND = timedelta(seconds=1)
TYPED = {
    "kind": "clinic",
    "name": TOLD.name,
    "kana": TOLD.kana,
    "address": TOLD.address,
    "contact": TOLD.contact,
    "email": ADDRESS,
    "terms_version": TERMS_VERSION,
    "accepts_terms": "on",
}


def apply(email: str = ADDRESS) -> None:
    apply_for_facility(
        TOLD, email, terms_version=TERMS_VERSION, address="203.0.113.5", request_id=uuid7()
    )


def token_of(email: str = ADDRESS) -> str:
    """Return the token of the newest link that was asked for."""
    apply(email)
    row = Registration.objects.unused().order_by("-created_at", "-id")[0]
    link = make_registration_link(row.pk, request_id=uuid7())
    assert link is not None
    return link.token


def found(token: str, founder: Founder = FOUNDER) -> User:
    return User.objects.get(pk=found_facility(token, founder, request_id=uuid7()))


@pytest.mark.parametrize("field", ["name", "address", "contact"])
def test_a_facility_says_its_name_and_place_in_signs_that_show(field: str) -> None:
    form = ApplyForm(TYPED | {field: "\u202e\u200b"})

    assert list(form.errors) == [field]


@pytest.mark.django_db
@pytest.mark.control("5.16")
def test_whoever_completes_it_manages_a_facility_that_waits_for_the_operator() -> None:
    user = found(token_of())
    actor = Actor(user_id=user.pk, request_id=uuid7())

    facility = Facility.objects.get()
    desk = take_desk(actor, facility.pk, *DESK_RIGHTS)
    assert (facility.name, facility.kind, desk.role) == (
        "夕やけ診療所",
        "clinic",
        StaffRole.MANAGER,
    )
    assert frame_of(desk).state is FacilityState.WAITING
    with pytest.raises(Refused, match="awaiting_approval"):
        invite_staff(desk, [an_invited()])
    assert places_of(user.pk) == []

    console = a_console()
    approve_facility(console, facility.pk)

    assert frame_of(desk).state is FacilityState.APPROVED
    assert len(invite_staff(desk, [an_invited()])) == 1
    assert [one.facility_id for one in places_of(user.pk)] == [facility.pk]
    with pytest.raises(Conflict):
        approve_facility(console, facility.pk)


@pytest.mark.django_db
@pytest.mark.control("5.31")
def test_the_terms_are_accepted_with_their_version() -> None:
    user = found(token_of())

    accepted = TermsAcceptance.objects.get()
    assert (accepted.user_id, accepted.version) == (user.pk, TERMS_VERSION)
    told = LoggedFact.objects.get(kind="facilities.TermsAccepted")
    assert told.detail == {"version": TERMS_VERSION}
    with pytest.raises(DomainError, match="terms_changed"):
        apply_for_facility(TOLD, ADDRESS, terms_version="0", address="", request_id=uuid7())


@pytest.mark.django_db
@pytest.mark.control("5.16")
def test_nobody_and_no_facility_is_there_before_or_after_a_refusal() -> None:
    token = token_of()
    weak = PersonDraft(
        name="夕田 空", kana="ゆうだ そら", password="夕やけ診療所の長い長いパスワード"
    )

    with pytest.raises(WeakPassword, match="own_words"):
        found(token, Founder(profession=Profession.PHYSICIAN, draft=weak))

    assert not User.objects.exists()
    assert not Facility.objects.exists()
    assert found(token).is_professional


@pytest.mark.django_db
@pytest.mark.control("5.17")
def test_a_link_lives_a_day_to_the_second_and_works_once() -> None:
    sent = timezone.now()
    with clock_at(sent):
        token = token_of()

    with clock_at(sent + timedelta(hours=24)), pytest.raises(NotVisible):
        found(token)
    with clock_at(sent + timedelta(hours=24) - A_SECOND):
        assert find_application(token).facility == "夕やけ診療所"
        found(token)
        with pytest.raises(NotVisible):
            found(token)


@pytest.mark.django_db
@pytest.mark.control("5.16")
def test_what_nobody_completed_is_forgotten_after_a_month() -> None:
    asked = timezone.now()
    with clock_at(asked):
        found(token_of())
        apply("later@example.org")

    with clock_at(asked + timedelta(days=30)):
        assert forget_applications() == 0
    with clock_at(asked + timedelta(days=30) + A_SECOND):
        assert forget_applications() == 1
    assert FacilityApplication.objects.get().facility is not None


@pytest.mark.django_db(transaction=True)
@pytest.mark.control("5.17")
def test_of_sixteen_with_the_same_link_one_founds() -> None:
    token = token_of()

    results = at_once(16, lambda _: found_facility(token, FOUNDER, request_id=uuid7()))

    assert won(results) == 1
    assert (Facility.objects.count(), Staff.objects.count()) == (1, 1)


@pytest.mark.control("5.16")
def test_who_has_an_account_founds_with_it(world: World) -> None:
    token = token_of("kato@tsukimizaka.example")

    with pytest.raises(Conflict, match="known"):
        found_facility(token, FOUNDER, request_id=uuid7())
    with pytest.raises(Refused, match="other_address"):
        found_facility_as_known(world.actor("sato"), token, Profession.NURSE)
    found_facility_as_known(world.actor("kato"), token, Profession.NURSE)

    mine = Staff.objects.standing().managers().of_person(world.people["kato"].pk)
    assert mine.get().facility.name == "夕やけ診療所"


@pytest.mark.control("5.17")
def test_known_and_unknown_addresses_are_answered_alike(world: World) -> None:
    client = Client()
    path = reverse("facilities:apply")

    answers = [
        client.post(path, TYPED | {"email": email})
        for email in (ADDRESS, "kato@tsukimizaka.example")
    ]

    assert {(one.status_code, one["Location"], one.content) for one in answers} == {
        (302, reverse("facilities:applied"), b"")
    }


@pytest.mark.django_db
@pytest.mark.control("5.17")
def test_a_network_that_asks_too_often_is_braked() -> None:
    for number in range(20):
        apply(f"a{number}@example.org")

    with pytest.raises(TooMany):
        apply()


@pytest.mark.control("5.16")
def test_the_story_from_the_public_page_to_the_second_factor(
    world: World, mailoutbox: list[EmailMessage]
) -> None:
    client = Client(headers={"host": "localhost"})
    wrong = client.post(reverse("facilities:apply"), TYPED | {"accepts_terms": ""})
    client.post(reverse("facilities:apply"), TYPED)
    row = Registration.objects.unused().get()
    mail_registration(registration_id=str(row.pk), page="facilities:found")
    [letter] = mailoutbox
    address = re.search(r"\S+/facilities/new/finish/\?token=(\S+)", str(letter.body))
    assert address is not None
    assert "localhost" not in address[0]

    page = client.get(reverse("facilities:found"), {"token": address[1]})
    again = client.get(reverse("facilities:found"), {"token": address[1]})
    typed = {"token": address[1], "name": "夕田 空", "kana": "ユウダ ソラ"}
    typed |= {"password": DRAFT.password, "profession": "physician"}
    answer = client.post(reverse("facilities:found"), typed)

    assert (wrong.status_code, "印を付けてください。" in wrong.content.decode()) == (422, True)
    assert "夕やけ診療所（医科診療所）" in page.content.decode()
    assert again.status_code == 200
    assert (answer.status_code, answer["Location"]) == (302, reverse("accounts:enrolment"))


def test_a_desk_that_waits_says_so(world: World) -> None:
    token, client = token_of("kato@tsukimizaka.example"), Client()
    sign_in_client(client, world.people["kato"], proof=Proof.TOTP)

    answer = client.post(
        reverse("facilities:found_as_known"), {"token": token, "profession": "nurse"}, follow=True
    )
    path = reverse("facilities:invitations", args=[Facility.objects.get(name=TOLD.name).pk])
    typed = {"email": "a@example.org", "profession": "nurse", "role": "member"}
    refused = client.post(path, typed)

    assert "運営の承認を待っています" in answer.content.decode()
    assert refused.status_code == 422
    assert "承認されると、招待できます。" in refused.content.decode()


def test_the_terms_are_read_by_everyone(client: Client, world: World) -> None:
    body = client.get("/terms/").content.decode()

    assert f"版：{TERMS_VERSION}" in body
    assert "復元することはしません" in body
