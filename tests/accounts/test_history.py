"""One's own sign-ins and profile, as their owner sees them."""

import pytest
from django.test import Client

from carestation.accounts.choices import Device, Network, Proof, RefusalReason, SessionKind
from carestation.accounts.commands.people import change_profile, end_person
from carestation.accounts.commands.refusals import forget_refusals
from carestation.accounts.commands.sessions import Where, open_session
from carestation.accounts.commands.sign_in import (
    WrongCode,
    WrongSignIn,
    reopen_with_password,
    sign_in,
    sign_in_program,
    take_second_step,
)
from carestation.accounts.models import RefusedSignIn, User
from carestation.accounts.queries.devices import devices_of
from carestation.accounts.queries.history import SHOWN, history_of
from carestation.accounts.queries.people import read_person
from carestation.accounts.rules import kind_of_network
from carestation.factlog.models import LoggedFact
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.kernel.ids import uuid7
from tests.accounts.people import (
    ADDRESS,
    BROWSER,
    PASSWORD,
    SECRET,
    SYSTEM,
    a_person,
    acting,
    clock_later,
    code_now,
)
from tests.accounts.signing_in import sign_in_client

pytestmark = pytest.mark.django_db
FIREFOX = Where(
    kind=SessionKind.BROWSER,
    device=Device.COMPUTER,
    agent="Mozilla/5.0 (X11; Linux) Firefox/140",
    address="203.0.113.5",
)


def me(user: User) -> Actor:
    return Actor(user_id=user.pk, request_id=uuid7())


@pytest.mark.control("8.15")
def test_the_owner_sees_who_came_in_and_who_was_refused_newest_first() -> None:
    user = a_person(secret=SECRET)
    with pytest.raises(WrongSignIn):
        sign_in(ADDRESS, "wrong", FIREFOX, request_id=uuid7())
    half = sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())
    with pytest.raises(WrongCode):
        take_second_step(acting(half), "000000")
    take_second_step(acting(half), code_now())

    notes = history_of(me(user))

    assert [note.refused for note in notes] == [RefusalReason.CODE, None, RefusalReason.PASSWORD]
    code, entered, password = notes
    assert (password.origin.device, password.origin.browser) == (Device.COMPUTER, "Firefox")
    assert password.origin.address == "203.0.113.5"
    assert code.origin == entered.origin
    assert entered.is_proven


def test_nobody_sees_the_sign_ins_of_others() -> None:
    a_person()
    other = a_person("other@example.jp")
    sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())
    for address in (ADDRESS, "nobody@example.jp"):
        with pytest.raises(WrongSignIn):
            sign_in(address, "wrong", BROWSER, request_id=uuid7())

    assert history_of(me(other)) == []
    assert RefusedSignIn.objects.count() == 2


def test_a_network_that_was_never_seen_before_is_marked() -> None:
    user = a_person()
    for where in (BROWSER, BROWSER, FIREFOX, FIREFOX):
        open_session(user.pk, where, proof=Proof.TOTP, request_id=uuid7())
    here = open_session(user.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7())

    notes = history_of(acting(here))

    assert [note.is_unusual for note in reversed(notes)] == [False, False, True, False, False]
    assert sum(one.is_unusual for one in devices_of(acting(here))) == 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("8.8.8.8", Network.INTERNET),
        ("2606:4700::1111", Network.INTERNET),
        ("192.168.0.7", Network.LOCAL),
        ("100.64.0.1", Network.LOCAL),
        ("::1", Network.LOCAL),
        ("", Network.UNKNOWN),
        ("nonsense", Network.UNKNOWN),
    ],
)
def test_a_place_is_a_kind_of_network(address: str, network: Network) -> None:
    assert kind_of_network(address) is network


def test_a_program_and_a_wrong_proof_are_in_the_history_too() -> None:
    user = a_person(is_professional=False)
    program = Where(kind=SessionKind.PROGRAM, device=Device.PROGRAM)
    opened = sign_in_program(ADDRESS, PASSWORD, "", program, request_id=uuid7())
    with pytest.raises(WrongSignIn):
        reopen_with_password(acting(opened), "wrong")

    refused, entered = history_of(me(user))

    assert refused.refused is RefusalReason.PASSWORD
    assert refused.origin.device is entered.origin.device is Device.PROGRAM


def test_the_history_is_a_page_long_and_refusals_are_forgotten_after_ninety_days() -> None:
    user = a_person()
    for _ in range(SHOWN + 2):
        open_session(user.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7())
    here = open_session(user.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7())
    with pytest.raises(WrongSignIn):
        sign_in(ADDRESS, "wrong", BROWSER, request_id=uuid7())

    assert len(history_of(acting(here))) == SHOWN
    with clock_later(89 * 86_400):
        assert forget_refusals() == 0
    with clock_later(91 * 86_400):
        assert forget_refusals() == 1
    assert LoggedFact.objects.filter(kind="accounts.SignInRefused").count() == 1


def test_from_where_is_sealed() -> None:
    a_person()
    with pytest.raises(WrongSignIn):
        sign_in(ADDRESS, "wrong", FIREFOX, request_id=uuid7())

    sealed = bytes(RefusedSignIn.objects.get().where_sealed or b"")

    assert sealed
    assert b"203.0.113.5" not in sealed
    assert b"Firefox" not in sealed


def test_the_page_says_it_in_words(client: Client) -> None:
    user = a_person(secret=SECRET)
    with pytest.raises(WrongSignIn):
        sign_in(ADDRESS, "wrong", FIREFOX, request_id=uuid7())
    sign_in_client(client, user)

    page = client.get("/account/history/").text

    assert "断られました：メールアドレスかパスワードの違い" in page
    assert "パソコン（Firefox）" in page
    assert "2段階の確認あり" in page


@pytest.mark.control("5.16")
def test_a_new_name_is_a_fact_without_the_name_and_the_same_again_is_none(client: Client) -> None:
    user = a_person()
    sign_in_client(client, user)

    answers = [
        client.post("/account/profile/", {"name": " 森　さくら ", "kana": "モリ ｻｸﾗ"})
        for _ in range(2)
    ]

    assert [one.status_code for one in answers] == [302, 302]
    person = read_person(User.objects.get(), None)
    assert (person.name, person.kana) == ("森　さくら", "もり さくら")
    fact = LoggedFact.objects.get(kind="accounts.ProfileChanged")
    assert (fact.actor_id, fact.object_id, fact.detail) == (user.pk, user.pk, {})
    assert "お名前を保存しました" in client.get("/account/").text


@pytest.mark.parametrize("name", ["", "   ", "森\x07", "森" * 61])
def test_a_name_that_is_none_stays_in_the_form(client: Client, name: str) -> None:
    sign_in_client(client, a_person())

    page = client.post("/account/profile/", {"name": name, "kana": "もり"})

    assert page.status_code == 422
    assert 'value="もり"' in page.text


def test_who_has_left_has_no_profile() -> None:
    user = a_person()
    end_person(SYSTEM, user.pk)

    with pytest.raises(NotVisible):
        change_profile(me(user), name="森", kana="もり")
