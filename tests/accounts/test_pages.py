"""The pages of one's own account, and passkeys on pages, without a browser."""

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from carestation.accounts import followers
from carestation.accounts.choices import Device, Letter, Proof, Purpose
from carestation.accounts.commands.brakes import brake, forget_brakes
from carestation.accounts.commands.operators import begin_operator, end_operator
from carestation.accounts.commands.people import NewPerson, end_person, register_person
from carestation.accounts.commands.sessions import lock_session, open_session
from carestation.accounts.gate.adapter import FactorAdapter
from carestation.accounts.gate.middleware import GateMiddleware
from carestation.accounts.gate.store import SessionStore
from carestation.accounts.gate.where import network_address
from carestation.accounts.models import Brake, Session, User
from carestation.accounts.queries.consoles import take_first_console
from carestation.accounts.rules import browser_of, device_of
from carestation.accounts.tasks import forget_old_brakes, mail_letter
from carestation.factlog.commands import FOLLOWERS
from carestation.factlog.facts import fact_of
from carestation.factlog.models import LoggedFact
from carestation.kernel.errors import Conflict
from carestation.kernel.ids import uuid7
from tests.accounts.authenticator import SoftPasskey
from tests.accounts.operating import a_console
from tests.accounts.people import (
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

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db
MAKING = "/account/passkeys/new/"


def asked(page: "Response") -> tuple[str, str]:
    """Return what a page asks of a passkey, and the state that goes back with the answer."""
    text = page.content.decode()
    options = re.search(r'options="([^"]*)"', text)
    state = re.search(r'name="state" value="([^"]*)"', text)
    assert options is not None
    assert state is not None
    return unescape(options[1]), unescape(state[1])


def make_passkey(client: Client, passkey: SoftPasskey) -> "Response":
    options, state = asked(client.get(MAKING))
    return client.post(MAKING, {"name": "電話", "state": state, "answer": passkey.make(options)})


def test_a_passkey_is_made_and_shown_on_pages(client: Client) -> None:
    user, passkey = a_person(), SoftPasskey()
    sign_in_client(client, user, proof=Proof.PASSWORD)

    made = make_passkey(client, passkey)
    client.post("/sign-out/")
    options, state = asked(client.get("/sign-in/passkey/?next=/account/"))
    entered = client.post(
        "/sign-in/passkey/?next=/account/",
        {"state": state, "answer": passkey.show(options), "shared": "on"},
    )

    assert made.headers["Location"] == "/account/codes/"
    assert entered.headers["Location"] == "/account/"
    assert "パスキー：電話" in client.get("/account/").text
    assert Session.objects.get(ended_at=None).is_shared


def test_a_passkey_opens_an_idle_session_and_takes_the_second_step(client: Client) -> None:
    user, passkey = a_person(), SoftPasskey()
    sign_in_client(client, user, proof=Proof.PASSWORD)
    make_passkey(client, passkey)

    half = sign_in_client(client, user, proof=Proof.PASSWORD, is_half=True)
    options, state = asked(client.get("/sign-in/code/passkey/"))
    through = client.post(
        "/sign-in/code/passkey/", {"state": state, "answer": passkey.show(options)}
    )
    lock_session(acting(half))
    options, state = asked(client.get("/sign-in/code/passkey/?next=/account/"))
    again = client.post(
        "/sign-in/code/passkey/?next=/account/", {"state": state, "answer": passkey.show(options)}
    )

    assert through.headers["Location"] == "/"
    assert again.headers["Location"] == "/account/"


@pytest.mark.parametrize("path", ["/sign-in/passkey/", "/sign-in/code/passkey/", MAKING])
def test_a_wrong_answer_is_told_on_the_page(client: Client, path: str) -> None:
    if path != "/sign-in/passkey/":
        sign_in_client(client, a_person(secret=SECRET))
    _, state = asked(client.get(path))

    page = client.post(path, {"state": state, "answer": "{}", "name": "電話"})

    assert page.status_code == 422
    assert "パスキーを確かめられませんでした" in page.text


def test_the_name_of_a_passkey_holds_no_hidden_signs(client: Client) -> None:
    sign_in_client(client, a_person(), proof=Proof.PASSWORD)
    options, state = asked(client.get(MAKING))

    page = client.post(
        MAKING, {"name": "a\x07b", "state": state, "answer": SoftPasskey().make(options)}
    )

    assert page.status_code == 422
    assert "使えない文字" in page.text


def test_the_other_devices_are_cut_off_on_the_page(client: Client) -> None:
    user = a_person(secret=SECRET)
    sign_in_client(client, user)
    other = open_session(user.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7())
    page = client.get("/account/").text

    client.post("/account/devices/others/end/")

    assert "サインイン中の端末（2台）" in page
    assert "192.0.2.7" in page
    assert Session.objects.get(pk=other.session_id).end_reason == "cut_off"
    assert "端末を切りました" in client.get("/account/").text


def test_the_family_removes_a_factor_on_pages(client: Client) -> None:
    sign_in_client(client, a_person(is_professional=False, secret=SECRET))
    found = re.search(r'href="(/account/factors/\d+/)"', client.get("/account/").text)
    assert found is not None

    asked_before = client.get(found[1])
    done = client.post(f"{found[1]}remove/")

    assert "外す" in asked_before.text
    assert done.headers["Location"] == "/account/"
    assert "まだ設定していません" in client.get("/account/").text


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**30])
def test_a_factor_that_is_not_there_is_not_found(client: Client, number: int) -> None:
    sign_in_client(client, a_person(secret=SECRET))

    assert client.post(f"/account/factors/{number}/remove/").status_code == 404


def test_new_recovery_codes_are_shown_until_they_are_kept(client: Client) -> None:
    sign_in_client(client, a_person(secret=SECRET))

    made = client.post("/account/codes/renew/")
    looks = [client.get("/account/codes/").text.count("-") for _ in range(2)]
    client.post("/account/codes/", {"kept": "on"})

    assert made.headers["Location"] == "/account/codes/"
    assert looks[0] == looks[1]
    assert client.get("/account/codes/").headers["Location"] == "/account/"


def test_a_covered_screen_leads_to_where_it_is_opened_again(client: Client) -> None:
    sign_in_client(client, a_person())

    led = client.post("/lock/", headers={"Referer": "http://testserver/account/password/"})

    assert led.headers["Location"] == "/sign-in/again/?next=%2Faccount%2Fpassword%2F"
    assert client.get("/account/").status_code == 302


def test_wrong_codes_are_told_on_the_page(client: Client) -> None:
    sign_in_client(client, a_person(secret=SECRET), proof=Proof.PASSWORD, is_half=True)

    wrong = client.post("/sign-in/code/", {"code": "000000"})
    right = client.post("/sign-in/code/", {"code": code_now()})

    assert "あと4回まちがえると" in wrong.text
    assert right.headers["Location"] == "/"


def test_a_network_that_asks_for_too_many_links_is_told(client: Client) -> None:
    asking = {"REMOTE_ADDR": "192.0.2.9"}

    *_, last = (
        client.post("/password/forgotten/", {"email": f"{n}@example.jp"}, **asking)  # type: ignore[arg-type]  # part of the surroundings
        for n in range(21)
    )

    assert last.status_code == 429


def test_someone_else_is_led_away_from_a_page_they_came_from(client: Client) -> None:
    led = client.post("/lock/", headers={"Referer": "https://evil.example/account/"})

    assert led.headers["Location"] == "/sign-in/"


def test_the_request_knows_its_person_when_asked() -> None:
    user = a_person()
    opened = open_session(user.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7())
    seen: list[object] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.user)
        return HttpResponse()

    for token in (opened.token, "unknown"):
        request = RequestFactory().get("/")
        request.COOKIES["session"] = token
        GateMiddleware(view)(request)

    assert seen[0] == user
    assert isinstance(seen[1].__class__(), AnonymousUser)


def test_without_a_session_nothing_is_put_aside() -> None:
    store = SessionStore()
    store["a"] = 1

    assert SessionStore().load() == {}
    with pytest.raises(UpdateError):
        store.save()


@pytest.mark.parametrize(
    ("near", "said", "address"),
    [
        ("", "203.0.113.5", "203.0.113.5"),
        ("127.0.0.1", "10.0.0.1, 203.0.113.5", "203.0.113.5"),
        ("198.51.100.1", "203.0.113.5", "198.51.100.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("", "nonsense", ""),
        ("", "", ""),
    ],
)
def test_who_asks_is_what_our_own_proxy_says(near: str, said: str, address: str) -> None:
    headers = {"X-Forwarded-For": said} if said else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=near)

    assert network_address(request) == address  # type: ignore[arg-type]  # it has all that is asked for


@pytest.mark.parametrize(
    ("agent", "device", "browser"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18 Safari/604", Device.PHONE, "Safari"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile Safari/537", Device.PHONE, "Chrome"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Safari/537", Device.TABLET, "Chrome"),
        ("Mozilla/5.0 (iPad; CPU OS 18) Safari/604", Device.TABLET, "Safari"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140", Device.COMPUTER, "Edge"),
        ("curl/8", Device.UNKNOWN, ""),
    ],
)  # fmt: skip
def test_a_device_is_what_it_says_it_is(agent: str, device: Device, browser: str) -> None:
    assert (device_of(agent), browser_of(agent)) == (device, browser)


LETTERS = {
    "tell_of_factor": ("accounts.SecondFactorEnrolled", Letter.FACTOR_ADDED),
    "tell_of_missing_factor": ("accounts.SecondFactorRemoved", Letter.FACTOR_REMOVED),
    "tell_of_codes": ("accounts.RecoveryCodesMade", Letter.CODES_MADE),
    "tell_of_used_code": ("accounts.RecoveryCodeUsed", Letter.CODE_USED),
}


@pytest.mark.parametrize("name", LETTERS)
def test_the_owner_is_told_by_mail(client: Client, mailoutbox: list[object], name: str) -> None:
    kind, letter = LETTERS[name]
    user = a_person(is_professional=False)
    sign_in_client(client, user, proof=Proof.PASSWORD)
    secret = re.search(r"data-text>([A-Z2-7 ]+)<", client.get("/account/app/").text)
    assert secret is not None
    client.post("/account/app/", {"code": code_now(secret[1].replace(" ", ""))})
    shown = re.findall(
        r"([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})<", client.get("/account/codes/").text
    )
    sign_in_client(client, user, proof=Proof.PASSWORD, is_half=True)
    client.post("/sign-in/code/", {"code": shown[0]})
    found = re.search(r'href="(/account/factors/\d+/)"', client.get("/account/").text)
    assert found is not None
    client.post(f"{found[1]}remove/")
    row = LoggedFact.objects.filter(kind=kind).values().first()
    assert row is not None

    getattr(followers, name)([fact_of({**row})])
    mail_letter(**ProcrastinateJob.objects.get().args)

    assert [mail.subject for mail in mailoutbox] == [f"［ケアステーション］{letter.label}"]  # type: ignore[attr-defined]  # a mail has one
    assert f"carestation.accounts.followers.{name}" in FOLLOWERS


def test_a_mail_to_someone_who_left_is_not_sent(mailoutbox: list[object]) -> None:
    user = a_person()
    end_person(SYSTEM, user.pk)

    mail_letter(user_id=str(user.pk), letter=Letter.NEW_DEVICE.value)

    assert mailoutbox == []


def test_what_ended_does_not_end_again() -> None:
    user = a_person()
    end_person(SYSTEM, user.pk)

    with pytest.raises(Conflict):
        end_person(SYSTEM, user.pk)
    with pytest.raises(Conflict):
        end_operator(a_console(), user.pk)


def test_an_operator_is_one_once_at_a_time_and_again_later() -> None:
    user, console = a_person(is_professional=False), a_console()

    begin_operator(console, user.pk)
    end_operator(console, user.pk)
    begin_operator(console, user.pk)

    told = LoggedFact.objects.filter(kind__startswith="accounts.Operator", object_id=user.pk)
    kinds = told.order_by("id")
    assert [fact.kind.removeprefix("accounts.Operator") for fact in kinds] == [
        "Began",
        "Ended",
        "Began",
    ]


def test_a_person_may_come_without_a_password() -> None:
    new = NewPerson(
        email="new@example.jp", name="新 人", kana="しん じん", password="", is_professional=True
    )
    user = register_person(SYSTEM, new)

    assert not User.objects.get(pk=user.pk).has_usable_password()


def test_brakes_that_have_let_go_are_forgotten() -> None:
    brake(Purpose.CODE, "someone")
    with clock_later(60):
        assert forget_brakes() == 0
    with clock_later(16 * 60):
        forget_old_brakes(timestamp=0)

    assert not Brake.objects.exists()


def test_allauths_own_sealing_is_refused() -> None:
    adapter = FactorAdapter()

    for hook in (adapter.encrypt, adapter.decrypt):
        with pytest.raises(NotImplementedError):
            hook(SECRET)


def test_people_and_their_things_are_named_by_ids_alone() -> None:
    user = a_person()
    opened = open_session(user.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7())
    operator = begin_operator(take_first_console(), user.pk)

    assert str(user) == str(operator) == str(user.pk)
    assert str(Session.objects.get()) == str(opened.session_id)
    assert reverse("accounts:account") == "/account/"
    assert PASSWORD not in repr(user)


@pytest.mark.control("8.5")
@pytest.mark.parametrize("name", ["profile", "address", "password", "enrolment", "passkey_making"])
def test_a_page_of_ones_own_is_covered_when_nobody_touches_it(client: Client, name: str) -> None:
    sign_in_client(client, a_person())

    assert "<cs-idle " in client.get(reverse(f"accounts:{name}")).text


@pytest.mark.control("8.5")
def test_recovery_codes_are_covered_when_nobody_touches_them(client: Client) -> None:
    sign_in_client(client, a_person(secret=SECRET), proof=Proof.TOTP)
    client.post(reverse("accounts:renew_codes"))

    assert "<cs-idle " in client.get(reverse("accounts:codes")).text


def test_who_has_no_recovery_code_left_is_told_and_the_bar_leads_to_the_search() -> None:
    pages = []
    for person in (a_person(secret=SECRET), a_person("mori@example.jp", is_professional=False)):
        client = Client()
        sign_in_client(client, person)
        pages.append(client.get(reverse("accounts:account")).text)

    assert ["回復コードが残っていません" in page for page in pages] == [True, False]
    assert ["残り 0個" in page for page in pages] == [False, True]
    assert all('<a class="navitem" href="/search/">' in page for page in pages)
