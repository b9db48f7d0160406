"""Production does not start with settings that would let someone in, and its mail goes out."""

import subprocess
import sys

import pytest
from django.test import override_settings

from carestation.accounts.apps import HASHER, check_settings
from tests.running.starts import PROJECT, surroundings

SAFE = {
    "IS_PRODUCTION": True,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "PASSWORD_HASHERS": [HASHER],
    "DEMO_PEOPLE": (),
}


def test_safe_settings_pass() -> None:
    with override_settings(**SAFE):
        assert check_settings(None) == []


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("SESSION_COOKIE_SECURE", False, "accounts.E001"),
        ("CSRF_COOKIE_SECURE", False, "accounts.E002"),
        ("PASSWORD_HASHERS", ["django.contrib.auth.hashers.MD5PasswordHasher"], "accounts.E003"),
        ("DEMO_PEOPLE", ("someone",), "accounts.E004"),
    ],
)
def test_an_unsafe_one_is_named(name: str, value: object, code: str) -> None:
    with override_settings(**(SAFE | {name: value})):
        assert [error.id for error in check_settings(None)] == [code]


def test_elsewhere_nothing_is_demanded() -> None:
    with override_settings(IS_PRODUCTION=False, SESSION_COOKIE_SECURE=False):
        assert check_settings(None) == []


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("smtp://relay.example", 587),
        ("smtps://relay.example", 465),
        ("smtps://relay.example:2465", 2465),
    ],
)
def test_a_relay_is_asked_at_the_port_of_its_kind_and_not_waited_for_without_end(
    url: str, port: int
) -> None:
    asked = (
        "from django.core.mail import get_connection as relay; print(relay().port, relay().timeout)"
    )
    known = {"CARESTATION_ENV": "production", "CARESTATION_SECRET_KEY": "k" * 60, "SMTP_URL": url}

    said = subprocess.check_output(  # noqa: S603 - ours
        [sys.executable, "-c", asked],
        env=surroundings(**known, DJANGO_SETTINGS_MODULE="config.settings.production"),
        cwd=PROJECT,
        text=True,
    )

    asked_at, waits_seconds = said.split()
    assert int(asked_at) == port
    assert 0 < float(waits_seconds) <= 60
