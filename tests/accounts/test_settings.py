"""Production does not start with settings that would let someone in."""

import pytest
from django.test import override_settings

from carestation.accounts.apps import HASHER, check_settings

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
