"""PostgreSQL goes away under open streams, and comes back: a server of this test's own."""

import http.client
import json
import os
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from carestation.kernel.pushes import Push
from carestation.vault.keyfiles import key_from_file
from carestation.vault.sealing import seal_push
from config.database import await_cluster, ensure_roles
from config.postgres import APP, OWNER, Cluster, prepare_cluster
from tests.live.process import LiveProcess, bearer, live_process

pytestmark = pytest.mark.xdist_group("live")


class Server:
    """A PostgreSQL that this test may stop."""

    def __init__(self, folder: Path) -> None:
        (folder / "secrets").mkdir(mode=0o700)
        self.cluster = Cluster(
            folder=folder / "postgres",
            socket_folder=folder / "socket",
            secrets=folder / "secrets",
            extra={"fsync": "off"},
        )

    def start(self) -> None:
        prepare_cluster(self.cluster)
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(self.cluster.command(), stdout=quiet, stderr=quiet)  # noqa: S603 - ours
        await_cluster(self.cluster, alive=lambda: self.process.poll() is None)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=20)

    def fill(self) -> None:
        ensure_roles(self.cluster)
        url = self.cluster.url(OWNER)
        surroundings = os.environ | {
            "DATABASE_URL": url,
            "DATABASE_OWNER_URL": url,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
        }
        command = [sys.executable, "-m", "tests.live.own_world"]
        told = subprocess.run(command, env=surroundings, check=True, capture_output=True)  # noqa: S603 - ours
        self.world = json.loads(told.stdout)

    def tell(self) -> int:
        with psycopg.connect(self.cluster.url(OWNER), autocommit=True) as web:
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
    server = Server(tmp_path_factory.mktemp("own"))
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
