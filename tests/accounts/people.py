"""People who come and go in the tests of accounts, made by commands."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from unittest import mock

from django.utils import timezone

from carestation.accounts.choices import Device, SessionKind
from carestation.accounts.commands.factors import give_fixed_secret
from carestation.accounts.commands.people import NewPerson, register_person
from carestation.accounts.commands.sessions import OpenedSession, Where
from carestation.accounts.models import User
from carestation.accounts.rules import current_code
from carestation.kernel.actor import Actor
from carestation.kernel.ids import uuid7

PASSWORD: Final = "hana-to-kaze-no-michi"
SECRET: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ADDRESS: Final = "hayashi@tsukimizaka.example"
SYSTEM: Final = Actor(user_id=uuid7(), request_id=uuid7())
BROWSER: Final = Where(
    kind=SessionKind.BROWSER, device=Device.PHONE, agent="Kanarienvogel/1.0", address="192.0.2.7"
)
ELSEWHERE: Final = Where(kind=SessionKind.BROWSER, device=Device.COMPUTER, address="198.51.100.9")


def a_person(
    email: str = ADDRESS, *, is_professional: bool = True, secret: str = "", name: str = "林 さくら"
) -> User:
    new = NewPerson(
        email=email,
        name=name,
        kana="はやし さくら",
        password=PASSWORD,
        is_professional=is_professional,
    )
    user = register_person(SYSTEM, new)
    if secret:
        give_fixed_secret(user.pk, secret)
    return user


def acting(opened: OpenedSession) -> Actor:
    return Actor(user_id=opened.user_id, request_id=uuid7(), session_id=opened.session_id)


def code_now(secret: str = SECRET, *, later: timedelta = timedelta()) -> str:
    return current_code(secret, at=timezone.now() + later)


@contextmanager
def clock_at(now: datetime) -> Iterator[None]:
    """Let the clock stand."""
    with mock.patch("django.utils.timezone.now", return_value=now):
        yield


@contextmanager
def clock_later(seconds: float) -> Iterator[datetime]:
    """Let the clock stand, so much later."""
    now = timezone.now() + timedelta(seconds=seconds)
    with clock_at(now):
        yield now
