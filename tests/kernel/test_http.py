import pytest
from django.test import Client, override_settings


@pytest.mark.control("8.24")
@pytest.mark.django_db
def test_browsers_are_told_to_come_over_tls_alone() -> None:
    without = Client().get("/health")

    with override_settings(SECURE_HSTS_SECONDS=31_536_000):
        answer = Client().get("/health")

    assert "Strict-Transport-Security" not in without.headers
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Content-Security-Policy", "default-src 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "same-origin"),
    ],
)
@pytest.mark.django_db
def test_every_answer_is_guarded(name: str, part: str) -> None:
    for path in ("/health", "/nowhere/", "/sign-in/"):
        answer = Client().get(path)

        assert part in answer.headers[name], path
        assert "unsafe" not in answer.headers[name]
