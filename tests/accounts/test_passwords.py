"""New passwords: what is taken, one's own, and by a link."""

import re
from datetime import timedelta
from typing import TypeVar

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from procrastinate.contrib.django.models import ProcrastinateJob

from carestation.accounts.choices import Proof, Standing, Weakness
from carestation.accounts.commands.passwords import (
    WeakPassword,
    ask_reset,
    change_password,
    make_reset_link,
    require_strength,
    reset_password,
)
from carestation.accounts.commands.people import end_person
from carestation.accounts.commands.sessions import OpenedSession, Where, open_session
from carestation.accounts.commands.sign_in import WrongSignIn, sign_in
from carestation.accounts.facts import PasswordChanged, SignedIn
from carestation.accounts.followers import tell_of_new_device, tell_of_password
from carestation.accounts.models import PasswordReset, User
from carestation.accounts.queries.links import is_open_link
from carestation.accounts.queries.people import email_index
from carestation.accounts.queries.sessions import find_entry
from carestation.accounts.tasks import mail_letter, mail_reset_link
from carestation.factlog.commands import FOLLOWERS
from carestation.factlog.facts import Fact, fact_of
from carestation.factlog.models import LoggedFact
from carestation.kernel.errors import NotVisible, TooMany
from carestation.kernel.ids import uuid7
from tests.accounts.people import (
    ADDRESS,
    BROWSER,
    ELSEWHERE,
    PASSWORD,
    SECRET,
    SYSTEM,
    a_person,
    acting,
    clock_at,
)

F = TypeVar("F", bound=Fact)
NEW = "tsuki-to-hoshi-no-yoru"
pytestmark = pytest.mark.django_db


def signed_in(user: User, proof: Proof = Proof.TOTP) -> OpenedSession:
    return open_session(user.pk, BROWSER, proof=proof, request_id=uuid7())


def a_link(address: str = ADDRESS) -> str:
    link = make_reset_link(email_index(address), request_id=uuid7())
    assert link is not None
    return link.token


def facts_of(kind: str, cls: type[F]) -> list[F]:
    rows = LoggedFact.objects.filter(kind=kind).order_by("id").values()
    return [fact for fact in (fact_of({**row}) for row in rows) if isinstance(fact, cls)]


def weakness(user: User, password: str) -> str:
    with pytest.raises(WeakPassword) as refused:
        require_strength(user, password)
    return refused.value.reason


@pytest.mark.control("5.17")
def test_a_password_has_fifteen_characters_or_eight_beside_a_factor() -> None:
    alone, with_factor = a_person(), a_person("b@example.jp", secret=SECRET)

    assert weakness(alone, "kaze-to-hana-m") == Weakness.SHORT
    require_strength(alone, "kaze-to-hana-mi")
    assert weakness(with_factor, "kaze-to") == Weakness.SHORT
    require_strength(with_factor, "kaze-tos")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("password1", Weakness.COMMON),
        ("aaaaaaaaaaaaaaaaaaaa", Weakness.COMMON),
        ("hayashi-no-kaze-2026", Weakness.OWN),
        ("xx-はやしの-さくらxx-さくら", Weakness.OWN),
        ("x" * 1_001, Weakness.LONG),
    ],
)
def test_what_is_easily_guessed_is_not_taken(password: str, why: Weakness) -> None:
    user = a_person(secret=SECRET)

    assert weakness(user, password) == why


def test_a_passphrase_with_spaces_and_kanji_is_taken() -> None:
    require_strength(a_person(), "春の 川を わたる 小さな舟と月")


def test_a_new_password_ends_the_sessions_elsewhere_and_is_told() -> None:
    user = a_person(secret=SECRET)
    here, there = signed_in(user), signed_in(user)

    change_password(acting(here), PASSWORD, NEW)

    assert find_entry(there.token) is None
    assert find_entry(here.token) is not None
    with pytest.raises(WrongSignIn):
        sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())
    assert sign_in(ADDRESS, NEW, BROWSER, request_id=uuid7()).token
    assert LoggedFact.objects.get(kind="accounts.PasswordChanged").detail == {"by_link": False}


def test_a_new_password_wants_the_old_one() -> None:
    here = signed_in(a_person(secret=SECRET))

    with pytest.raises(WrongSignIn):
        change_password(acting(here), "wrong", NEW)


def test_a_weak_new_password_changes_nothing() -> None:
    user = a_person(secret=SECRET)
    here, there = signed_in(user), signed_in(user)

    with pytest.raises(WeakPassword):
        change_password(acting(here), PASSWORD, "short")

    assert find_entry(there.token) is not None


@pytest.mark.control("5.17")
def test_asking_for_a_link_leaves_the_same_for_everyone() -> None:
    a_person()

    for address in (ADDRESS, "nobody@example.jp"):
        ask_reset(address, ELSEWHERE, request_id=uuid7())

    known, unknown = ProcrastinateJob.objects.order_by("id").values_list("task_name", "args")
    assert known[0] == unknown[0]
    assert [len(args["index"]) for _, args in (known, unknown)] == [64, 64]
    assert LoggedFact.objects.filter(kind="accounts.PasswordResetAsked").count() == 2


def test_a_network_that_asks_for_many_links_is_braked() -> None:
    for number in range(20):
        ask_reset(f"{number}@example.jp", BROWSER, request_id=uuid7())

    with pytest.raises(TooMany):
        ask_reset(ADDRESS, BROWSER, request_id=uuid7())


def test_the_link_comes_by_mail_and_leads_to_this_site(mailoutbox: list[EmailMessage]) -> None:
    a_person()

    mail_reset_link(index=email_index(ADDRESS).hex())

    (letter,) = mailoutbox
    body = str(letter.body)
    assert letter.subject == "［ケアステーション］パスワードの再設定"
    assert letter.to == [ADDRESS]
    found = re.search(rf"{re.escape(settings.SITE_URL)}/password/new/\?token=(\S+)", body)
    assert found is not None
    assert is_open_link(found[1])
    assert "林" not in body


def test_nobody_gets_no_mail(mailoutbox: list[EmailMessage]) -> None:
    mail_reset_link(index=email_index("nobody@example.jp").hex())

    assert mailoutbox == []


def test_a_mailbox_is_not_flooded(mailoutbox: list[EmailMessage]) -> None:
    a_person()

    for _ in range(6):
        mail_reset_link(index=email_index(ADDRESS).hex())

    assert len(mailoutbox) == 3


@pytest.mark.control("5.17")
def test_a_link_lasts_an_hour_and_not_a_second_longer() -> None:
    a_person()
    token = a_link()
    over = PasswordReset.objects.get().created_at + timedelta(hours=1)

    with clock_at(over - timedelta(seconds=1)):
        before = is_open_link(token)
    with clock_at(over):
        after = is_open_link(token)
        with pytest.raises(NotVisible):
            reset_password(token, NEW, request_id=uuid7())

    assert (before, after) == (True, False)


def test_a_link_works_once_and_ends_every_session() -> None:
    opened, token = signed_in(a_person()), a_link()

    reset_password(token, NEW, request_id=uuid7())

    assert find_entry(opened.token) is None
    with pytest.raises(NotVisible):
        reset_password(token, "another-long-password", request_id=uuid7())
    assert sign_in(ADDRESS, NEW, BROWSER, request_id=uuid7()).token


def test_a_newer_link_ends_the_older() -> None:
    a_person()
    older, newer = a_link(), a_link()

    assert (is_open_link(older), is_open_link(newer)) == (False, True)
    with pytest.raises(NotVisible):
        reset_password(older, NEW, request_id=uuid7())


def test_a_weak_password_leaves_the_link_open() -> None:
    a_person()
    token = a_link()

    with pytest.raises(WeakPassword):
        reset_password(token, "short", request_id=uuid7())

    assert is_open_link(token)


def test_a_link_does_not_do_without_the_second_factor() -> None:
    a_person(secret=SECRET)
    reset_password(a_link(), NEW, request_id=uuid7())

    half = sign_in(ADDRESS, NEW, BROWSER, request_id=uuid7())

    entry = find_entry(half.token)
    assert entry is not None
    assert entry.standing is Standing.CODE_DUE


def test_an_ended_account_has_no_link() -> None:
    user = a_person()
    token = a_link()
    end_person(SYSTEM, user.pk)

    assert not is_open_link(token)
    assert make_reset_link(email_index(ADDRESS), request_id=uuid7()) is None


def test_the_token_of_a_link_is_not_in_the_table() -> None:
    a_person()
    token = a_link()

    row = PasswordReset.objects.values_list().get()

    assert len(token) >= 43
    assert not any(token in str(value) for value in row)


def test_the_owner_is_told_of_a_new_password(mailoutbox: list[EmailMessage]) -> None:
    user = a_person()
    change_password(acting(signed_in(user)), PASSWORD, NEW)

    tell_of_password(facts_of("accounts.PasswordChanged", PasswordChanged))
    job = ProcrastinateJob.objects.get()
    mail_letter(**job.args)

    (letter,) = mailoutbox
    assert job.args == {"user_id": str(user.pk), "letter": "password_changed"}
    assert letter.subject == "［ケアステーション］パスワードが変わりました"
    assert f"{settings.SITE_URL}/account/" in str(letter.body)


def test_the_owner_is_told_of_a_new_device_alone() -> None:
    user = a_person(secret=SECRET)
    for agent in ("Firefox/1", "Firefox/2", "Mobile Safari/1"):
        where = Where(kind=BROWSER.kind, device=BROWSER.device, agent=agent)
        open_session(user.pk, where, proof=Proof.TOTP, request_id=uuid7())

    tell_of_new_device(facts_of("accounts.SignedIn", SignedIn))

    assert [job.args["letter"] for job in ProcrastinateJob.objects.all()] == ["new_device"]


def test_the_followers_of_accounts_are_registered() -> None:
    assert "carestation.accounts.followers.tell_of_password" in FOLLOWERS
