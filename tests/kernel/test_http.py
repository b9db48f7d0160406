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


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/help/", "/api/v1/me", "/status/"])
@pytest.mark.django_db
def test_who_asks_by_a_name_that_is_not_ours_is_answered_nothing(path: str) -> None:
    answer = Client(headers={"Host": "elsewhere.example"}).get(path)

    assert answer.status_code == 400
    assert "Content-Security-Policy" in answer.headers
    assert "elsewhere" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/health", "/ready"])
@pytest.mark.django_db
def test_how_we_are_may_be_asked_by_any_name(path: str) -> None:
    assert Client(headers={"Host": "10.42.0.1:8101"}).get(path).status_code in {200, 503}


@pytest.mark.django_db
def test_the_log_has_no_method_that_somebody_made_up(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="carestation.requests"):
        for method in ("GET", "KANARIENVOGEL"):
            Client().generic(method, "/help/")

    said = [record.__dict__["method"] for record in caplog.records if "method" in vars(record)]
    assert said == ["GET", ""]
