"""Sixteen browsers send the last byte of the same form together: what can be used once, is."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from threading import Barrier
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from carestation.accounts.choices import Proof
from carestation.accounts.commands.factors import give_fixed_secret, renew_recovery_codes
from carestation.accounts.commands.passwords import make_reset_link
from carestation.accounts.commands.sessions import open_session
from carestation.accounts.models import PasswordReset, Session, User
from carestation.accounts.queries.people import email_index
from carestation.facilities.models.facilities import Facility
from carestation.groups.models.memberships import Membership
from carestation.kernel.ids import uuid7
from tests.accounts.people import BROWSER, SECRET, acting, code_now
from tests.accounts.test_races import at_once
from tests.facilities.test_applications import token_of as founding_token
from tests.groups.people import agreed, family, invite, professional, token_of
from tests.world import World

MANY = 16
MASK = "m" * 32
PERSON = {"name": "夕田 空", "kana": "ゆうだ そら", "password": "tsuki-to-hoshi-no-yoru"}
FOUNDER = PERSON | {"profession": "physician"}
pytestmark = pytest.mark.xdist_group("browser")


@dataclass(frozen=True)
class Form:
    """Where a form goes, what is typed into it, by whose session; `used`: how often it came."""

    view: str
    typed: dict[str, str]
    sessions: list[str]
    used: Callable[[], int]


def second_step(world: World, code: Callable[[User], str]) -> Form:
    ito = world.people["ito"]
    give_fixed_secret(ito.pk, SECRET)
    typed = {"code": code(ito)}
    halves = [
        open_session(ito.pk, BROWSER, proof=Proof.PASSWORD, request_id=uuid7(), is_half=True)
        for _ in range(MANY)
    ]
    within = Session.objects.filter(user=ito, second_factor_at__isnull=False)
    tokens = [half.token for half in halves]
    return Form("accounts:second_step", typed, tokens, within.count)


def by_app(world: World) -> Form:
    return second_step(world, lambda _: code_now())


def by_recovery_code(world: World) -> Form:
    def a_code(user: User) -> str:
        half = open_session(
            user.pk, BROWSER, proof=Proof.PASSWORD, request_id=uuid7(), is_half=True
        )
        return renew_recovery_codes(acting(half))[0]

    return second_step(world, a_code)


def by_reset_link(world: World) -> Form:
    link = make_reset_link(email_index("ito@tsukimizaka.example"), request_id=uuid7())
    assert link is not None
    used = PasswordReset.objects.filter(used_at__isnull=False)
    typed = {"token": link.token, "new": PERSON["password"]}
    return Form("accounts:reset", typed, [""] * MANY, used.count)


def by_registration_link(world: World) -> Form:
    before = Facility.objects.count()
    typed = FOUNDER | {"token": founding_token()}
    return Form("facilities:found", typed, [""] * MANY, lambda: Facility.objects.count() - before)


def joined(world: World) -> int:
    return Membership.objects.active().of_group(world.group.pk).count() - 3


def by_invitation_of_who_is_new(world: World) -> Form:
    agreed(world)
    typed = PERSON | {"token": token_of(invite(world, "kato", family()).invitation)}
    return Form("groups:join", typed, [""] * MANY, lambda: joined(world))


def by_invitation_of_who_is_known(world: World) -> Form:
    agreed(world)
    typed = {"token": token_of(invite(world, "kato", professional()).invitation)}
    ito = world.people["ito"]
    tokens = [
        open_session(ito.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7()).token
        for _ in range(MANY)
    ]
    return Form("groups:accept", typed, tokens, lambda: joined(world))


def written(form: Form, session: str) -> bytes:
    body = urlencode(form.typed | {"csrfmiddlewaretoken": MASK})
    cookies = f"{settings.CSRF_COOKIE_NAME}={MASK}"
    if session:
        cookies += f"; {settings.SESSION_COOKIE_NAME}={session}"
    return (
        f"POST {reverse(form.view)} HTTP/1.1\r\nHost: testserver\r\nCookie: {cookies}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
    ).encode()


def answers(server: LiveServer, form: Form) -> list[int]:
    """Send all of it but the last byte, and that when everyone has."""
    at, together = urlsplit(server.url), Barrier(MANY)

    def one(number: int) -> int:
        words = written(form, form.sessions[number])
        with socket.create_connection((at.hostname, at.port), timeout=60) as line:
            line.sendall(words[:-1])
            together.wait()
            line.sendall(words[-1:])
            return int(line.recv(64).split()[1])

    return [one if isinstance(one, int) else 0 for one in at_once(MANY, one)]


@pytest.mark.control("8.5")
@pytest.mark.parametrize(
    "made",
    [
        by_app,
        by_recovery_code,
        by_reset_link,
        by_registration_link,
        by_invitation_of_who_is_new,
        by_invitation_of_who_is_known,
    ],
)
def test_of_sixteen_who_send_the_last_byte_together_one_wins(
    committed_world: World, live_server: LiveServer, made: Callable[[World], Form]
) -> None:
    form = made(committed_world)

    found = answers(live_server, form)

    assert form.used() == 1
    assert found.count(302) == 1, found
    assert set(found) <= {302, 404, 409, 410, 422, 429}, found
