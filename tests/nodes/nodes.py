"""Two nodes in front of one PostgreSQL, one bus and one store of files, and a proxy before them."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import psycopg
from psycopg import sql

from carestation.kernel.ids import uuid7
from config.places import Places
from config.private_files import write_private_json
from config.proxy import caddy_command, caddy_surroundings
from config.running import pids
from tests.durability.ordeal import Place, places_of
from tests.live.nats_server import NatsServer, nats_server
from tests.ports import free_port
from tests.running.starts import COMMAND, PROJECT, Started, started, surroundings
from tests.vault.store import Store, store

NAMES: Final = ("a", "b")
PATIENCE_SECONDS: Final = 60


@dataclass(frozen=True, kw_only=True)
class Nodes:
    """What runs, and under which one address people know it."""

    url: str
    nodes: tuple[Started, ...]
    bus: NatsServer
    store: Store
    variables: Mapping[str, str]
    database_url: str

    def port(self, number: int) -> int:
        """Return where one node's own proxy answers."""
        return int(self.nodes[number].said["port"])

    def pid(self, number: int, piece: str) -> int:
        """Return the process of a piece of one node, once it runs."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            found = pids(Places(data=self.nodes[number].data).run)[piece]
            if isinstance(found, list):
                found = found[0] if found else None
            if found is not None:
                return found
            time.sleep(0.05)
        raise TimeoutError(f"{piece} does not run")

    def send(self, number: int, piece: str, what: signal.Signals = signal.SIGKILL) -> None:
        """Kill a piece of one node without warning, or pause it."""
        os.kill(self.pid(number, piece), what)

    def people(self, groups: int, members: int) -> list[Place]:
        """Make people with open sessions; return where each may write, group by group in turn."""
        seed = self.nodes[0].data / "seed.json"
        self._command("load-seed", f"--groups={groups}", f"--members={members}", f"--json={seed}")
        return places_of(json.loads(seed.read_text()))

    def end_membership(self, number: int, place: Place) -> None:
        """Let a group's manager end a person's membership, on one node."""
        said = [place.group_id, place.side, place.token]
        self._run(number, ["-m", "tests.nodes.ending", *said])

    def _command(self, *words: str) -> None:
        self._run(0, [*COMMAND[1:], *words])

    def _run(self, number: int, words: list[str]) -> None:
        node = self.nodes[number]
        known = {
            "CARESTATION_DATA": str(node.data),
            "CARESTATION_ENV": "development",
            "DATABASE_URL": str(node.said["database_app_url"]),
            "SITE_URL": self.url,
        }
        subprocess.run(  # noqa: S603 - ours
            [COMMAND[0], *words],
            env=surroundings(**(dict(self.variables) | known)),
            cwd=PROJECT,
            check=True,
            stdout=subprocess.DEVNULL,
        )


@contextmanager
def nodes(folder: Path, database_url: str, *options: str, **more: str) -> Iterator[Nodes]:
    """Start two nodes and what they share; all of it has ended when the block is left."""
    with ExitStack() as all_of_it:
        bus_folder, store_folder = folder / "bus", folder / "store"
        for one in (bus_folder, store_folder, folder / "keys"):
            one.mkdir(mode=0o700)
        bus = all_of_it.enter_context(nats_server(bus_folder))
        files = all_of_it.enter_context(store(store_folder))
        url = f"http://localhost:{free_port()}"
        variables = {
            "DATABASE_URL": database_url,
            "BUS_URL": bus.url,
            "SSL_CERT_FILE": str(bus.authority),
            "BLOB_URL": files.url(),
            "KEY_URL": f"file://{folder}/keys/root.json",
            "BUS_KEY_URL": f"file://{folder}/keys/bus.json",
            "ERASED_URL": f"file://{folder}/keys/erased.jsonl",
            "CARESTATION_SECRET_KEY": "of-all-nodes-" * 5,
            "SITE_URL": url,
        } | more
        running = tuple(
            all_of_it.enter_context(
                started(folder / name, "--restart", "--web=1", *options, command=None, **variables)
            )
            for name in NAMES
        )
        found = Nodes(
            url=url,
            nodes=running,
            bus=bus,
            store=files,
            variables=variables,
            database_url=database_url,
        )
        all_of_it.enter_context(_front(folder / "front", found))
        yield found


@contextmanager
def database() -> Iterator[str]:
    """Give an empty database on the tests' server; it is dropped after."""
    name = f"nodes_{uuid7().hex}"
    url = os.environ["DATABASE_OWNER_URL"]
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(sql.SQL("DROP DATABASE {} (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _front(folder: Path, found: Nodes) -> Iterator[None]:
    """Stand before the nodes: each request goes to any of those that answer."""
    places = Places(data=folder)
    places.make()
    write_private_json(places.caddy / "caddy.json", _configuration(found))
    command, known = caddy_command(places), caddy_surroundings(places)
    with (
        (folder / "front.log").open("wb") as log,
        subprocess.Popen(command, env=known, stdout=log, stderr=log) as caddy,  # noqa: S603 - ours
    ):
        try:
            _await(found.url)
            yield
        finally:
            # Told to end it would wait for the open streams.
            caddy.kill()


def _configuration(found: Nodes) -> dict[str, Any]:
    handed = {
        "handler": "reverse_proxy",
        "upstreams": [
            {"dial": f"127.0.0.1:{found.port(number)}"} for number in range(len(found.nodes))
        ],
        "flush_interval": -1,
        "load_balancing": {
            "selection_policy": {"policy": "random"},
            "try_duration": "5s",
            "try_interval": "100ms",
        },
        "health_checks": {
            "active": {
                "uri": "/health",
                "headers": {"Host": [urlsplit(found.url).netloc]},
                "interval": "1s",
                "timeout": "1s",
            },
            "passive": {"fail_duration": "2s"},
        },
    }
    server = {
        "listen": [f"127.0.0.1:{urlsplit(found.url).port}"],
        "automatic_https": {"disable": True},
        "routes": [{"handle": [handed]}],
    }
    return {"admin": {"disabled": True}, "apps": {"http": {"servers": {"front": server}}}}


def _await(url: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            with urlopen(f"{url}/ready", timeout=5) as answer:  # noqa: S310 - our own address
                if answer.status == HTTPStatus.OK:
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError("the front does not answer")
