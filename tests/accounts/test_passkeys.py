"""Passkeys: made, shown, and refused when anything does not fit."""

import json
import time
from collections.abc import Callable
from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carestation.accounts.choices import Proof, Standing
from carestation.accounts.commands.passkeys import (
    Challenge,
    WrongPasskey,
    begin_registration,
    begin_showing,
    pass_with_passkey,
    register_passkey,
    sign_in_with_passkey,
)
from carestation.accounts.commands.people import end_person
from carestation.accounts.commands.sessions import OpenedSession, open_session
from carestation.accounts.models import Brake, User
from carestation.accounts.queries.factors import factors_of
from carestation.accounts.queries.sessions import find_entry
from carestation.factlog.models import LoggedFact
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Refused
from carestation.kernel.ids import uuid7
from tests.accounts.authenticator import SoftPasskey, coded
from tests.accounts.people import BROWSER, SYSTEM, a_person, acting

pytestmark = pytest.mark.django_db


def an_actor(user: User, proof: Proof = Proof.PASSWORD) -> Actor:
    return acting(open_session(user.pk, BROWSER, proof=proof, request_id=uuid7()))


def enrol(user: User, passkey: SoftPasskey, name: str = "自分のスマートフォン") -> OpenedSession:
    actor = an_actor(user)
    asked = begin_registration(actor)
    return register_passkey(actor, name, asked.state, passkey.make(asked.options)).opened


def sign_in_by(passkey: SoftPasskey) -> OpenedSession:
    asked = begin_showing()
    return sign_in_with_passkey(
        asked.state, passkey.show(asked.options), BROWSER, request_id=uuid7()
    )


def test_a_professional_is_in_after_making_a_passkey() -> None:
    user, passkey = a_person(), SoftPasskey()

    opened = enrol(user, passkey)

    entry = find_entry(opened.token)
    assert entry is not None
    assert entry.standing is Standing.FULL
    factors = factors_of(acting(opened))
    assert [one.name for one in factors.passkeys] == ["自分のスマートフォン"]
    assert factors.recovery_codes_left == 10


@pytest.mark.control("8.5")
def test_a_passkey_alone_is_both_steps() -> None:
    user, passkey = a_person(), SoftPasskey()
    enrol(user, passkey)

    opened = sign_in_by(passkey)

    entry = find_entry(opened.token)
    assert entry is not None
    assert (entry.user_id, entry.standing) == (user.pk, Standing.FULL)
    assert LoggedFact.objects.filter(kind="accounts.SignedIn").last().detail["proof"] == "passkey"  # type: ignore[union-attr]  # it is there


def test_a_passkey_is_the_second_step_and_opens_an_idle_session() -> None:
    user, passkey = a_person(), SoftPasskey()
    enrol(user, passkey)
    for is_half in (True, False):
        half = open_session(
            user.pk, BROWSER, proof=Proof.PASSWORD, request_id=uuid7(), is_half=is_half
        )
        asked = begin_showing(user.pk)

        opened = pass_with_passkey(
            acting(half), asked.state, passkey.show(asked.options), is_half=is_half
        )

        entry = find_entry(opened.token)
        assert entry is not None
        assert entry.standing is Standing.FULL


@pytest.mark.control("8.5")
def test_an_answer_works_once() -> None:
    passkey = SoftPasskey()
    enrol(a_person(), passkey)
    asked = begin_showing()
    answer = passkey.show(asked.options)

    sign_in_with_passkey(asked.state, answer, BROWSER, request_id=uuid7())
    with pytest.raises(WrongPasskey):
        sign_in_with_passkey(asked.state, answer, BROWSER, request_id=uuid7())


def sign_in_with(asked: Challenge, answer: str) -> object:
    return sign_in_with_passkey(asked.state, answer, BROWSER, request_id=uuid7())


@pytest.mark.control("8.5")
def test_a_challenge_is_spent_by_a_wrong_answer_too() -> None:
    user, passkey = a_person(), SoftPasskey()
    opened = enrol(user, passkey)
    actor, wrong = acting(opened), SoftPasskey()
    wrong.id, wrong.holder = passkey.id, passkey.holder
    alone, second, made = begin_showing(), begin_showing(user.pk), begin_registration(actor)
    asked: list[tuple[Callable[[str], object], str, str]] = [
        (partial(sign_in_with, alone), wrong.show(alone.options), passkey.show(alone.options)),
        (
            lambda answer: pass_with_passkey(actor, second.state, answer, is_half=False),
            wrong.show(second.options),
            passkey.show(second.options),
        ),
        (
            lambda answer: register_passkey(actor, "x", made.state, answer),
            "{}",
            SoftPasskey().make(made.options),
        ),
    ]
    for use, bad, good in asked:
        for answer in (bad, good):
            with pytest.raises(WrongPasskey):
                use(answer)


def test_a_challenge_is_answered_within_five_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    passkey = SoftPasskey()
    enrol(a_person(), passkey)
    asked = begin_showing()
    answer = passkey.show(asked.options)
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 301)

    with pytest.raises(WrongPasskey):
        sign_in_with_passkey(asked.state, answer, BROWSER, request_id=uuid7())


SPOILT: dict[str, Callable[[SoftPasskey], None]] = {
    "another site": lambda passkey: setattr(passkey, "origin", "https://testserver.evil.example"),
    "no verification": lambda passkey: setattr(passkey, "is_verified", False),
    "another key": lambda passkey: setattr(passkey, "key", SoftPasskey().key),
    "an unknown id": lambda passkey: setattr(passkey, "id", b"x" * 32),
    "someone else's handle": lambda passkey: setattr(passkey, "holder", uuid7().bytes),
    "no handle": lambda passkey: setattr(passkey, "holder", b""),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_what_does_not_fit_is_one_answer(spoil: Callable[[SoftPasskey], None]) -> None:
    passkey = SoftPasskey()
    enrol(a_person(), passkey)
    spoil(passkey)

    with pytest.raises(WrongPasskey):
        sign_in_by(passkey)

    assert LoggedFact.objects.filter(kind="accounts.SignInRefused").count() == 1


def test_a_copied_passkey_is_found_by_its_count() -> None:
    passkey = SoftPasskey(signs=1)
    enrol(a_person(), passkey)
    passkey.signs = 5
    sign_in_by(passkey)

    with pytest.raises(WrongPasskey):
        sign_in_by(passkey)
    passkey.signs = 6
    assert sign_in_by(passkey).token


def test_a_passkey_is_no_proof_for_someone_else() -> None:
    mine, theirs = SoftPasskey(), SoftPasskey()
    me, other = a_person(), a_person("other@example.jp")
    enrol(me, mine)
    enrol(other, theirs)
    actor = an_actor(other)
    asked = begin_showing(other.pk)

    with pytest.raises(WrongPasskey):
        pass_with_passkey(actor, asked.state, mine.show(asked.options), is_half=False)


def test_a_challenge_for_one_person_is_none_for_another() -> None:
    passkey = SoftPasskey()
    user = a_person()
    enrol(user, passkey)
    asked = begin_showing(user.pk)

    with pytest.raises(WrongPasskey):
        sign_in_with_passkey(asked.state, passkey.show(asked.options), BROWSER, request_id=uuid7())


def test_an_ended_account_has_no_passkey() -> None:
    user, passkey = a_person(), SoftPasskey()
    enrol(user, passkey)
    end_person(SYSTEM, user.pk)

    with pytest.raises(WrongPasskey):
        sign_in_by(passkey)


def test_nobody_makes_more_than_ten() -> None:
    user = a_person()
    for _ in range(10):
        enrol(user, SoftPasskey())

    with pytest.raises(Refused):
        enrol(user, SoftPasskey())


def test_the_name_and_the_key_are_sealed() -> None:
    passkey = SoftPasskey()
    enrol(a_person(), passkey, name="金糸雀")

    kept = json.dumps(Authenticator.objects.get(type="webauthn").data, ensure_ascii=False)

    assert "金糸雀" not in kept
    assert "credential" not in kept


@pytest.mark.parametrize("answer", ["[" * 20_000, '{"response":' * 3_000, "{}", "null", "1e999"])
def test_deep_and_empty_answers_are_wrong(answer: str) -> None:
    asked = begin_showing()

    with pytest.raises(WrongPasskey):
        sign_in_with_passkey(asked.state, answer, BROWSER, request_id=uuid7())


@pytest.mark.parametrize("made", [b"", b"\xa0", b"\x81" * 5_000, b"\xbf", b"\xa1" * 99])
def test_a_strange_attestation_is_wrong(made: bytes) -> None:
    actor = an_actor(a_person())
    asked = begin_registration(actor)
    answer = json.loads(SoftPasskey().make(asked.options))
    answer["response"]["attestationObject"] = coded(made)

    with pytest.raises(WrongPasskey):
        register_passkey(actor, "x", asked.state, json.dumps(answer))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    answer=st.one_of(
        st.text(max_size=50),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        [
                            "id",
                            "rawId",
                            "response",
                            "userHandle",
                            "clientDataJSON",
                            "type",
                            "signature",
                            "authenticatorData",
                        ]
                    ),
                    inner,
                    max_size=6,
                )
            ),
            max_leaves=12,
        ).map(json.dumps),
    )
)
def test_hostile_answers_are_wrong_and_never_a_fault(answer: str, db: None) -> None:
    asked = begin_showing()
    Brake.objects.all().delete()

    with pytest.raises(WrongPasskey):
        sign_in_with_passkey(asked.state, answer, BROWSER, request_id=uuid7())
