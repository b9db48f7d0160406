"""Another mail address: proven by a link, told at the former one, and nothing said of others."""

import re
from datetime import timedelta
from typing import TypeVar

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from carestation.accounts.choices import EndReason, Proof
from carestation.accounts.commands.addresses import (
    ask_address_change,
    confirm_address,
    make_address_link,
)
from carestation.accounts.commands.factor_resets import make_factor_link
from carestation.accounts.commands.passwords import make_reset_link
from carestation.accounts.commands.people import end_person
from carestation.accounts.commands.sessions import OpenedSession, open_session
from carestation.accounts.commands.sign_in import WrongSignIn, sign_in
from carestation.accounts.facts import AddressChangeAsked, AddressChanged
from carestation.accounts.followers import tell_of_asked_address, tell_of_changed_address
from carestation.accounts.models import AddressChange, Session, User
from carestation.accounts.queries.links import (
    find_new_address,
    is_open_link,
    owner_of_factor_link,
)
from carestation.accounts.queries.people import email_index, read_email
from carestation.accounts.queries.sessions import find_entry
from carestation.accounts.tasks import mail_address_link, mail_former_address, mail_letter
from carestation.factlog.facts import Fact, fact_of
from carestation.factlog.models import LoggedFact
from carestation.kernel.errors import Conflict, DomainError, NotVisible, TooMany
from carestation.kernel.ids import uuid7
from tests.accounts.people import (
    ADDRESS,
    BROWSER,
    PASSWORD,
    SYSTEM,
    a_person,
    acting,
    clock_at,
    clock_later,
)
from tests.accounts.signing_in import sign_in_client

pytestmark = pytest.mark.django_db
NEW = "sakura@tsukimizaka.example"
DAY = timedelta(hours=24)
F = TypeVar("F", bound=Fact)


def signed_in(user: User) -> OpenedSession:
    return open_session(user.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7())


def a_link(opened: OpenedSession, email: str = NEW) -> str:
    ask_address_change(acting(opened), email)
    link = make_address_link(AddressChange.objects.latest("id").pk)
    assert link is not None
    return link.token


def tokens_in(letters: list[EmailMessage]) -> list[str]:
    return re.findall(r"\?token=(\S+)", "\n".join(str(one.body) for one in letters))


@pytest.mark.control("5.16")
def test_the_old_address_holds_until_the_new_one_is_proven() -> None:
    user = a_person()
    here = signed_in(user)

    token = a_link(here)
    before = sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())
    confirm_address(acting(here), token)

    assert before.token
    assert read_email(User.objects.get(), None) == NEW
    assert sign_in(NEW, PASSWORD, BROWSER, request_id=uuid7()).token
    with pytest.raises(WrongSignIn):
        sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())


@pytest.mark.control("5.17")
def test_a_link_is_alive_for_a_day_to_the_second_and_works_once() -> None:
    here = signed_in(a_person())
    token = a_link(here)
    made = AddressChange.objects.get().created_at

    with clock_at(made + DAY), pytest.raises(NotVisible):
        find_new_address(token, acting(here))
    with clock_at(made + DAY - timedelta(seconds=1)):
        assert find_new_address(token, acting(here)) == NEW
    confirm_address(acting(here), token)

    with pytest.raises(NotVisible):
        confirm_address(acting(here), token)


def test_after_a_day_to_the_second_nothing_changes() -> None:
    user = a_person()
    here = signed_in(user)
    token = a_link(here)
    made = AddressChange.objects.get().created_at

    with clock_at(made + DAY), pytest.raises(NotVisible):
        confirm_address(acting(here), token)

    assert read_email(User.objects.get(), None) == ADDRESS


def test_a_newer_wish_ends_the_older() -> None:
    here = signed_in(a_person())
    older, newer = a_link(here), a_link(here, "other@example.jp")

    with pytest.raises(NotVisible):
        confirm_address(acting(here), older)
    confirm_address(acting(here), newer)

    assert read_email(User.objects.get(), None) == "other@example.jp"


def test_the_link_of_one_is_nothing_to_another() -> None:
    here, stranger = signed_in(a_person()), signed_in(a_person("other@example.jp"))
    token = a_link(here)

    with pytest.raises(NotVisible):
        find_new_address(token, acting(stranger))
    with pytest.raises(NotVisible):
        confirm_address(acting(stranger), token)


@pytest.mark.control("5.17")
def test_the_answer_is_the_same_where_the_address_has_an_account(
    mailoutbox: list[EmailMessage],
) -> None:
    here, _ = signed_in(a_person()), a_person("taken@example.jp")

    for address in ("taken@example.jp", "free@example.jp"):
        ask_address_change(acting(here), address)
        change = AddressChange.objects.latest("id")
        mail_address_link(change_id=str(change.pk))

    taken, free = mailoutbox
    assert (taken.to, free.to) == (["taken@example.jp"], ["free@example.jp"])
    assert tokens_in([taken]) == []
    assert "別のアカウント" in str(taken.body)
    assert len(tokens_in([free])) == 1


def test_an_address_that_was_taken_meanwhile_is_not_given_twice() -> None:
    user = a_person()
    here = signed_in(user)
    token = a_link(here)
    a_person(NEW)

    with pytest.raises(Conflict):
        confirm_address(acting(here), token)

    assert read_email(User.objects.get(pk=user.pk), None) == ADDRESS


def test_the_address_in_use_is_no_new_one_and_asking_is_braked() -> None:
    here = signed_in(a_person())

    with pytest.raises(DomainError):
        ask_address_change(acting(here), ADDRESS.upper())
    for number in range(5):
        ask_address_change(acting(here), f"{number}@example.jp")
    with pytest.raises(TooMany):
        ask_address_change(acting(here), NEW)


def test_sessions_elsewhere_and_links_to_the_former_address_end() -> None:
    user = a_person()
    here, there = signed_in(user), signed_in(user)
    reset = make_reset_link(email_index(ADDRESS), request_id=uuid7())
    lost = make_factor_link(user.pk, request_id=uuid7())
    assert reset is not None

    confirm_address(acting(here), a_link(here))

    assert find_entry(here.token) is not None
    assert Session.objects.get(pk=there.session_id).end_reason == EndReason.ADDRESS_CHANGED
    assert not is_open_link(reset.token)
    with pytest.raises(NotVisible):
        owner_of_factor_link(lost.token)


@pytest.mark.control("5.17")
def test_both_addresses_are_told(mailoutbox: list[EmailMessage]) -> None:
    here = signed_in(a_person())
    token = a_link(here)
    ProcrastinateJob.objects.all().delete()

    tell_of_asked_address([_fact("AddressChangeAsked", AddressChangeAsked)])
    mail_letter(**ProcrastinateJob.objects.get().args)
    confirm_address(acting(here), token)
    ProcrastinateJob.objects.all().delete()
    tell_of_changed_address([_fact("AddressChanged", AddressChanged)])
    for job in ProcrastinateJob.objects.order_by("id"):
        task = mail_letter if job.task_name.endswith("letter") else mail_former_address
        task(**job.args)

    assert [(one.to, one.subject.partition("］")[2]) for one in mailoutbox] == [
        ([ADDRESS], "メールアドレスの変更の手続き"),
        ([NEW], "メールアドレスが変わりました"),
        ([ADDRESS], "メールアドレスが変わりました"),
    ]
    assert "施設の管理者に伝えてください" in str(mailoutbox[-1].body)


def test_who_has_left_proves_no_address() -> None:
    user = a_person()
    here = signed_in(user)
    token = a_link(here)
    end_person(SYSTEM, user.pk)

    assert make_address_link(AddressChange.objects.get().pk) is None
    with pytest.raises(NotVisible):
        confirm_address(acting(here), token)


def test_before_it_is_confirmed_no_former_address_is_told(mailoutbox: list[EmailMessage]) -> None:
    a_link(signed_in(a_person()))

    mail_former_address(change_id=str(AddressChange.objects.get().pk))
    mail_former_address(change_id=str(uuid7()))

    assert mailoutbox == []


def test_neither_address_nor_token_is_in_the_table() -> None:
    here = signed_in(a_person())
    token = a_link(here)
    confirm_address(acting(here), token)

    row = AddressChange.objects.values_list().get()

    kept = [bytes(one) if isinstance(one, memoryview) else str(one).encode() for one in row]
    assert not any(word.encode() in one for one in kept for word in (token, NEW, ADDRESS))


@pytest.mark.control("5.17")
def test_asking_wants_a_fresh_proof_and_confirming_the_same_person(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    user = a_person()
    sign_in_client(client, user)
    with clock_later(11 * 60):
        led = client.get("/account/address/")
    asked = client.post("/account/address/", {"email": NEW})
    mail_address_link(**ProcrastinateJob.objects.get().args)
    (token,) = tokens_in(mailoutbox)

    stranger = Client()
    elsewhere = stranger.get("/account/address/confirm/", {"token": token})
    sign_in_client(stranger, a_person("other@example.jp"))
    not_theirs = stranger.get("/account/address/confirm/", {"token": token})
    looks = [client.get("/account/address/confirm/", {"token": token}) for _ in range(2)]
    done = client.post("/account/address/confirm/", {"token": token})
    again = client.post("/account/address/confirm/", {"token": token})

    assert led.headers["Location"].startswith("/sign-in/again/")
    assert asked.headers["Location"] == done.headers["Location"] == "/account/"
    assert elsewhere.headers["Location"].startswith("/sign-in/?next=%2Faccount%2Faddress")
    assert (not_theirs.status_code, again.status_code) == (404, 404)
    assert all(NEW in look.text for look in looks)
    page = client.get("/account/").text
    assert "メールアドレスが変わりました" in page
    assert NEW in page


def test_what_is_no_address_stays_in_the_form(client: Client) -> None:
    sign_in_client(client, a_person())

    page = client.post("/account/address/", {"email": "not-an-address"})

    assert page.status_code == 422
    assert "not-an-address" in page.text


def _fact(kind: str, cls: type[F]) -> F:
    row = LoggedFact.objects.filter(kind=f"accounts.{kind}").values().get()
    fact = fact_of({**row})
    assert isinstance(fact, cls)
    return fact
