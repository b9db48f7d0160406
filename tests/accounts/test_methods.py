"""Ways of signing in come and go: no longer offered first, and ended at last (claim 114)."""

import pytest
from django.test import Client

from carestation.accounts.choices import Method, Offer, Proof
from carestation.accounts.commands.factors import enrol_totp, fresh_secret, spend_code
from carestation.accounts.commands.passkeys import begin_registration, register_passkey
from carestation.accounts.commands.sessions import open_session
from carestation.accounts.models import User
from carestation.accounts.queries.factors import factors_of
from carestation.accounts.rules import OFFERS, may_take_up, may_use
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Refused
from carestation.kernel.ids import uuid7
from tests.accounts.authenticator import SoftPasskey
from tests.accounts.people import BROWSER, SECRET, a_person, acting, code_now
from tests.accounts.signing_in import sign_in_client

pytestmark = pytest.mark.django_db


def an_actor(user: User) -> Actor:
    return acting(open_session(user.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7()))


@pytest.mark.control("8.5")
def test_every_method_has_its_state_and_two_second_factors_are_offered() -> None:
    assert set(OFFERS) == set(Method)
    assert may_take_up(Method.TOTP)
    assert may_take_up(Method.PASSKEY)


@pytest.mark.control("8.5")
def test_client_certificates_are_ended_for_everyone() -> None:
    assert OFFERS[Method.CLIENT_CERTIFICATE] is Offer.ENDED
    assert not may_take_up(Method.CLIENT_CERTIFICATE)
    assert not may_use(Method.CLIENT_CERTIFICATE)


@pytest.mark.control("8.5")
@pytest.mark.parametrize("offer", [Offer.EXISTING, Offer.ENDED])
def test_what_is_not_offered_is_not_taken_up(
    client: Client, monkeypatch: pytest.MonkeyPatch, offer: Offer
) -> None:
    user = a_person()
    actor, secret, passkey = an_actor(user), fresh_secret(), SoftPasskey()
    challenge = begin_registration(actor)
    for method in (Method.TOTP, Method.PASSKEY):
        monkeypatch.setitem(OFFERS, method, offer)
    sign_in_client(client, user)

    with pytest.raises(Refused):
        enrol_totp(actor, secret, code_now(secret))
    with pytest.raises(Refused):
        register_passkey(actor, "電話", challenge.state, passkey.make(challenge.options))

    assert not factors_of(actor).has_any
    page = client.get("/account/").text
    assert "認証アプリを設定する" not in page
    assert "パスキーを登録する" not in page


@pytest.mark.control("8.5")
def test_who_has_a_method_that_is_no_longer_offered_goes_on_with_the_same_strength(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user = a_person(secret=SECRET)
    monkeypatch.setitem(OFFERS, Method.TOTP, Offer.EXISTING)
    secret = fresh_secret()

    assert spend_code(user.pk, code_now(), request_id=uuid7()) is Proof.TOTP
    assert factors_of(an_actor(user)).may_set_up_app
    assert enrol_totp(an_actor(user), secret, code_now(secret)).opened.token


def test_an_ended_method_lets_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    user = a_person(secret=SECRET)
    monkeypatch.setitem(OFFERS, Method.TOTP, Offer.ENDED)

    assert spend_code(user.pk, code_now(), request_id=uuid7()) is None
