"""A lost second factor: a manager starts, and only its owner can finish."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.mail import EmailMessage
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from carestation.accounts.choices import EndReason, Letter, Proof, Standing
from carestation.accounts.commands.factor_resets import (
    finish_factor_reset,
    make_factor_link,
    start_factor_reset,
)
from carestation.accounts.commands.factors import renew_recovery_codes
from carestation.accounts.commands.people import end_person
from carestation.accounts.commands.sessions import open_session
from carestation.accounts.commands.sign_in import WrongSignIn, sign_in
from carestation.accounts.facts import FactorsReset
from carestation.accounts.followers import tell_of_reset_factors
from carestation.accounts.models import FactorReset, Session, User
from carestation.accounts.queries.factors import factors_of
from carestation.accounts.queries.history import history_of
from carestation.accounts.queries.sessions import find_entry
from carestation.accounts.tasks import mail_factor_reset, mail_letter
from carestation.factlog.facts import fact_of
from carestation.factlog.models import LoggedFact
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible, TooMany
from carestation.kernel.ids import uuid7
from tests.accounts.people import (
    ADDRESS,
    BROWSER,
    PASSWORD,
    SECRET,
    SYSTEM,
    a_person,
    acting,
    clock_at,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=24)
PAGE = "/factors/lost/"


def a_link(user: User) -> str:
    return make_factor_link(user.pk, request_id=uuid7()).token


def acting_as(user: User) -> Actor:
    return Actor(user_id=user.pk, request_id=uuid7())


def has_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user).exists())


@pytest.mark.control("5.17")
def test_a_manager_starts_and_nothing_is_lost_before_the_owner_finishes(
    mailoutbox: list[EmailMessage],
) -> None:
    user = a_person(secret=SECRET)

    start_factor_reset(SYSTEM, user.pk)
    job = ProcrastinateJob.objects.get()
    mail_factor_reset(**job.args)

    assert job.args == {"user_id": str(user.pk)}
    assert has_factor(user)
    (letter,) = mailoutbox
    assert letter.to == [ADDRESS]
    found = re.search(r"/factors/lost/\?token=(\S+)", str(letter.body))
    assert found is not None
    finish_factor_reset(found[1], PASSWORD, BROWSER, request_id=uuid7())
    assert not has_factor(user)
    fact = LoggedFact.objects.get(kind="accounts.FactorResetStarted")
    assert (fact.actor_id, fact.object_id) == (SYSTEM.user_id, user.pk)


def test_every_factor_and_code_goes_and_every_session_ends() -> None:
    user = a_person(secret=SECRET)
    here = open_session(user.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7())
    renew_recovery_codes(acting(here))

    finish_factor_reset(a_link(user), PASSWORD, BROWSER, request_id=uuid7())

    assert not factors_of(acting(here)).has_any
    assert factors_of(acting(here)).recovery_codes_left == 0
    assert Session.objects.get().end_reason == EndReason.FACTORS_RESET
    again = find_entry(sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7()).token)
    assert again is not None
    assert again.standing is Standing.ENROLMENT_DUE


@pytest.mark.control("5.17")
def test_the_link_alone_is_not_enough_and_guessing_is_braked() -> None:
    user = a_person(secret=SECRET)
    token = a_link(user)

    for _ in range(5):
        with pytest.raises(WrongSignIn):
            finish_factor_reset(token, "wrong", BROWSER, request_id=uuid7())
    with pytest.raises(TooMany):
        finish_factor_reset(token, PASSWORD, BROWSER, request_id=uuid7())

    assert has_factor(user)
    assert {note.origin.address for note in history_of(acting_as(user))} == {BROWSER.address}


@pytest.mark.control("5.17")
def test_a_link_is_alive_for_a_day_to_the_second_and_works_once() -> None:
    user = a_person(secret=SECRET)
    token = a_link(user)
    made = FactorReset.objects.get().created_at

    with clock_at(made + DAY), pytest.raises(NotVisible):
        finish_factor_reset(token, PASSWORD, BROWSER, request_id=uuid7())
    with clock_at(made + DAY - timedelta(seconds=1)):
        finish_factor_reset(token, PASSWORD, BROWSER, request_id=uuid7())
        with pytest.raises(NotVisible):
            finish_factor_reset(token, PASSWORD, BROWSER, request_id=uuid7())

    assert not has_factor(user)


def test_a_newer_link_ends_the_older() -> None:
    user = a_person(secret=SECRET)
    older, newer = a_link(user), a_link(user)

    with pytest.raises(NotVisible):
        finish_factor_reset(older, PASSWORD, BROWSER, request_id=uuid7())
    finish_factor_reset(newer, PASSWORD, BROWSER, request_id=uuid7())

    assert not has_factor(user)


def test_an_ended_account_has_no_link() -> None:
    user = a_person(secret=SECRET)
    token = a_link(user)
    end_person(SYSTEM, user.pk)

    for act in (
        lambda: finish_factor_reset(token, PASSWORD, BROWSER, request_id=uuid7()),
        lambda: start_factor_reset(SYSTEM, user.pk),
        lambda: make_factor_link(user.pk, request_id=uuid7()),
    ):
        with pytest.raises(NotVisible):
            act()


def test_the_owner_is_told(mailoutbox: list[EmailMessage]) -> None:
    user = a_person(secret=SECRET)
    finish_factor_reset(a_link(user), PASSWORD, BROWSER, request_id=uuid7())
    row = LoggedFact.objects.filter(kind="accounts.FactorsReset").values().get()
    fact = fact_of({**row})
    assert isinstance(fact, FactorsReset)

    tell_of_reset_factors([fact])
    mail_letter(**ProcrastinateJob.objects.get().args)

    assert [one.subject.partition("］")[2] for one in mailoutbox] == [Letter.FACTORS_RESET.label]


def test_on_pages_the_owner_gives_up_what_is_lost(client: Client) -> None:
    user = a_person(secret=SECRET)
    token = a_link(user)

    looked = client.get(PAGE, {"token": token})
    wrong = client.post(PAGE, {"token": token, "password": "wrong"})
    right = client.post(PAGE, {"token": token, "password": PASSWORD})
    again = client.get(PAGE, {"token": token})

    assert (looked.status_code, wrong.status_code) == (200, 422)
    assert "パスワードが違います" in wrong.text
    assert right.headers["Location"] == f"{PAGE}done/"
    assert "2段階の確認が外れました" in client.get(f"{PAGE}done/").text
    assert again.status_code == 404
    assert "この案内は使えません" in again.text
    assert not has_factor(user)
