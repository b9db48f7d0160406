"""What the rules of facilities ask of a person: when it takes hold, and what it can never do."""

from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from carestation.accounts.choices import Device, EndReason, Proof, SessionKind, Standing
from carestation.accounts.commands.bindings import bind_person
from carestation.accounts.commands.factors import remove_factor
from carestation.accounts.commands.passwords import WeakPassword, require_strength
from carestation.accounts.commands.sessions import OpenedSession, Where, open_session
from carestation.accounts.models import PersonBinding, Session, User
from carestation.accounts.queries.bindings import binding_of, must_have_factor
from carestation.accounts.queries.factors import factors_of
from carestation.accounts.queries.sessions import find_entry
from carestation.accounts.rules import Binding, shortest_password
from carestation.factlog.models import LoggedFact
from carestation.kernel.errors import DomainError, NotVisible
from carestation.kernel.ids import uuid7
from tests.accounts.people import BROWSER, SECRET, SYSTEM, a_person, acting, clock_later
from tests.accounts.signing_in import sign_in_client

pytestmark = pytest.mark.django_db
HOUR = 60 * 60
PROGRAM = Where(kind=SessionKind.PROGRAM, device=Device.PROGRAM)
SHARED = Where(kind=SessionKind.BROWSER, device=Device.COMPUTER, is_shared=True)


def opened(user: User, where: Where = BROWSER, proof: Proof = Proof.TOTP) -> OpenedSession:
    return open_session(user.pk, where, proof=proof, request_id=uuid7())


def standing(one: OpenedSession) -> Standing | None:
    entry = find_entry(one.token)
    return entry.standing if entry else None


def terms(one: OpenedSession) -> tuple[int, timedelta]:
    row = Session.objects.get(pk=one.session_id)
    return row.idle_seconds, row.expires_at - row.created_at


@pytest.mark.control("8.5")
def test_a_session_that_opens_later_obeys() -> None:
    user = a_person()

    bind_person(SYSTEM, user.pk, Binding(idle_minutes=30, absolute_hours=8))

    assert terms(opened(user)) == (30 * 60, timedelta(hours=8))
    assert terms(opened(user, SHARED)) == (5 * 60, timedelta(hours=8))
    assert terms(opened(user, PROGRAM)) == (8 * HOUR, timedelta(hours=8))


@pytest.mark.control("8.5")
def test_an_open_session_is_shortened_and_never_lengthened() -> None:
    user = a_person()
    one = opened(user)

    bind_person(SYSTEM, user.pk, Binding(idle_minutes=60, absolute_hours=24))
    wider = terms(one)
    bind_person(SYSTEM, user.pk, Binding(idle_minutes=5, absolute_hours=2))

    assert wider == (15 * 60, timedelta(hours=12))
    assert terms(one) == (5 * 60, timedelta(hours=2))


def test_pages_and_programs_are_told_what_binds(client: Client) -> None:
    user = a_person()
    bind_person(SYSTEM, user.pk, Binding(idle_minutes=5, absolute_hours=8))
    sign_in_client(client, user)
    program = {"Authorization": f"Bearer {opened(user, PROGRAM).token}"}

    me = Client().get("/api/v1/me", headers=program).json()

    assert '<cs-idle minutes="5"' in client.get("/account/").text
    assert me["policies"]["session_seconds"] == 8 * HOUR


def test_a_session_past_its_new_last_hour_ends_and_says_why() -> None:
    user = a_person()
    old = opened(user)

    with clock_later(3 * HOUR):
        young = opened(user)
        bind_person(SYSTEM, user.pk, Binding(absolute_hours=3))

        assert (standing(old), standing(young)) == (None, Standing.FULL)
    assert Session.objects.get(pk=old.session_id).end_reason == EndReason.RULES_CHANGED
    assert LoggedFact.objects.filter(kind="accounts.SessionEnded").count() == 1


def test_a_program_does_not_idle_by_the_rule_for_screens() -> None:
    user = a_person()
    program = opened(user, PROGRAM)

    bind_person(SYSTEM, user.pk, Binding(idle_minutes=5))

    with clock_later(2 * HOUR):
        assert standing(program) is Standing.FULL


@pytest.mark.control("8.2")
def test_a_second_factor_is_a_must_from_the_next_request_on() -> None:
    user = a_person(is_professional=False)
    one = opened(user, proof=Proof.PASSWORD)

    before = standing(one)
    bind_person(SYSTEM, user.pk, Binding(second_factor=True))
    while_bound = (standing(one), must_have_factor(user))
    bind_person(SYSTEM, user.pk, Binding(second_factor=False))

    assert before is Standing.FULL
    assert while_bound == (Standing.ENROLMENT_DUE, True)
    assert (standing(one), must_have_factor(user)) == (Standing.FULL, False)


def test_where_no_factor_is_asked_for_the_last_one_may_go() -> None:
    user = a_person(secret=SECRET)
    actor = acting(opened(user))
    bind_person(SYSTEM, user.pk, Binding(second_factor=False))
    own = factors_of(actor)
    assert own.totp is not None

    remove_factor(actor, own.totp.id)

    assert not factors_of(actor).has_any


@given(asked=st.integers(0, 100), has_factor=st.booleans())
def test_the_floor_of_passwords_cannot_be_undercut(*, asked: int, has_factor: bool) -> None:
    shortest = shortest_password(has_factor=has_factor, asked=asked)

    assert shortest == max(asked, 8 if has_factor else 15)


@pytest.mark.control("5.17")
def test_a_password_is_as_long_as_the_facility_asks_and_holds_none_of_its_names() -> None:
    user = a_person(secret=SECRET)
    binding = Binding(shortest_password=12, facility_words=("みなづき訪問看護", "Harukaze"))
    bind_person(SYSTEM, user.pk, binding)

    for weak in ("kaze-to-han", "みなづき訪問看護の朝と夕", "no-harukaze-2026"):
        with pytest.raises(WeakPassword):
            require_strength(user, weak)
    require_strength(user, "kaze-to-hana")


def test_a_binding_is_one_fact_and_the_same_again_is_none() -> None:
    user = a_person()
    binding = Binding(idle_minutes=10, facility_words=("みなづき訪問看護",))

    news = [bind_person(SYSTEM, user.pk, binding) for _ in range(2)]

    assert news == [True, False]
    assert binding_of(user) == binding
    fact = LoggedFact.objects.get(kind="accounts.PersonBound")
    assert (fact.actor_id, fact.object_id) == (SYSTEM.user_id, user.pk)
    assert fact.detail["idle_minutes"] == 10
    assert "みなづき".encode() not in bytes(PersonBinding.objects.get().words_sealed)


@pytest.mark.parametrize(
    "binding",
    [
        Binding(idle_minutes=4),
        Binding(idle_minutes=61),
        Binding(absolute_hours=0),
        Binding(absolute_hours=25),
        Binding(shortest_password=7),
        Binding(shortest_password=65),
    ],
)
def test_nobody_is_bound_by_what_cannot_be_asked(binding: Binding) -> None:
    user = a_person()

    with pytest.raises(DomainError):
        bind_person(SYSTEM, user.pk, binding)

    assert not PersonBinding.objects.exists()


def test_who_is_not_there_is_not_bound() -> None:
    with pytest.raises(NotVisible):
        bind_person(SYSTEM, uuid7(), Binding())
