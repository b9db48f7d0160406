"""A registration: an address is proven by a link, once, in time, and only then is there anyone."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from carestation.accounts.choices import Proof, RegistrationPurpose, Standing
from carestation.accounts.commands.passwords import WeakPassword
from carestation.accounts.commands.people import end_person
from carestation.accounts.commands.registrations import (
    PersonDraft,
    begin_registration,
    claim_registration,
    end_registrations,
    make_registration_link,
    match_claimed,
    register_claimed,
)
from carestation.accounts.commands.sessions import open_session
from carestation.accounts.commands.sign_in import sign_in
from carestation.accounts.models import Registration, User
from carestation.accounts.queries.links import find_registration
from carestation.accounts.queries.people import read_email, read_person
from carestation.accounts.queries.sessions import find_entry
from carestation.accounts.rules import Binding
from carestation.accounts.tasks import mail_registration
from carestation.factlog.models import LoggedFact
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, DomainError, NotVisible, Refused
from carestation.kernel.ids import uuid7
from tests.accounts.people import ADDRESS, BROWSER, SYSTEM, a_person, clock_at

pytestmark = pytest.mark.django_db
FOUND, JOIN = RegistrationPurpose.FOUND_FACILITY, RegistrationPurpose.JOIN_FACILITY
PASSWORD = "tsuki-to-hoshi-no-yoru"
DRAFT = PersonDraft(name="林 さくら", kana="はやし さくら", password=PASSWORD)
SUBJECT = uuid7()
# Any page that takes a token will do here: those that complete a registration stand above.
PAGE = "accounts:reset"


def begin(email: str = ADDRESS, **more: object) -> Registration:
    said: dict[str, object] = {"subject_id": SUBJECT, "page": PAGE, "request_id": uuid7()}
    return begin_registration(SYSTEM, email, JOIN, **(said | more))  # type: ignore[arg-type]  # as the command says


def a_token(registration: Registration | None = None) -> str:
    link = make_registration_link((registration or begin()).pk, request_id=uuid7())
    assert link is not None
    return link.token


def complete(token: str, draft: PersonDraft = DRAFT, **more: object) -> User:
    """What a command of an upper context does: claim and register, in one transaction."""
    with transaction.atomic():
        claimed = claim_registration(token, JOIN)
        said = {"is_professional": True, "request_id": uuid7()} | more
        return register_claimed(claimed, draft, **said)  # type: ignore[arg-type]  # as the command says


@transaction.atomic
def complete_in_vain(token: str) -> None:
    complete(token)
    raise ValueError("above")


def is_open(token: str, purpose: RegistrationPurpose = JOIN) -> bool:
    try:
        return find_registration(token, purpose).email == ADDRESS
    except NotVisible:
        return False


@pytest.mark.control("5.16")
def test_there_is_no_account_before_the_link_is_used() -> None:
    token = a_token()

    assert not User.objects.exists()

    user = complete(token)
    assert (read_email(user, None), read_person(user, None).name) == (ADDRESS, "林 さくら")
    assert sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7()).token


@pytest.mark.control("5.17")
@pytest.mark.parametrize("lasts", [timedelta(hours=24), timedelta(days=7)])
def test_a_link_is_alive_to_its_last_second_and_dead_with_the_next(lasts: timedelta) -> None:
    registration = begin(lasts=lasts)
    token, began = a_token(registration), registration.created_at

    with clock_at(began + lasts - timedelta(seconds=1)):
        alive = is_open(token)
    with clock_at(began + lasts):
        dead = not is_open(token)
        with pytest.raises(NotVisible):
            complete(token)
    with clock_at(began + lasts - timedelta(seconds=1)):
        assert complete(token).is_active

    assert (alive, dead) == (True, True)


def test_a_link_lasts_a_week_at_the_most() -> None:
    for lasts in (timedelta(days=7, seconds=1), timedelta()):
        with pytest.raises(DomainError):
            begin(lasts=lasts)


@pytest.mark.control("5.17")
def test_looking_uses_nothing_up_and_completing_does() -> None:
    token = a_token()

    assert [is_open(token), is_open(token)] == [True, True]
    complete(token)

    assert not is_open(token)
    with pytest.raises(NotVisible):
        complete(token)


def test_a_newer_link_ends_the_older_for_the_same_thing_alone() -> None:
    older, other = a_token(), a_token(begin(subject_id=uuid7()))
    newer = a_token()

    assert [is_open(one) for one in (older, other, newer)] == [False, True, True]


def test_a_link_is_good_for_its_purpose_alone() -> None:
    token = a_token()

    assert not is_open(token, FOUND)
    with pytest.raises(NotVisible), transaction.atomic():
        claim_registration(token, FOUND)


def test_what_is_cancelled_is_not_mailed_and_opens_nothing(mailoutbox: list[EmailMessage]) -> None:
    token, later = a_token(), begin("other@example.jp")

    ended = end_registrations(SYSTEM, JOIN, SUBJECT)
    mail_registration(registration_id=str(later.pk), page=PAGE)

    assert (ended, is_open(token), mailoutbox) == (2, False, [])
    assert LoggedFact.objects.filter(kind="accounts.RegistrationEnded").count() == 2
    assert end_registrations(SYSTEM, JOIN, SUBJECT) == 0


@pytest.mark.control("5.17")
def test_asking_leaves_the_same_whether_or_not_the_address_is_known() -> None:
    a_person()

    for address in (ADDRESS, "nobody@example.jp"):
        begin(address)

    jobs = ProcrastinateJob.objects.order_by("id").values_list("task_name", "args")
    assert {name for name, _ in jobs} == {"accounts.mail_registration"}
    assert {tuple(sorted(args)) for _, args in jobs} == {("page", "registration_id")}
    facts = LoggedFact.objects.filter(kind="accounts.RegistrationBegan")
    assert list(facts.values_list("detail", flat=True)) == [{"purpose": "join_facility"}] * 2


def test_the_link_comes_by_mail_and_leads_to_this_site(mailoutbox: list[EmailMessage]) -> None:
    registration = begin()

    mail_registration(registration_id=str(registration.pk), page=PAGE)

    (letter,) = mailoutbox
    assert letter.to == [ADDRESS]
    assert letter.subject == "［ケアステーション］招待のご案内"
    found = re.search(
        rf"^{re.escape(settings.SITE_URL)}/password/new/\?token=(\S+)$",
        str(letter.body),
        re.MULTILINE,
    )
    assert found is not None
    assert is_open(found[1])
    assert "本登録用URL" in letter.body


def test_who_has_an_account_is_told_so_by_mail_alone(mailoutbox: list[EmailMessage]) -> None:
    a_person()

    mail_registration(registration_id=str(begin().pk), page=PAGE)

    assert "もうアカウントがあります" in str(mailoutbox[0].body)
    assert "サインイン" in str(mailoutbox[0].body)


def test_a_mailbox_is_not_flooded(mailoutbox: list[EmailMessage]) -> None:
    for _ in range(12):
        mail_registration(registration_id=str(begin(subject_id=uuid7()).pk), page=PAGE)

    assert len(mailoutbox) == 10


def test_the_token_and_the_address_are_not_in_the_table() -> None:
    token = a_token()

    row = Registration.objects.values_list().get()

    assert len(token) >= 43
    kept = [bytes(one) if isinstance(one, memoryview) else str(one).encode() for one in row]
    assert not any(token.encode() in one or ADDRESS.encode() in one for one in kept)


@pytest.mark.parametrize(
    "password",
    [
        "kaze-to-hana-m",
        "hayashi-no-kaze-2026",
        "a-carestation-word",
        "みなづき訪問看護の春夏秋冬です",
    ],
)
def test_a_weak_password_leaves_the_link_open_and_nobody_behind(password: str) -> None:
    token = a_token()
    binding = Binding(facility_words=("みなづき訪問看護",))

    with pytest.raises(WeakPassword):
        complete(token, PersonDraft(name="林", kana="はやし", password=password), binding=binding)

    assert is_open(token)
    assert not User.objects.exists()


def test_whoever_has_an_account_signs_in_instead_of_registering() -> None:
    user, token = a_person(), a_token()

    assert find_registration(token, JOIN).person_id == user.pk
    with pytest.raises(Conflict):
        complete(token)

    with transaction.atomic():
        claimed = claim_registration(token, JOIN)
        me = Actor(user_id=user.pk, request_id=uuid7())
        assert match_claimed(me, claimed, is_professional=True) == user
    fact = LoggedFact.objects.get(kind="accounts.RegistrationCompleted")
    assert (fact.actor_id, fact.detail["is_new"]) == (user.pk, False)


def test_who_left_can_register_anew_under_the_same_address() -> None:
    left = a_person()
    end_person(SYSTEM, left.pk)

    user = complete(a_token())

    assert user.pk != left.pk
    assert read_email(User.objects.get(pk=left.pk), None) == ADDRESS
    assert sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7()).user_id == user.pk


def test_a_link_to_another_address_is_not_taken_by_whoever_is_signed_in() -> None:
    a_person()
    other, token = a_person("other@example.jp"), a_token()
    someone = Actor(user_id=other.pk, request_id=uuid7())

    with pytest.raises(Refused), transaction.atomic():
        match_claimed(someone, claim_registration(token, JOIN), is_professional=True)

    assert is_open(token)


def test_a_relative_who_takes_up_a_place_is_a_professional_from_then_on() -> None:
    user = a_person(is_professional=False)

    with transaction.atomic():
        claimed = claim_registration(a_token(), JOIN)
        me = Actor(user_id=user.pk, request_id=uuid7())
        match_claimed(me, claimed, is_professional=True)

    assert User.objects.get().is_professional


def test_who_registers_owes_a_second_factor_and_sees_nothing_else() -> None:
    user = complete(a_token())

    opened = open_session(user.pk, BROWSER, proof=Proof.PASSWORD, request_id=uuid7())

    entry = find_entry(opened.token)
    assert entry is not None
    assert entry.standing is Standing.ENROLMENT_DUE


def test_a_claim_stands_or_falls_with_what_follows() -> None:
    token = a_token()

    with pytest.raises(ValueError, match="above"):
        complete_in_vain(token)

    assert is_open(token)
    assert not User.objects.exists()


def test_who_registers_by_themselves_is_the_one_who_did_it() -> None:
    registration = begin_registration(
        None, ADDRESS, JOIN, subject_id=None, page=PAGE, request_id=uuid7()
    )
    user = complete(a_token(registration))

    facts = {fact.kind.partition(".")[2]: fact.actor_id for fact in LoggedFact.objects.all()}
    assert facts["RegistrationBegan"] is None
    assert facts["PersonRegistered"] == facts["RegistrationCompleted"] == user.pk


def test_an_old_open_registration_gives_way(mailoutbox: list[EmailMessage]) -> None:
    with clock_at(timezone.now() - timedelta(days=9)):
        begin()

    mail_registration(registration_id=str(begin().pk), page=PAGE)

    assert len(mailoutbox) == 1
