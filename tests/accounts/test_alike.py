"""Who asks cannot tell who has an account: the same words, status and work for everyone."""

import re
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carestation.accounts.choices import Proof, RegistrationPurpose
from carestation.accounts.commands.addresses import ask_address_change
from carestation.accounts.commands.registrations import begin_registration
from carestation.accounts.commands.sessions import open_session
from carestation.factlog.models import LoggedFact
from carestation.kernel.ids import uuid7
from carestation.vault.scopes import operator_bundle
from tests.accounts.people import ADDRESS, BROWSER, a_person, acting

pytestmark = pytest.mark.django_db
NOBODY = "nobody@tsukimizaka.example"
Asking = Callable[[str], object]


def statements(ask: Asking, address: str) -> list[str]:
    """Return what the database was asked, by kind and table: values and savepoints apart."""
    with CaptureQueriesContext(connection) as captured:
        ask(address)
    said = (str(one["sql"]) for one in captured.captured_queries)
    return [_shape(one) for one in said if "SAVEPOINT" not in one]


def _shape(statement: str) -> str:
    words = statement.split()
    table = re.search(r"(?:FROM|INTO|UPDATE)\s+\"?(\w+)", statement)
    return f"{words[0]} {table[1] if table else ''}"


def answer(path: str, **more: str) -> Callable[[str], tuple[int, str, str]]:
    """Return a way to ask on a page, and what a stranger gets to see of it."""

    def ask(address: str) -> tuple[int, str, str]:
        client = Client()
        got = client.post(path, {"email": address} | more)
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", got.text)
        return got.status_code, got.headers.get("Location", ""), text.replace(address, "…")

    return ask


PAGES = {
    "sign-in": answer("/sign-in/", password="wrong"),
    "reset": answer("/password/forgotten/"),
}


def register(address: str) -> object:
    return begin_registration(
        None,
        address,
        RegistrationPurpose.FOUND_FACILITY,
        subject_id=uuid7(),
        page="accounts:reset",
        request_id=uuid7(),
    )


@pytest.mark.control("5.17")
@pytest.mark.parametrize("page", PAGES)
def test_a_page_answers_a_known_and_an_unknown_address_alike(page: str) -> None:
    a_person()

    assert PAGES[page](ADDRESS) == PAGES[page](NOBODY)


@pytest.mark.control("5.17")
@pytest.mark.parametrize("asking", [*PAGES.values(), register], ids=[*PAGES, "registration"])
def test_a_known_and_an_unknown_address_are_the_same_work(asking: Asking) -> None:
    a_person()
    operator_bundle()
    asking("first@example.jp")

    known, unknown = statements(asking, ADDRESS), statements(asking, NOBODY)

    assert known == unknown
    assert len(known) >= 2


def test_a_wish_for_a_taken_address_is_the_same_work_as_for_a_free_one() -> None:
    user, _ = a_person(), a_person("taken@example.jp")
    actor = acting(open_session(user.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7()))
    ask_address_change(actor, "first@example.jp")

    taken, free = (
        statements(partial(ask_address_change, actor), f"{word}@example.jp")
        for word in ("taken", "free")
    )

    assert taken == free


@pytest.mark.control("8.15")
def test_the_log_says_the_same_of_both_where_nobody_is_to_know() -> None:
    a_person()

    for address in (ADDRESS, NOBODY):
        PAGES["reset"](address)
        register(address)

    for kind in ("accounts.PasswordResetAsked", "accounts.RegistrationBegan"):
        facts = LoggedFact.objects.filter(kind=kind).values_list("actor_id", "detail")
        assert len(facts) == 2
        assert facts[0] == facts[1]


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "Host"])
def test_no_header_chooses_where_a_link_leads(client: Client, header: str) -> None:
    got = client.post("/password/forgotten/", {"email": ADDRESS}, headers={header: "evil.example"})

    assert "evil.example" not in got.text
    assert "evil.example" not in got.headers.get("Location", "")
    assert got.headers.get("Location", "/").startswith("/")
