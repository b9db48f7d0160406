"""Second factors: taken up, spent once, removed but for the last."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from carestation.accounts.choices import Proof, Standing
from carestation.accounts.commands.factors import (
    SpentCode,
    enrol_totp,
    fresh_secret,
    give_fixed_secret,
    remove_factor,
    renew_recovery_codes,
    spend_code,
)
from carestation.accounts.commands.sessions import OpenedSession, open_session
from carestation.accounts.models import User
from carestation.accounts.queries.factors import factors_of
from carestation.accounts.queries.sessions import find_entry
from carestation.accounts.rules import fresh_recovery_code, matching_step
from carestation.factlog.models import LoggedFact
from carestation.kernel.errors import DomainError, NotVisible, Refused
from carestation.kernel.ids import uuid7
from tests.accounts.people import BROWSER, SECRET, a_person, acting, clock_later, code_now

pytestmark = pytest.mark.django_db
STEP = timedelta(seconds=30)


def signed_in(user: User) -> OpenedSession:
    return open_session(user.pk, BROWSER, proof=Proof.PASSWORD, request_id=uuid7())


def spend(user: User, code: str) -> Proof | None:
    try:
        return spend_code(user.pk, code, request_id=uuid7())
    except SpentCode:
        return None


@pytest.mark.control("8.5")
def test_a_code_of_the_app_works_once() -> None:
    user = a_person(secret=SECRET)

    assert [spend(user, code_now()), spend(user, code_now())] == [Proof.TOTP, None]


@pytest.mark.control("8.5")
def test_a_spent_code_stays_spent_as_long_as_it_would_be_right() -> None:
    user = a_person(secret=SECRET)
    with clock_later(0):
        ahead = code_now(later=STEP)
        assert spend(user, ahead) is Proof.TOTP

    for seconds in (31, 59):
        with clock_later(seconds):
            assert spend(user, ahead) is None


@pytest.mark.parametrize(
    ("steps", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_the_clock_of_a_telephone_may_be_a_step_off(steps: int, *, is_taken: bool) -> None:
    user = a_person(secret=SECRET)

    with clock_later(0):
        assert bool(spend(user, code_now(later=steps * STEP))) is is_taken


def test_an_older_code_does_not_work_after_a_newer_one() -> None:
    user = a_person(secret=SECRET)

    with clock_later(0):
        assert spend(user, code_now())
        assert spend(user, code_now(later=-STEP)) is None


def test_a_code_is_read_however_a_telephone_types_it() -> None:
    user = a_person(secret=SECRET)
    code = code_now()
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)

    assert spend(user, f" {wide[:3]} {wide[3:]}　") is Proof.TOTP


@given(st.text(max_size=200))
def test_nothing_else_is_a_code(text: str) -> None:
    if text.strip().isdigit():
        return
    assert matching_step(SECRET, text, at=timezone.now()) is None


def test_a_professional_is_in_after_taking_up_an_app() -> None:
    opened, secret = signed_in(a_person()), fresh_secret()

    taken = enrol_totp(acting(opened), secret, code_now(secret))

    entry = find_entry(taken.opened.token)
    assert entry is not None
    assert entry.standing is Standing.FULL
    assert find_entry(opened.token) is None
    assert len(set(taken.recovery_codes)) == 10
    kinds = set(LoggedFact.objects.values_list("kind", flat=True))
    assert {"accounts.SecondFactorEnrolled", "accounts.RecoveryCodesMade"} <= kinds


def test_an_app_that_shows_another_code_is_not_taken_up() -> None:
    opened = signed_in(a_person())

    with pytest.raises(DomainError):
        enrol_totp(acting(opened), fresh_secret(), "000000")

    assert not Authenticator.objects.exists()


def test_the_code_of_the_enrolment_is_spent() -> None:
    user, secret = a_person(), fresh_secret()
    with clock_later(0):
        enrol_totp(acting(signed_in(user)), secret, code_now(secret))

        assert spend(user, code_now(secret)) is None


def test_a_new_app_replaces_the_old_one() -> None:
    user, secret = a_person(secret=SECRET), fresh_secret()

    enrol_totp(acting(signed_in(user)), secret, code_now(secret))

    with clock_later(31):
        assert spend(user, code_now(SECRET)) is None
        assert spend(user, code_now(secret)) is Proof.TOTP


def test_a_recovery_code_works_once_however_it_is_typed() -> None:
    user = a_person(secret=SECRET)
    codes = renew_recovery_codes(acting(signed_in(user)))
    typed = codes[3].lower().replace("-", " ")

    assert [spend(user, typed), spend(user, typed)] == [Proof.RECOVERY_CODE, None]

    used = LoggedFact.objects.get(kind="accounts.RecoveryCodeUsed")
    assert used.detail == {"left": 9}
    assert spend(user, codes[4]) is Proof.RECOVERY_CODE


def test_new_recovery_codes_make_the_old_ones_void() -> None:
    user = a_person(secret=SECRET)
    actor = acting(signed_in(user))
    old = renew_recovery_codes(actor)

    new = renew_recovery_codes(actor)

    assert spend(user, old[0]) is None
    assert spend(user, new[0]) is Proof.RECOVERY_CODE


def test_recovery_codes_do_not_work_for_others() -> None:
    user, other = a_person(secret=SECRET), a_person("other@example.jp", secret=SECRET)
    codes = renew_recovery_codes(acting(signed_in(user)))
    renew_recovery_codes(acting(signed_in(other)))

    assert spend(other, codes[0]) is None


def test_without_a_factor_there_are_no_recovery_codes() -> None:
    with pytest.raises(Refused):
        renew_recovery_codes(acting(signed_in(a_person())))


@pytest.mark.control("8.2")
def test_a_professional_keeps_the_last_factor() -> None:
    user = a_person(secret=SECRET)
    actor = acting(signed_in(user))
    totp = factors_of(actor).totp
    assert totp is not None

    with pytest.raises(Refused) as refused:
        remove_factor(actor, totp.id)

    assert refused.value.reason == "last_factor"
    assert spend(user, code_now()) is Proof.TOTP


def test_the_family_may_do_without() -> None:
    user = a_person(is_professional=False, secret=SECRET)
    actor = acting(signed_in(user))
    renew_recovery_codes(actor)
    totp = factors_of(actor).totp
    assert totp is not None

    remove_factor(actor, totp.id)

    assert not Authenticator.objects.exists()
    assert LoggedFact.objects.filter(kind="accounts.SecondFactorRemoved").exists()


def test_nobody_removes_the_factors_of_others() -> None:
    a_person(is_professional=False, secret=SECRET)
    stranger = acting(signed_in(a_person("other@example.jp", is_professional=False)))

    with pytest.raises(NotVisible):
        remove_factor(stranger, Authenticator.objects.get().pk)


def test_a_fixed_secret_is_for_the_demo_alone() -> None:
    user = a_person()

    with override_settings(IS_PRODUCTION=True), pytest.raises(Refused):
        give_fixed_secret(user.pk, SECRET)


def test_recovery_codes_hold_no_letters_that_look_alike() -> None:
    letters = set("".join(fresh_recovery_code() for _ in range(200)))

    assert not letters & set("01IOAEU")
