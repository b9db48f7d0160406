"""Many at once: one wins, and nobody slips past a brake."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from unittest import mock

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, connection, transaction

from carestation.accounts.choices import Proof, RegistrationPurpose
from carestation.accounts.commands.addresses import (
    ask_address_change,
    confirm_address,
    make_address_link,
)
from carestation.accounts.commands.bindings import bind_person
from carestation.accounts.commands.factor_resets import finish_factor_reset, make_factor_link
from carestation.accounts.commands.factors import (
    enrol_totp,
    fresh_secret,
    keep_factor,
    remove_factor,
    renew_recovery_codes,
)
from carestation.accounts.commands.passwords import (
    change_password,
    make_reset_link,
    reset_password,
)
from carestation.accounts.commands.registrations import (
    PersonDraft,
    begin_registration,
    claim_registration,
    make_registration_link,
    register_claimed,
)
from carestation.accounts.commands.sessions import OpenedSession, open_session
from carestation.accounts.commands.sign_in import sign_in, sign_in_program, take_second_step
from carestation.accounts.models import AddressChange, PasswordReset, Registration, Session, User
from carestation.accounts.queries.factors import TOTP, factors_of
from carestation.accounts.queries.people import email_index
from carestation.accounts.rules import Binding
from carestation.kernel.actor import Actor
from carestation.kernel.errors import CareError
from carestation.kernel.ids import uuid7
from carestation.kernel.sql import row_of
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

FOUND = RegistrationPurpose.FOUND_FACILITY
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count: int, act: Callable[[int], object]) -> list[object]:
    """Let many act in the same moment; return what each got, or by what it was refused."""
    barrier = Barrier(count)

    def one(number: int) -> object:
        try:
            barrier.wait()
            return act(number)
        except CareError as error:
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def won(results: list[object]) -> int:
    return sum(not isinstance(result, str) for result in results)


@pytest.mark.control("8.5")
def test_of_sixteen_with_the_same_code_one_is_in() -> None:
    user = a_person(secret=SECRET)
    halves = [
        open_session(user.pk, BROWSER, proof=Proof.PASSWORD, request_id=uuid7(), is_half=True)
        for _ in range(16)
    ]
    code = code_now()

    results = at_once(16, lambda number: take_second_step(acting(halves[number]), code))

    assert won(results) == 1
    assert Session.objects.exclude(second_factor_at=None).count() == 1
    # Behind the brake too, which so many tries at once may have met.
    with clock_later(16 * 60):
        last = open_session(
            user.pk, BROWSER, proof=Proof.PASSWORD, request_id=uuid7(), is_half=True
        )
        assert take_second_step(acting(last), code_now()).token


def by_browser(password: str) -> OpenedSession:
    return sign_in(ADDRESS, password, BROWSER, request_id=uuid7())


def test_two_who_sign_in_at_once_where_the_hash_is_of_another_cost_are_both_in() -> None:
    with mock.patch("tests.hashers.QuickArgon2.time_cost", 2):
        user = a_person(is_professional=False)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=user.pk)
            entering = pool.submit(at_once, 2, lambda _: by_browser(PASSWORD))
            wait_until_someone_waits(2)
        entered = entering.result(timeout=30)

    assert won(entered) == 2
    assert by_browser(PASSWORD).token


def by_program(password: str) -> OpenedSession:
    return sign_in_program(ADDRESS, password, "", BROWSER, request_id=uuid7())


@pytest.mark.control("5.17")
@pytest.mark.parametrize("enter", [by_browser, by_program])
@pytest.mark.parametrize("cost", [1, 2], ids=["hash of today", "hash of another cost"])
def test_who_signs_in_while_the_password_changes_is_not_let_in_by_the_former_one(
    enter: Callable[[str], OpenedSession], cost: int
) -> None:
    with mock.patch("tests.hashers.QuickArgon2.time_cost", cost):
        user = a_person(is_professional=False)
    link = make_reset_link(email_index(ADDRESS), request_id=uuid7())
    assert link is not None

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=user.pk)
            entering = pool.submit(at_once, 1, lambda _: enter(PASSWORD))
            wait_until_someone_waits()
            reset_password(link.token, "tsuki-to-hoshi-no-yoru", request_id=uuid7())
        [entered] = entering.result(timeout=30)

    assert entered == "WrongSignIn"
    assert not Session.objects.filter(ended_at=None).exists()
    assert enter("tsuki-to-hoshi-no-yoru").token


def by_change(actor: Actor, token: str) -> None:
    change_password(actor, PASSWORD, "yoru-no-kawa-no-hotaru")


def by_factor_link(actor: Actor, token: str) -> None:
    finish_factor_reset(token, PASSWORD, BROWSER, request_id=uuid7())


@pytest.mark.control("5.17")
@pytest.mark.parametrize("act", [by_change, by_factor_link])
def test_who_shows_the_former_password_while_it_is_reset_changes_nothing(
    act: Callable[[Actor, str], None],
) -> None:
    user = a_person(secret=SECRET)
    actor = acting(open_session(user.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7()))
    token = make_factor_link(user.pk, request_id=uuid7()).token
    link = make_reset_link(email_index(ADDRESS), request_id=uuid7())
    assert link is not None

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=user.pk)
            changing = pool.submit(at_once, 1, lambda _: act(actor, token))
            wait_until_someone_waits()
            reset_password(link.token, "tsuki-to-hoshi-no-yoru", request_id=uuid7())
        [changed] = changing.result(timeout=30)

    assert changed == "WrongSignIn"
    assert User.objects.get().check_password("tsuki-to-hoshi-no-yoru")
    assert Authenticator.objects.filter(type=TOTP).exists()


def told_meanwhile(act: Callable[[], object], change: Callable[[], object]) -> object:
    """Let someone act in the moment in which a change is not committed yet; return what they got.

    They stand before a lock until it is.
    """
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            change()
            acting = pool.submit(at_once, 1, lambda _: act())
            wait_until_someone_waits()
        [told] = acting.result(timeout=30)
    return told


def wait_until_someone_waits(how_many: int = 1) -> None:
    """Wait until so many other transactions stand before a lock."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        row = row_of("SELECT count(DISTINCT pid) AS waiting FROM pg_locks WHERE NOT granted", {})
        if row and row["waiting"] >= how_many:
            return
    raise AssertionError("nobody waits")


def test_of_sixteen_with_the_same_recovery_code_one_is_in() -> None:
    user = a_person(secret=SECRET)
    halves = [
        open_session(user.pk, BROWSER, proof=Proof.PASSWORD, request_id=uuid7(), is_half=True)
        for _ in range(16)
    ]
    code = renew_recovery_codes(acting(halves[0]))[0]

    results = at_once(16, lambda number: take_second_step(acting(halves[number]), code))

    assert won(results) == 1


@pytest.mark.control("5.17")
def test_of_sixteen_with_the_same_link_one_sets_the_password() -> None:
    a_person()
    link = make_reset_link(email_index(ADDRESS), request_id=uuid7())
    assert link is not None
    token = link.token
    done: list[int] = []

    def reset(number: int) -> object:
        reset_password(token, f"tsuki-to-hoshi-no-yoru-{number}", request_id=uuid7())
        done.append(number)
        return number

    results = at_once(16, reset)

    assert won(results) == 1
    assert User.objects.get().check_password(f"tsuki-to-hoshi-no-yoru-{done[0]}")


@pytest.mark.control("5.17")
def test_of_sixteen_with_the_same_registration_link_one_becomes_a_person() -> None:
    registration = begin_registration(
        None, ADDRESS, FOUND, subject_id=uuid7(), page="accounts:reset", request_id=uuid7()
    )
    link = make_registration_link(registration.pk, request_id=uuid7())
    assert link is not None
    token = link.token

    @transaction.atomic
    def complete(number: int) -> object:
        draft = PersonDraft(name=f"林 {number}", kana="はやし", password="tsuki-to-hoshi-no-yoru")
        claimed = claim_registration(token, FOUND)
        return register_claimed(claimed, draft, is_professional=True, request_id=uuid7())

    results = at_once(16, complete)

    assert won(results) == 1
    assert results.count("NotVisible") == 15
    assert User.objects.count() == 1


def test_of_sixteen_registrations_asked_at_once_one_is_open() -> None:
    subject = uuid7()

    at_once(
        16,
        lambda _: begin_registration(
            None, ADDRESS, FOUND, subject_id=subject, page="accounts:reset", request_id=uuid7()
        ),
    )

    assert Registration.objects.unused().count() == 1


@pytest.mark.control("5.17")
def test_of_sixteen_with_the_same_link_one_gives_up_the_lost_factors() -> None:
    user = a_person(secret=SECRET)
    token = make_factor_link(user.pk, request_id=uuid7()).token

    def finish(_: int) -> object:
        finish_factor_reset(token, PASSWORD, BROWSER, request_id=uuid7())
        return True

    results = at_once(16, finish)

    assert won(results) == 1
    assert not Authenticator.objects.exists()


@pytest.mark.control("5.17")
def test_of_sixteen_with_the_same_link_one_gets_the_new_address() -> None:
    user = a_person()
    sessions = [
        acting(open_session(user.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7()))
        for _ in range(16)
    ]
    ask_address_change(sessions[0], "new@example.jp")
    link = make_address_link(AddressChange.objects.get().pk)
    assert link is not None
    token = link.token

    def confirm(number: int) -> object:
        confirm_address(sessions[number], token)
        return True

    results = at_once(16, confirm)

    assert won(results) == 1
    assert User.objects.get().email_index == email_index("new@example.jp")


def test_of_two_who_want_the_same_address_at_once_one_gets_it() -> None:
    tokens = []
    for number in range(2):
        user = a_person(f"{number}@example.jp")
        actor = acting(open_session(user.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7()))
        ask_address_change(actor, "new@example.jp")
        link = make_address_link(AddressChange.objects.latest("id").pk)
        assert link is not None
        tokens.append((actor, link.token))

    def confirm(number: int) -> object:
        try:
            confirm_address(*tokens[number])
        except IntegrityError:
            return "Conflict"
        return True

    assert won(at_once(2, confirm)) == 1


def test_no_session_slips_past_a_rule_that_takes_hold_in_the_same_moment() -> None:
    user = a_person()
    strict = Binding(idle_minutes=5, absolute_hours=1)

    def act(number: int) -> object:
        if number == 0:
            return bind_person(SYSTEM, user.pk, strict)
        return open_session(user.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7())

    at_once(9, act)

    assert {one.idle_seconds for one in Session.objects.all()} == {300}


def test_of_many_links_asked_at_once_one_is_open() -> None:
    a_person()

    at_once(8, lambda _: make_reset_link(email_index(ADDRESS), request_id=uuid7()))

    assert PasswordReset.objects.filter(used_at=None, replaced_at=None).count() == 1


@pytest.mark.control("8.5")
def test_of_sixteen_guesses_at_once_five_are_looked_at() -> None:
    a_person()

    results = at_once(16, lambda _: sign_in(ADDRESS, "wrong", BROWSER, request_id=uuid7()))

    assert sorted(map(str, results)) == ["TooMany"] * 11 + ["WrongSignIn"] * 5


def test_of_two_who_remove_the_last_two_factors_one_is_refused() -> None:
    user = a_person(secret=SECRET)
    actor = acting(open_session(user.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7()))
    keep_factor(user.pk, "webauthn", '{"name": "x"}')
    ids = list(Authenticator.objects.values_list("pk", flat=True))

    results = at_once(2, lambda number: remove_factor(actor, ids[number]))

    assert sorted(map(str, results)) == ["None", "Refused"]
    assert factors_of(actor).has_any


def test_many_who_sign_in_at_once_are_all_in() -> None:
    people = [a_person(f"{number}@example.jp", is_professional=False) for number in range(8)]

    results = at_once(
        8, lambda n: sign_in(f"{n}@example.jp", PASSWORD, BROWSER, request_id=uuid7())
    )

    assert won(results) == len(people)


def test_an_app_that_is_taken_up_twice_at_once_is_one() -> None:
    user, secret = a_person(), fresh_secret()
    sessions = [
        open_session(user.pk, BROWSER, proof=Proof.PASSWORD, request_id=uuid7()) for _ in range(4)
    ]

    at_once(4, lambda number: enrol_totp(acting(sessions[number]), secret, code_now(secret)))

    assert Authenticator.objects.filter(type="totp").count() == 1
    assert Authenticator.objects.filter(type="recovery_codes").count() == 1
