"""A session: opened, used, idle, opened again, over."""

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from carestation.accounts.choices import Device, EndReason, Proof, SessionKind, Standing
from carestation.accounts.commands.bindings import bind_person
from carestation.accounts.commands.devices import cut_off_others, cut_off_session
from carestation.accounts.commands.operators import begin_operator, end_operator
from carestation.accounts.commands.people import end_person
from carestation.accounts.commands.sessions import (
    OpenedSession,
    Where,
    keep_session_data,
    lock_session,
    open_session,
    reopen_session,
    sign_out,
    touch_session,
)
from carestation.accounts.models import Session, User
from carestation.accounts.queries.consoles import take_console_at_machine, take_first_console
from carestation.accounts.queries.devices import devices_of
from carestation.accounts.queries.sessions import find_entry
from carestation.accounts.rules import Binding
from carestation.factlog.models import LoggedFact
from carestation.kernel.errors import NotVisible
from carestation.kernel.ids import uuid7
from carestation.vault.scopes import bus_key
from carestation.vault.sealing import open_push
from tests.accounts.operating import OPERATOR_ADDRESS, a_console
from tests.accounts.people import (
    BROWSER,
    ELSEWHERE,
    SECRET,
    SYSTEM,
    a_person,
    acting,
    clock_at,
    clock_later,
)
from tests.accounts.twins import find_entry_twin

QUARTER = 15 * 60
HALF_DAY = 12 * 60 * 60
A_SECOND = timedelta(seconds=1)
pytestmark = pytest.mark.django_db


def a_session(user: User, where: Where = BROWSER, proof: Proof = Proof.TOTP) -> OpenedSession:
    return open_session(user.pk, where, proof=proof, request_id=uuid7())


def standing_of(opened: OpenedSession) -> Standing | None:
    entry = find_entry(opened.token)
    return entry.standing if entry else None


@pytest.mark.control("8.5")
def test_a_session_idles_after_a_quarter_of_an_hour_and_not_a_second_before() -> None:
    opened = a_session(a_person())
    over = Session.objects.get().last_used_at + timedelta(seconds=QUARTER)

    with clock_at(over - A_SECOND):
        before = standing_of(opened)
    with clock_at(over):
        after = standing_of(opened)

    assert (before, after) == (Standing.FULL, Standing.IDLE)


@pytest.mark.control("8.5")
def test_a_session_that_is_used_all_day_is_over_after_twelve_hours() -> None:
    opened = a_session(a_person())
    over = Session.objects.get().created_at + timedelta(seconds=HALF_DAY)

    for seconds in range(0, HALF_DAY, 600):
        with clock_later(seconds):
            touch_session(opened.session_id)
    with clock_at(over - A_SECOND):
        before = standing_of(opened)
    with clock_at(over):
        after = standing_of(opened)

    assert (before, after) == (Standing.FULL, None)


def test_a_session_on_a_shared_device_idles_sooner() -> None:
    shared = Where(kind=SessionKind.BROWSER, device=Device.COMPUTER, is_shared=True)
    opened = a_session(a_person(), shared)

    with clock_later(301):
        assert standing_of(opened) is Standing.IDLE


@pytest.mark.control("8.5")
def test_what_was_asked_before_the_screen_was_covered_does_not_uncover_it() -> None:
    opened = a_session(a_person())
    with clock_later(120):
        lock_session(acting(opened))

        touch_session(opened.session_id)

        assert standing_of(opened) is Standing.IDLE


def test_a_program_has_no_screen_and_does_not_idle() -> None:
    opened = a_session(a_person(), Where(kind=SessionKind.PROGRAM, device=Device.PROGRAM))

    with clock_later(HALF_DAY - 1):
        assert standing_of(opened) is Standing.FULL


def test_an_idle_session_goes_on_where_it_was_under_a_new_token() -> None:
    opened = a_session(a_person())

    with clock_later(QUARTER + 1):
        again = reopen_session(acting(opened), Proof.PASSWORD)

        assert again.session_id == opened.session_id
        assert (standing_of(opened), standing_of(again)) == (None, Standing.FULL)


def test_a_covered_screen_is_idle_at_once() -> None:
    opened = a_session(a_person())

    lock_session(acting(opened))

    assert standing_of(opened) is Standing.IDLE


def test_use_is_written_down_once_a_minute() -> None:
    opened = a_session(a_person())

    at_once = find_entry(opened.token)
    with clock_later(61):
        later = find_entry(opened.token)

    assert at_once is not None
    assert later is not None
    assert (at_once.is_due, later.is_due) == (False, True)


def test_a_session_left_before_its_second_step_is_over_when_it_idles() -> None:
    user = a_person(secret=SECRET)
    half = open_session(user.pk, BROWSER, proof=Proof.PASSWORD, request_id=uuid7(), is_half=True)

    assert standing_of(half) is Standing.CODE_DUE
    with clock_later(QUARTER + 1):
        assert standing_of(half) is None


def test_a_professional_without_a_second_factor_owes_its_enrolment() -> None:
    nurse = a_person()
    daughter = a_person("mori@example.jp", is_professional=False)

    assert standing_of(a_session(nurse, proof=Proof.PASSWORD)) is Standing.ENROLMENT_DUE
    assert standing_of(a_session(daughter, proof=Proof.PASSWORD)) is Standing.FULL


def test_an_operator_owes_a_second_factor_while_they_are_one() -> None:
    user = a_person(is_professional=False)
    opened = a_session(user, proof=Proof.PASSWORD)

    begin_operator(a_console(), user.pk)
    while_one = find_entry(opened.token)
    end_operator(take_console_at_machine(OPERATOR_ADDRESS), user.pk)

    assert while_one is not None
    assert while_one.is_operator
    assert while_one.standing is Standing.ENROLMENT_DUE
    assert standing_of(opened) is Standing.FULL


@pytest.mark.control("5.17")
def test_the_token_is_not_in_the_table() -> None:
    opened = a_session(a_person())

    row = Session.objects.values_list().get()

    assert len(opened.token) >= 43
    assert not any(opened.token.encode() in bytes(str(value), "utf-8") for value in row)


def test_signing_out_ends_this_session_alone_and_is_a_fact() -> None:
    user = a_person()
    here, there = a_session(user), a_session(user, ELSEWHERE)

    sign_out(acting(here))

    assert (standing_of(here), standing_of(there)) == (None, Standing.FULL)
    fact = LoggedFact.objects.get(kind="accounts.SignedOut")
    assert (fact.actor_id, fact.object_id) == (user.pk, here.session_id)
    with pytest.raises(NotVisible):
        sign_out(acting(here))


def test_one_device_is_cut_off_from_another() -> None:
    user = a_person()
    here, lost = a_session(user), a_session(user, ELSEWHERE)

    cut_off_session(acting(here), lost.session_id)

    assert (standing_of(here), standing_of(lost)) == (Standing.FULL, None)
    fact = LoggedFact.objects.get(kind="accounts.SessionEnded")
    assert fact.object_id == lost.session_id
    assert json.loads(json.dumps(fact.detail))["reason"] == EndReason.CUT_OFF.value


def test_nobody_cuts_off_the_devices_of_others() -> None:
    mine, theirs = a_session(a_person()), a_session(a_person("other@example.jp"))

    with pytest.raises(NotVisible):
        cut_off_session(acting(mine), theirs.session_id)

    assert standing_of(theirs) is Standing.FULL


def test_all_other_devices_are_cut_off_at_once() -> None:
    user = a_person()
    here, *others = (a_session(user) for _ in range(4))

    assert cut_off_others(acting(here)) == 3

    assert [standing_of(one) for one in others] == [None] * 3
    assert standing_of(here) is Standing.FULL


def test_an_ended_account_has_no_sessions() -> None:
    user = a_person()
    opened = a_session(user)

    end_person(SYSTEM, user.pk)

    assert standing_of(opened) is None


def test_the_end_of_a_session_is_told_to_its_streams(
    django_capture_on_commit_callbacks: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bytes] = []
    monkeypatch.setattr("carestation.accounts.commands.sessions.tell_live", told.append)
    opened = a_session(a_person())

    sign_out(acting(opened))

    push = open_push(told[0], bus_key())
    assert (push.kind, push.ended_session_id) == ("session", opened.session_id)


def test_a_covered_screen_ends_its_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[bytes] = []
    monkeypatch.setattr("carestation.accounts.commands.sessions.tell_live", told.append)
    opened = a_session(a_person())

    lock_session(acting(opened))

    assert open_push(told[0], bus_key()).ended_session_id == opened.session_id


def test_the_owner_sees_where_they_are_signed_in_this_device_first() -> None:
    user = a_person()
    here, _ = a_session(user), a_session(user, ELSEWHERE)
    with clock_later(60):
        touch_session(Session.objects.exclude(pk=here.session_id).get().pk)

    first, second = devices_of(acting(here))

    assert (first.is_this, first.origin.device) == (True, Device.PHONE)
    assert (first.origin.address, first.is_unusual) == ("192.0.2.7", False)
    assert (second.is_this, second.origin.device) == (False, Device.COMPUTER)
    assert second.is_unusual


def test_what_is_put_aside_ends_with_the_session() -> None:
    user = a_person()
    opened = a_session(user)
    keep_session_data(user.pk, opened.session_id, '{"a": 1}')

    sign_out(acting(opened))

    assert Session.objects.get().data_sealed is None


class TestTheHotStatement(TestCase):
    @settings(max_examples=30, deadline=None)
    @given(
        is_professional=st.booleans(),
        is_operator=st.booleans(),
        has_factor=st.booleans(),
        bound=st.sampled_from([None, True, False]),
        proof=st.sampled_from([Proof.PASSWORD, Proof.TOTP, Proof.PASSKEY]),
        end=st.sampled_from(["", "session", "person"]),
        seconds=st.sampled_from([0, 59, 61, QUARTER - 1, QUARTER + 1, HALF_DAY - 1, HALF_DAY + 1]),
    )
    def test_and_its_twin_agree(
        self,
        *,
        is_professional: bool,
        is_operator: bool,
        has_factor: bool,
        bound: bool | None,
        proof: Proof,
        end: str,
        seconds: int,
    ) -> None:
        user = a_person(
            f"{uuid7()}@example.jp",
            is_professional=is_professional,
            secret=SECRET if has_factor else "",
        )
        if is_operator:
            begin_operator(take_first_console(), user.pk)
        if bound is not None:
            bind_person(SYSTEM, user.pk, Binding(second_factor=bound))
        opened = a_session(user, proof=proof)
        if end == "session":
            sign_out(acting(opened))
        elif end == "person":
            end_person(SYSTEM, user.pk)

        with clock_later(seconds):
            assert find_entry(opened.token) == find_entry_twin(opened.token)
