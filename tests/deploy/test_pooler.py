"""Behind a pgbouncer that pools by session the product serves; by transaction it is refused."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from django.db import connection

from carestation.groups.choices import Side
from carestation.kernel.ids import uuid7
from config.database import check_wall
from tests.accounts.signing_in import a_token
from tests.deploy.files import needs
from tests.deploy.pieces import Node, node
from tests.deploy.pooler import pooler
from tests.live import process
from tests.world import PASSWORD, World

WORDS: Final = "お熱は三十七度二分です。"
pytestmark = [pytest.mark.xdist_group("running"), needs("pgbouncer", "pgbouncer")]


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Node]:
    with node(tmp_path / "data") as one:
        yield one


def asked(
    at: str, method: str, path: str, token: str = "", body: dict[str, str] | None = None
) -> http.client.HTTPResponse:
    """Ask a piece; what it says stays to be read."""
    host, _, port = at.partition(":")
    said = {"Host": "localhost", "X-Forwarded-Proto": "https", "Content-Type": "application/json"}
    peer = http.client.HTTPConnection(host, int(port), timeout=30)
    peer.request(method, path, json.dumps(body) if body else None, said | process.bearer(token))
    return peer.getresponse()


def told(answer: http.client.HTTPResponse) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(answer.read())
    return said


def test_people_sign_in_write_read_and_hear_behind_one_that_pools_by_session(
    committed_world: World, one: Node
) -> None:
    mori = {"email": "mori@tsukimizaka.example", "password": PASSWORD}
    path = f"/api/v1/groups/{committed_world.group.pk}/{Side.PATIENT}/posts"
    pooled = pooler(process.test_database_url(), "session")
    with pooled as url, process.live_process(url) as live:
        web = one.start("web-1", DATABASE_URL=url)
        token = told(asked(web, "POST", "/api/v1/sessions", "", mori))["token"]
        ear = live.opens(process.bearer(token))

        posted = asked(web, "POST", path, token, {"draft_id": str(uuid7()), "body": WORDS})
        seq = told(posted)["seq"]
        read = asked(web, "GET", path, token)
        stranger = asked(web, "GET", path, a_token(committed_world.people["ito"]))

        assert posted.status == http.HTTPStatus.CREATED
        assert WORDS in {post["body"] for post in told(read)["posts"]}
        assert stranger.status == http.HTTPStatus.NOT_FOUND
        assert ear.hears_post(seq)


@pytest.mark.control("8.3")
def test_one_that_hands_out_connections_by_transaction_is_refused(committed_world: World) -> None:
    with pooler(process.test_database_url(), "session") as url:
        check_wall(url)

    pooled = pooler(process.test_database_url(), "transaction")
    with pooled as url, pytest.raises(SystemExit) as refusal:
        check_wall(url)

    assert "by transaction" in str(refusal.value)


@pytest.mark.control("8.3")
def test_by_transaction_who_acts_would_stay_for_whoever_comes_next(committed_world: World) -> None:
    become = "SELECT set_config('carestation.person', 'system:content', false)"
    with (
        pooler(process.test_database_url(), "transaction") as url,
        psycopg.connect(url, autocommit=True) as one,
        psycopg.connect(url, autocommit=True) as other,
    ):
        one.execute(become)
        found = other.execute("SELECT current_setting('carestation.person', true)").fetchone()

    assert found == ("system:content",)


def test_who_says_while_it_connects_as_what_it_works_goes_past_it(committed_world: World) -> None:
    # As worker, prepare and the commands do (`work_as`), and these tests.
    said = connection.settings_dict["OPTIONS"]["options"]
    with (
        pooler(process.test_database_url(), "session") as url,
        pytest.raises(psycopg.OperationalError, match="unsupported startup parameter: options"),
    ):
        psycopg.connect(url, options=said)

    assert "carestation.person" in said
