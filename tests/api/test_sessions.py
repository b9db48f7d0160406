"""Signing in, for programs; by token and by cookie."""

import json

import pytest
from django.conf import settings
from django.test import Client

from carestation.accounts.choices import Proof
from carestation.accounts.models import Session
from carestation.kernel.ids import uuid7
from tests.accounts.signing_in import a_token, sign_in_client
from tests.api.callers import JSON, ROOT, Program, program_of, said
from tests.world import PASSWORD, World


def sign_in(email: str, password: str, **more: str) -> dict[str, str]:
    return {"email": email, "password": password} | more


MORI = sign_in("mori@tsukimizaka.example", PASSWORD)


def test_the_family_signs_in_with_a_password_and_out_again(world: World) -> None:
    opened = Program().post("sessions", MORI)

    assert opened.status_code == 201
    assert said(opened)["person"]["name"] == "森 花子"
    assert said(opened)["expires_at"].endswith("+09:00")
    mori = Program(said(opened)["token"])
    assert mori.get("me").status_code == 200
    assert mori.delete("sessions/current").status_code == 204
    assert mori.get("me").status_code == 401


def test_a_session_of_a_program_is_listed_like_a_browsers(world: World) -> None:
    Program().post("sessions", MORI)

    session = Session.objects.get(user=world.people["mori"])
    assert (session.kind, session.ended_at) == ("program", None)


@pytest.mark.parametrize(
    "wrong",
    [
        sign_in("mori@tsukimizaka.example", "wrong"),
        sign_in("nobody@tsukimizaka.example", PASSWORD),
        sign_in("", ""),
        sign_in("kato@tsukimizaka.example", "wrong", code="123456"),
    ],
)
def test_every_wrong_one_is_answered_the_same(world: World, wrong: dict[str, str]) -> None:
    answer = Program().post("sessions", wrong)

    assert answer.status_code == 401
    assert {name: value for name, value in said(answer).items() if name != "request_id"} == {
        "type": "about:blank",
        "title": "サインインが必要です。",
        "status": 401,
        "reason": "sign_in",
    }


def test_a_professional_needs_a_second_factor(world: World) -> None:
    answer = Program().post("sessions", sign_in("kato@tsukimizaka.example", PASSWORD))

    assert (answer.status_code, said(answer)["reason"]) == (403, "second_factor")
    assert not Session.objects.filter(user=world.people["kato"]).exists()


def test_a_token_without_the_second_factor_opens_nothing(world: World) -> None:
    half = Program(a_token(world.people["kato"], proof=Proof.PASSWORD))

    answer = half.get("groups")

    assert (answer.status_code, said(answer)["reason"]) == (403, "second_factor")


def test_guessing_is_braked_and_says_when_to_come_back(world: World) -> None:
    wrong = sign_in("mori@tsukimizaka.example", "wrong")

    answers = [Program().post("sessions", wrong) for _ in range(30)]

    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize("token", ["", "x", "\u00e4\u00f6", "a b", "x" * 5000])
def test_no_token_and_a_wrong_token_are_one_answer(world: World, token: str) -> None:
    answer = Client().get(f"{ROOT}me", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_with_a_cookie_a_change_needs_the_token_against_forgery(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    sign_in_client(browser, world.people["kato"])
    draft = json.dumps({"draft_id": str(uuid7()), "body": "お変わりありません。"})
    place = f"{ROOT}groups/{world.group.pk}/professional/posts"

    forged = browser.post(place, draft, content_type=JSON)
    mask = "a" * 32
    browser.cookies[settings.CSRF_COOKIE_NAME] = mask
    own = browser.post(place, draft, content_type=JSON, headers={"X-CSRFToken": mask})

    assert browser.get(f"{ROOT}me").status_code == 200
    assert (forged.status_code, own.status_code) == (403, 201)
    assert forged.headers["Content-Type"] == "application/problem+json"


def test_a_header_that_opens_nothing_does_not_let_the_cookie_in_unprotected(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    sign_in_client(browser, world.people["kato"])

    for scheme in ("Bearer x", "bearer x", "Basic x"):
        answer = browser.delete(f"{ROOT}sessions/current", headers={"Authorization": scheme})
        assert answer.status_code in {401, 403}, scheme

    assert browser.get(f"{ROOT}me").status_code == 200


def test_one_who_left_sees_no_group(world: World) -> None:
    assert said(program_of(world, "ueda").get("groups")) == []
