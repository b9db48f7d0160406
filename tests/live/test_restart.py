"""PostgreSQL goes away under open streams, and comes back: a server of this test's own."""

import http.client
import json
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from carestation.kernel.pushes import Push
from carestation.vault.keyfiles import key_from_file
from carestation.vault.sealing import seal_push
from config.postgres import APP
from tests.live.own_postgres import OwnPostgres
from tests.live.process import LiveProcess, bearer, live_process

pytestmark = pytest.mark.xdist_group("live")


class Server(OwnPostgres):
    """A PostgreSQL with the cast in it."""

    def fill(self) -> None:
        url = self.owner_url
        surroundings = os.environ | {
            "DATABASE_URL": url,
            "DATABASE_OWNER_URL": url,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
        }
        command = [sys.executable, "-m", "tests.live.own_world"]
        told = subprocess.run(command, env=surroundings, check=True, capture_output=True)  # noqa: S603 - ours
        self.world = json.loads(told.stdout)

    def tell(self) -> int:
        with psycopg.connect(self.owner_url, autocommit=True) as web:
            counted = (
                "UPDATE groups_timeline SET seq = seq + 1 WHERE group_id = %s RETURNING seq, side"
            )
            web.execute("SELECT set_config('carestation.person', 'system:content', false)")
            group = UUID(self.world["group"])
            seq, side = max(web.execute(counted, [group]).fetchall(), key=lambda row: row[1])
            push = Push(kind="post", group_id=group, side=side, seq=seq, html="…")
            sealed = seal_push(push, key_from_file(os.environ["BUS_KEY_URL"]))
            web.execute("SELECT pg_notify('live', %s)", [b64encode(sealed).decode()])
            return int(seq)


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("own"), fsync="off")
    server.start()
    server.fill()
    yield server
    server.stop()


@pytest.fixture
def live(server: Server) -> Iterator[LiveProcess]:
    with live_process(server.cluster.url(APP), tick_seconds=0.2) as live:
        yield live


def test_streams_outlive_a_restart_of_the_database_and_catch_up(
    server: Server, live: LiveProcess
) -> None:
    kato = live.opens(bearer(server.world["token"]))
    before = kato.hears_post(server.tell())

    server.stop()
    meanwhile = live.refuses(bearer(server.world["token"]))[0]
    server.start()
    caught_up = kato.hears(lambda ear: ear.kinds() == ["catchup", "post", "catchup"])

    assert before
    assert meanwhile == http.client.SERVICE_UNAVAILABLE
    assert caught_up
    assert kato.hears_post(server.tell())
    assert live.opens(bearer(server.world["token"])).kinds() == ["catchup"]
