"""Who may take a console: an operator, by a passkey, and only while they are one."""

import pytest
from django.test import Client

from carestation.accounts.choices import Proof
from carestation.accounts.commands.operators import begin_operator, end_operator
from carestation.accounts.commands.passkeys import begin_registration, register_passkey
from carestation.accounts.commands.sessions import open_session, reopen_session, sign_out
from carestation.accounts.queries.consoles import (
    operators,
    take_console,
    take_console_at_machine,
    take_first_console,
)
from carestation.accounts.queries.sessions import find_entry
from carestation.factlog.models import LoggedFact
from carestation.kernel.actor import Actor
from carestation.kernel.errors import Conflict, DomainError, NotVisible, Refused
from carestation.kernel.ids import uuid7
from carestation.vault.models import OPERATOR
from config import appointing
from tests.accounts.authenticator import SoftPasskey
from tests.accounts.operating import OPERATOR_ADDRESS, a_console, an_operator
from tests.accounts.people import BROWSER, a_person, acting, clock_later
from tests.accounts.signing_in import sign_in_client
from tests.accounts.test_races import at_once

pytestmark = pytest.mark.django_db
CONSOLE = "/console/"


@pytest.mark.control("8.2")
def test_an_operator_takes_a_console_by_a_passkey_and_by_nothing_else() -> None:
    user = an_operator()
    by = {
        proof: acting(open_session(user.pk, BROWSER, proof=proof, request_id=uuid7()))
        for proof in Proof
    }

    assert take_console(by.pop(Proof.PASSKEY)).actor.user_id == user.pk
    for actor in by.values():
        with pytest.raises(Refused, match="passkey"):
            take_console(actor)


@pytest.mark.control("8.2")
@pytest.mark.parametrize("later", [Proof.PASSWORD, Proof.TOTP, Proof.RECOVERY_CODE])
def test_a_later_proof_by_something_weaker_voids_the_passkey(later: Proof) -> None:
    actor = a_console().actor

    opened = reopen_session(actor, later)

    entry = find_entry(opened.token)
    assert entry is not None
    assert entry.proof == later
    with pytest.raises(Refused, match="passkey"):
        take_console(actor)
    reopen_session(actor, Proof.PASSKEY)
    assert take_console(actor).actor == actor


@pytest.mark.control("8.2")
def test_nobody_else_finds_a_console_and_no_former_operator() -> None:
    console = a_console()
    nurse = a_person()
    signed_in = acting(open_session(nurse.pk, BROWSER, proof=Proof.PASSKEY, request_id=uuid7()))
    without_session = Actor(user_id=console.actor.user_id, request_id=uuid7())
    begin_operator(console, nurse.pk)
    assert take_console(signed_in).actor == signed_in

    end_operator(console, nurse.pk)
    sign_out(console.actor)

    for actor in (signed_in, without_session, console.actor):
        with pytest.raises(NotVisible):
            take_console(actor)


@pytest.mark.control("8.2")
def test_the_gate_leads_an_operator_to_a_passkey_and_nobody_else() -> None:
    user, client, nurse = an_operator(), Client(), Client()
    actor = acting(sign_in_client(client, user))
    sign_in_client(nurse, a_person())

    without = client.get(CONSOLE)
    asked = begin_registration(actor)
    register_passkey(actor, "電話", asked.state, SoftPasskey().make(asked.options))
    sign_in_client(client, user)
    with_one = client.get(CONSOLE)

    assert without["Location"] == "/account/passkeys/new/?next=%2Fconsole%2F"
    assert with_one["Location"] == "/sign-in/code/passkey/?next=%2Fconsole%2F"
    assert nurse.get(CONSOLE).status_code == 404


@pytest.mark.control("8.5")
def test_what_changes_something_wants_a_passkey_shown_within_ten_minutes() -> None:
    user, client = an_operator(), Client()
    sign_in_client(client, user, proof=Proof.PASSKEY)
    page = f"/console/facilities/{uuid7()}/freeze/"

    with clock_later(599):
        young = client.post(page)
    with clock_later(600):
        old, looking = client.post(page), client.get(CONSOLE)

    assert young.status_code == 404
    assert old["Location"].startswith("/account/passkeys/new/")
    assert looking.status_code == 200


@pytest.mark.control("8.2")
def test_the_first_operator_is_appointed_at_the_machine_and_the_next_by_an_operator() -> None:
    link = appointing.appoint(
        appointing.first_console(), OPERATOR_ADDRESS, name="千草 航", kana="ちぐさ わたる"
    )

    with pytest.raises(SystemExit, match="Say who you are"):
        appointing.first_console()
    console = appointing.console_of(OPERATOR_ADDRESS)
    nurse = a_person()
    assert appointing.appoint(console, "hayashi@tsukimizaka.example", name="", kana="") == ""

    assert "/password/new/?token=" in link
    assert [one.name for one in operators(console)] == ["千草 航", "林 さくら"]
    told = LoggedFact.objects.filter(kind="accounts.OperatorBegan").order_by("id")
    assert [fact.actor_id for fact in told] == [OPERATOR, console.actor.user_id]
    assert told.last() is not None
    assert take_console_at_machine("hayashi@tsukimizaka.example").actor.user_id == nurse.pk


@pytest.mark.control("8.2")
def test_whoever_does_not_operate_appoints_nobody_at_the_machine() -> None:
    an_operator()
    a_person()

    with pytest.raises(SystemExit, match="does not work for the provider"):
        appointing.console_of("hayashi@tsukimizaka.example")
    with pytest.raises(SystemExit, match="has no account"):
        appointing.appoint(
            appointing.console_of(OPERATOR_ADDRESS), "new@example.org", name="", kana=""
        )
    with pytest.raises(NotVisible):
        take_first_console()


@pytest.mark.control("8.2")
def test_the_last_operator_stays_and_nobody_is_appointed_twice() -> None:
    console = a_console()

    with pytest.raises(DomainError, match="last_operator"):
        end_operator(console, console.actor.user_id)
    with pytest.raises(SystemExit, match="Nobody would be left"):
        appointing.dismiss(console, OPERATOR_ADDRESS)
    with pytest.raises(Conflict, match="operates"):
        begin_operator(console, console.actor.user_id)
    with pytest.raises(SystemExit, match="already"):
        appointing.appoint(console, OPERATOR_ADDRESS, name="", kana="")


@pytest.mark.django_db(transaction=True)
@pytest.mark.control("8.2")
def test_of_operators_who_end_each_other_at_once_one_is_left() -> None:
    console = a_console()
    second = a_person()
    begin_operator(console, second.pk)
    ends = [second.pk, console.actor.user_id] * 4

    results = at_once(8, lambda number: end_operator(console, ends[number]))

    assert results.count(None) == 1
    assert len(operators(console)) == 1


@pytest.mark.control("8.2")
def test_who_operates_sees_when_the_others_were_last_there() -> None:
    console = a_console()
    begin_operator(console, a_person().pk)

    one, other = operators(console)

    assert one.last_used_at is not None
    assert other.last_used_at is None
