"""The gate: who is let in where, who is led where, and what stands in the cookie."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from carestation.accounts.choices import Proof
from carestation.accounts.commands.devices import cut_off_others
from carestation.accounts.commands.passwords import make_reset_link
from carestation.accounts.commands.sessions import lock_session, open_session
from carestation.accounts.gate.returning import safe_path
from carestation.accounts.models import Session
from carestation.accounts.queries.demo import DemoPerson
from carestation.accounts.queries.factors import factors_of
from carestation.accounts.queries.people import email_index
from carestation.kernel.ids import uuid7
from tests.accounts.people import (
    ADDRESS,
    BROWSER,
    PASSWORD,
    SECRET,
    a_person,
    acting,
    clock_later,
    code_now,
)
from tests.accounts.signing_in import a_token, sign_in_client

pytestmark = pytest.mark.django_db
ACCOUNT = "/account/"
SIGN_IN = "/sign-in/"
RIGHT = {"email": ADDRESS, "password": PASSWORD}
HTMX = {"HX-Request": "true"}


@pytest.mark.control("8.3")
def test_whoever_is_not_signed_in_is_led_to_sign_in_and_back(client: Client) -> None:
    a_person(is_professional=False)

    led = client.get(f"{ACCOUNT}?x=1&y=%E3%81%82")
    entered = client.post(led.headers["Location"], RIGHT)

    assert led.headers["Location"].startswith(f"{SIGN_IN}?next=%2Faccount%2F")
    assert entered.headers["Location"] == "/account/?x=1&y=%E3%81%82"
    assert client.get(ACCOUNT).status_code == 200


def test_a_fragment_leads_the_whole_page(client: Client) -> None:
    page = {"HX-Current-URL": "http://testserver/account/password/"}

    led = client.get(ACCOUNT, headers=HTMX | page)

    assert led.headers["HX-Redirect"] == f"{SIGN_IN}?next=%2Faccount%2Fpassword%2F"
    assert led.content == b""


def test_a_program_is_told_in_json(client: Client) -> None:
    answer = client.get("/api/v1/me")

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.control("8.2")
def test_a_professional_without_a_factor_sees_its_enrolment_and_nothing_else(
    client: Client,
) -> None:
    sign_in_client(client, a_person(), proof=Proof.PASSWORD)

    for name in ("account", "password", "codes"):
        led = client.get(reverse(f"accounts:{name}"))
        assert led.headers["Location"].startswith("/account/app/"), name
    assert client.get("/").headers["Location"] == "/account/app/"
    assert client.get("/account/app/").status_code == 200
    assert client.get("/account/passkeys/new/").status_code == 200
    assert client.get("/api/v1/me").status_code == 403


def test_whoever_owes_a_code_sees_that_page_alone(client: Client) -> None:
    a_person(secret=SECRET)

    entered = client.post(SIGN_IN, RIGHT)

    assert entered.headers["Location"] == "/sign-in/code/"
    for path in ("/", ACCOUNT, "/account/app/", "/sign-in/again/", "/account/passkeys/new/"):
        assert client.get(path).headers["Location"].startswith("/sign-in/code/"), path
    assert client.get("/sign-in/code/").status_code == 200
    assert client.get("/api/v1/me").status_code == 403
    through = client.post("/sign-in/code/?next=/account/", {"code": code_now()})
    assert through.headers["Location"] == ACCOUNT
    assert client.get(ACCOUNT).status_code == 200


def test_the_page_for_codes_is_closed_to_whoever_owes_none(client: Client) -> None:
    sign_in_client(client, a_person(secret=SECRET))

    assert client.get("/sign-in/code/").headers["Location"] == "/"


@pytest.mark.control("8.5")
def test_a_session_has_a_new_token_after_each_step(client: Client) -> None:
    a_person(secret=SECRET)
    client.cookies["session"] = "chosen-by-someone-else"

    client.post(SIGN_IN, RIGHT)
    half = client.cookies["session"].value
    client.post("/sign-in/code/", {"code": code_now()})
    whole = client.cookies["session"].value

    assert len({"chosen-by-someone-else", half, whole}) == 3
    client.cookies["session"] = half
    assert client.get(ACCOUNT).status_code == 302


def test_a_new_sign_in_replaces_what_the_browser_had(client: Client) -> None:
    opened = sign_in_client(client, a_person(is_professional=False))
    lock_session(acting(opened))

    client.post(SIGN_IN, RIGHT)

    assert Session.objects.get(pk=opened.session_id).end_reason == "replaced"
    assert client.get(ACCOUNT).status_code == 200


def test_the_cookie_is_out_of_reach(client: Client) -> None:
    a_person(is_professional=False)

    kept = client.post(SIGN_IN, RIGHT).cookies["session"]
    shared = Client().post(SIGN_IN, RIGHT | {"shared": "on"}).cookies["session"]

    assert (kept["httponly"], kept["samesite"], kept["path"]) == (True, "Lax", "/")
    assert kept["expires"] != ""
    assert shared["expires"] == ""
    assert Session.objects.filter(is_shared=True).get().idle_seconds == 300


def test_over_https_the_cookie_belongs_to_this_host_alone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SESSION_COOKIE_SECURE", True)
    monkeypatch.setattr(settings, "SESSION_COOKIE_NAME", "__Host-session")
    a_person(is_professional=False)

    cookie = client.post(SIGN_IN, RIGHT).cookies["__Host-session"]

    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")


def test_every_wrong_sign_in_reads_the_same(client: Client) -> None:
    a_person()

    pages = [
        client.post(SIGN_IN, {"email": email, "password": "wrong"})
        for email in (ADDRESS, "nobody@example.jp")
    ]

    shown = [
        re.sub(r'value="[^"]*"', "", re.sub(r"[0-9A-F]{4}-[0-9A-F]{4}", "", page.text))
        for page in pages
    ]
    assert [page.status_code for page in pages] == [422, 422]
    assert shown[0] == shown[1]
    assert (
        "メールアドレスかパスワードが違います。あと4回まちがえると、15分間使えなくなります。"
        in shown[0]
    )
    assert "wrong" not in shown[0]


def test_a_braked_page_says_when_to_come_back(client: Client) -> None:
    wrong = {"email": ADDRESS, "password": "wrong"}

    *_, page = (client.post(SIGN_IN, wrong) for _ in range(6))

    assert page.status_code == 429
    assert "15分たってから" in page.text


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/%0d%0aLocation:%20//evil.example",
        "https:evil.example",
        "evil.example",
        "",
        "/" * 600,
    ],
)
def test_nobody_is_led_elsewhere_after_signing_in(client: Client, elsewhere: str) -> None:
    a_person(is_professional=False)

    led = client.post(SIGN_IN, RIGHT, query_params={"next": elsewhere})

    assert led.headers["Location"] in {"/", "/%0d%0aLocation:%20//evil.example"}


@given(st.text(max_size=40))
def test_a_way_back_is_a_path_of_ours(text: str) -> None:
    path = safe_path(text)

    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert path.isprintable()


def test_forms_of_others_are_refused() -> None:
    a_person(is_professional=False)
    browser = Client(enforce_csrf_checks=True)

    assert browser.post(SIGN_IN, RIGHT).status_code == 403
    sign_in_client(browser, a_person("b@example.jp"))
    for path in ("/sign-out/", "/account/devices/others/end/", "/account/codes/renew/", "/lock/"):
        assert browser.post(path).status_code == 403, path


def test_a_token_opens_programs_doors_only(client: Client) -> None:
    token = a_token(a_person())
    header = {"Authorization": f"Bearer {token}"}

    assert client.get("/api/v1/me", headers=header).status_code == 200
    assert client.get(ACCOUNT, headers=header).status_code == 302
    assert client.get("/api/v1/me", headers={"Authorization": f"bearer {token}"}).status_code == 200


def test_an_idle_session_is_opened_again_and_goes_on_where_it_was(client: Client) -> None:
    opened = sign_in_client(client, a_person())
    lock_session(acting(opened))

    led = client.get("/account/password/")
    page = client.get(led.headers["Location"])
    wrong = client.post(led.headers["Location"], {"password": "wrong"})
    again = client.post(led.headers["Location"], {"password": PASSWORD})

    assert led.headers["Location"] == "/sign-in/again/?next=%2Faccount%2Fpassword%2F"
    assert "林 さくら" in page.text
    assert wrong.status_code == 422
    assert "パスワードが違います" in wrong.text
    assert again.headers["Location"] == "/account/password/"
    assert client.get("/account/password/").status_code == 200


def test_an_idle_session_answers_programs_with_401(client: Client) -> None:
    opened = sign_in_client(client, a_person())
    lock_session(acting(opened))

    assert client.get("/api/v1/me").status_code == 401


def test_what_is_hard_to_undo_wants_a_proof_of_the_last_ten_minutes(client: Client) -> None:
    user = a_person(secret=SECRET)
    sign_in_client(client, user)
    lost = open_session(user.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7())
    url = reverse("accounts:cut_off", args=[lost.session_id])
    Session.objects.update(confirmed_at=timezone.now() - timedelta(minutes=11))

    led = client.post(url, headers={"Referer": f"http://testserver{ACCOUNT}"})
    client.post(led.headers["Location"], {"password": PASSWORD})
    done = client.post(url)

    assert led.headers["Location"] == "/sign-in/again/?next=%2Faccount%2F"
    assert done.headers["Location"] == ACCOUNT
    assert Session.objects.get(pk=lost.session_id).ended_at is not None


def test_a_page_that_asks_by_itself_keeps_no_screen_open(client: Client) -> None:
    sign_in_client(client, a_person())
    began = Session.objects.get().last_used_at

    with clock_later(120):
        client.get(ACCOUNT, headers={"X-Background": "1"})
        by_itself = Session.objects.get().last_used_at
        client.post("/keep/")
        by_hand = Session.objects.get().last_used_at

    assert by_itself == began
    assert by_hand > began


def test_signing_out_is_a_post_and_takes_the_cookie_away(client: Client) -> None:
    sign_in_client(client, a_person())

    assert client.get("/sign-out/").status_code == 405
    out = client.post("/sign-out/")

    assert out.headers["Location"] == SIGN_IN
    assert client.cookies["session"].value == ""
    assert client.get(ACCOUNT).status_code == 302


def test_a_session_that_was_cut_off_is_out_at_once(client: Client) -> None:
    user = a_person()
    sign_in_client(client, user)
    other = open_session(user.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7())

    cut_off_others(acting(other))

    assert client.get(ACCOUNT).headers["Location"].startswith(SIGN_IN)


def test_whoever_is_in_needs_no_sign_in_page(client: Client) -> None:
    sign_in_client(client, a_person())

    assert client.get(f"{SIGN_IN}?next=/account/").headers["Location"] == ACCOUNT


def test_the_whole_enrolment_on_pages(client: Client) -> None:
    a_person()
    client.post(f"{SIGN_IN}?next=/account/", RIGHT)
    page = client.get("/account/app/")
    found = re.search(r"data-text>([A-Z2-7 ]+)<", page.text)
    assert found is not None
    secret = found[1].replace(" ", "")

    wrong = client.post("/account/app/", {"code": "000000"})
    right = client.post("/account/app/", {"code": code_now(secret)})
    codes = client.get("/account/codes/")
    done = client.post("/account/codes/", {"kept": "on"})
    gone = client.get("/account/codes/")

    assert "<svg" in page.text
    assert wrong.status_code == 422
    assert secret in client.get("/account/app/").text.replace(" ", "") or right.status_code == 302
    assert right.headers["Location"] == "/account/codes/"
    assert len(re.findall(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}<", codes.text)) == 10
    assert done.headers["Location"] == ACCOUNT
    assert gone.headers["Location"] == ACCOUNT
    assert client.get(ACCOUNT).status_code == 200


def test_setting_a_password_by_a_link_on_pages(client: Client) -> None:
    a_person(is_professional=False)
    link = make_reset_link(email_index(ADDRESS), request_id=uuid7())
    assert link is not None
    url = f"/password/new/?token={link.token}"

    looks = [client.get(url).status_code for _ in range(3)]
    weak = client.post("/password/new/", {"token": link.token, "new": "short"})
    done = client.post("/password/new/", {"token": link.token, "new": "tsuki-to-hoshi-no-yoru"})
    over = client.post("/password/new/", {"token": link.token, "new": "tsuki-to-hoshi-no-yoru"})

    assert looks == [200, 200, 200]
    assert weak.status_code == 422
    assert done.headers["Location"] == "/password/new/done/"
    assert over.status_code == 404
    assert client.get(url).status_code == 404


def test_asking_for_a_link_answers_the_same(client: Client) -> None:
    a_person()

    answers = [
        client.post("/password/forgotten/", {"email": email})
        for email in (ADDRESS, "nobody@example.jp")
    ]

    assert {(one.status_code, one.headers["Location"]) for one in answers} == {
        (302, "/password/forgotten/asked/")
    }


def test_changing_the_password_on_pages(client: Client) -> None:
    sign_in_client(client, a_person(secret=SECRET))

    refused = client.post("/account/password/", {"password": PASSWORD, "new": "abc"})
    done = client.post("/account/password/", {"password": PASSWORD, "new": "yama-to-umi"})

    assert "短すぎます。" in refused.text
    assert done.headers["Location"] == ACCOUNT
    assert "パスワードを変えました" in client.get(ACCOUNT).text
    assert "パスワードを変えました" not in client.get(ACCOUNT).text


@pytest.mark.parametrize("field", ["email", "password"])
@pytest.mark.parametrize("typed", ["\x00", "\u202e", "x" * 20_000, "\ufffe", "' OR 1=1 --"])
def test_bad_input_is_answered(client: Client, field: str, typed: str) -> None:
    answer = client.post(SIGN_IN, RIGHT | {field: typed})

    assert answer.status_code == 422


def test_a_demo_fills_in_what_a_person_would_type(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    hayashi = DemoPerson(
        email=ADDRESS, password=PASSWORD, totp_secret=SECRET, name="林 さくら", words="訪問看護師"
    )
    assert "お試し" not in client.get(SIGN_IN).text
    monkeypatch.setattr(settings, "DEMO_PEOPLE", (hayashi,))
    a_person(secret=SECRET)

    offered = client.get(SIGN_IN).text
    client.post(SIGN_IN, RIGHT)
    step = client.get("/sign-in/code/").text
    monkeypatch.setattr(settings, "IS_PRODUCTION", True)

    assert PASSWORD in offered
    assert f'value="{code_now()}"' in step
    assert PASSWORD not in client.get("/sign-in/passkey/").text
    client.post("/sign-out/")
    assert PASSWORD not in client.get(SIGN_IN).text


def test_every_page_of_the_entry_opens(client: Client) -> None:
    user = a_person(secret=SECRET)
    for path in ("/sign-in/passkey/", "/password/forgotten/", "/password/forgotten/asked/"):
        assert client.get(path).status_code == 200, path
    sign_in_client(client, user, is_half=True, proof=Proof.PASSWORD)
    for path in ("/sign-in/code/", "/sign-in/code/passkey/"):
        assert client.get(path).status_code == 200, path
    opened = sign_in_client(client, user)
    totp = factors_of(acting(opened)).totp
    assert totp is not None
    for path in (f"/account/factors/{totp.id}/", "/account/passkeys/new/", "/sign-in/again/"):
        assert client.get(path).status_code == 200, path
    assert client.post(f"/account/factors/{totp.id}/remove/").status_code == 403


@pytest.mark.parametrize("header", ["Referer", "HX-Current-URL"])
def test_who_says_to_come_from_a_place_that_cannot_be_is_led_to_the_entry(
    client: Client, header: str
) -> None:
    answer = client.post("/account/", headers={header: "http://[x"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/")
