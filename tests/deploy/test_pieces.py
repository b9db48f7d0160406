"""A piece by itself says in one sentence what it lacks, and knows who is in front of it."""

from pathlib import Path

import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings

from carestation.accounts.gate.where import network_address
from config.environment import read_environment
from config.nodes import site_of
from config.settings.base import database
from tests.running.starts import PROJECT, refused

PROXY = "10.42.0.2"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("piece", "web"), "There is no piece “web”"),
        (("piece", "web-1", "--at=127.0.0.1:1"), "set DATABASE_URL"),
        (("piece", "proxy"), "--nodes FILE"),
        (("piece", "proxy", "--nodes=/nowhere"), "cannot be read"),
        (("leave", "web-1", "--data=/nowhere"), "No web process “web-1” runs"),
    ],
    ids=lambda value: "-".join(value).strip("/") if isinstance(value, tuple) else None,
)
def test_what_is_missing_is_one_sentence(
    arguments: tuple[str, ...], sentence: str, tmp_path: Path
) -> None:
    assert sentence in refused(*arguments, CARESTATION_DATA=str(tmp_path))


def test_a_piece_says_where_it_listens(tmp_path: Path) -> None:
    variables = {"CARESTATION_DATA": str(tmp_path), "DATABASE_URL": "postgresql://x@/x"}

    assert "--at ADDRESS:PORT" in refused("piece", "live", **variables)


def test_the_file_of_the_nodes_names_all_and_nothing_unknown(tmp_path: Path) -> None:
    shipped = site_of(PROJECT / "deploy" / "proxy.toml")
    file = tmp_path / "proxy.toml"
    file.write_text('names = ["x"]\nweb = []\nlife = []\n')

    with pytest.raises(SystemExit, match="life, live"):
        site_of(file)
    assert len(shipped.web) >= 2
    assert len(shipped.live) >= 2
    assert shipped.is_watched


@pytest.mark.parametrize(("near", "address"), [(PROXY, "203.0.113.7"), ("10.42.0.9", "10.42.0.9")])
def test_only_a_proxy_that_is_named_says_who_asks(
    near: str, address: str, settings: Settings
) -> None:
    settings.PROXIES = read_environment({"PROXIES": f"10.42.0.1 {PROXY}"}).proxies
    said = "8.8.8.8, 203.0.113.7"
    request = RequestFactory(REMOTE_ADDR=near).get("/", headers={"X-Forwarded-For": said})

    assert network_address(request) == address  # type: ignore[arg-type]  # it has all that is asked for


def test_a_proxy_that_is_no_address_is_refused() -> None:
    with pytest.raises(SystemExit, match="PROXIES must be addresses"):
        read_environment({"PROXIES": "proxy.example"})


@pytest.mark.django_db
def test_who_leaves_is_not_ready_and_still_serves(settings: Settings, tmp_path: Path) -> None:
    settings.LEAVING = tmp_path / "web-1.leaving"
    before = Client().get("/ready").status_code
    settings.LEAVING.touch()

    left = Client().get("/ready")

    assert before == 200
    assert (left.status_code, left.content) == (503, b"it is leaving\n")
    assert Client().get("/health").status_code == 200


def test_a_database_of_several_servers_is_asked_for_the_one_that_writes() -> None:
    url = "postgresql://u:p@/care?host=10.42.0.1,10.42.0.2&port=5432,5432&target_session_attrs=read-write"

    known = database(url)

    assert (known["HOST"], known["PORT"]) == ("10.42.0.1,10.42.0.2", "5432,5432")
    assert known["OPTIONS"]["target_session_attrs"] == "read-write"
