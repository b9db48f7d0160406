"""The pair of databases as an installation keeps it: Patroni and etcd decide who writes.

What they are told is what is shipped (deploy/postgresql), with addresses, folders and passwords of
this rehearsal. Each server's Patroni speaks to etcd over a line that can be cut.
"""

import json
import os
import random
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final, LiteralString

import psutil
import yaml

from benchmarks.faults.link import HOST
from benchmarks.faults.pair import Pair, Ported, Server
from benchmarks.faults.pieces import Piece, await_that
from config.database import ensure_roles
from config.places import make_private
from config.ports import take_port
from config.postgres import DATABASE, program, running_server
from config.private_files import secret
from config.privileges import hand_over, started_as
from tests.deploy.files import ADDRESS as OF_THE_NETWORK
from tests.deploy.files import assignments_in
from tests.running.starts import PROJECT

SHIPPED: Final = PROJECT / "deploy" / "postgresql"
INSTALLED: Final = PROJECT / ".venv" / "patroni"
ETCD: Final = INSTALLED / "etcd" / "usr" / "bin" / "etcd"
NAMES: Final = {"db-1": "10.42.0.11", "db-2": "10.42.0.12", "witness": "10.42.0.13"}
# The ports at which etcd is asked, and at which its servers speak to each other.
ASKED, BETWEEN = "2379", "2380"
PORTS: Final = (15_000, 32_000)
PATIENCE_SECONDS: Final = 120.0


@dataclass(frozen=True, kw_only=True)
class Heard(Ported):
    """One of both, which is heard on its port alone."""

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return its address."""
        password = secret(self.secrets, f"postgres-{role}")
        return f"postgresql://{role}:{password}@{HOST}:{self.port}/{database}"


def kept_port() -> int:
    """Return a free port below those that outgoing connections are given.

    Who starts again finds it free.
    """
    return take_port(random.randrange(*PORTS))  # noqa: S311 - no secret


class Etcd:
    """Three servers of etcd, which agree on who writes."""

    def __init__(self, folder: Path) -> None:
        self.at = {
            f"{address}:{port}": kept_port()
            for address in NAMES.values()
            for port in (ASKED, BETWEEN)
        }
        self.servers = [self._server(folder, name) for name in NAMES]

    def port(self, name: str) -> int:
        """Return where one of them is asked."""
        return self.at[f"{NAMES[name]}:{ASKED}"]

    def _server(self, folder: Path, name: str) -> Piece:
        known = assignments_in(SHIPPED / "etcd.env")
        first = NAMES["db-1"]
        own = {
            variable: self._here(
                words
                if "INITIAL_CLUSTER" in variable and "=" in words
                else words.replace(first, NAMES[name])
            )
            for variable, words in known.items()
        } | {"ETCD_NAME": name, "ETCD_DATA_DIR": str(folder / name), "ETCD_LOG_LEVEL": "warn"}
        return Piece([str(ETCD)], own, folder / f"{name}.log")

    def _here(self, words: str) -> str:
        for place, port in self.at.items():
            words = words.replace(place, f"{HOST}:{port}")
        return words


class Member(Server):
    """One PostgreSQL and the Patroni that keeps it, on a machine of their own."""

    def __init__(self, folder: Path, secrets: Path, name: str) -> None:
        super().__init__(folder, secrets)
        self.name = name
        self.port, self.told_at = kept_port(), kept_port()
        self.cluster = Heard(
            folder=folder / "postgres",
            socket_folder=folder / "socket",
            secrets=secrets,
            port=self.port,
        )
        self._patroni: Piece | None = None

    @property
    def said(self) -> Path:
        """What its Patroni is told."""
        return self.folder / "patroni.yml"

    def keep(self, etcd: list[int], scope: str) -> None:
        """Start its Patroni, which starts it."""
        user = self.cluster.user
        make_private(self.cluster.socket_folder)
        self.said.write_text(yaml.safe_dump(self.told(etcd, scope)))
        self.said.chmod(0o600)
        for place in (self.folder, self.cluster.socket_folder, self.said):
            hand_over(place, user)
        python = str(INSTALLED / "bin" / "python")
        command = [*started_as(user), python, "-m", "patroni", str(self.said)]
        log = self.folder.parent / f"{self.name}.log"
        self._patroni = Piece(command, {"LC_ALL": "C", "PATH": os.defpath}, log)
        self._patroni.start()

    def send(self, what: signal.Signals) -> list[psutil.Process]:
        """Send something to all that runs on its machine; return it."""
        found = [] if self._patroni is None else self._patroni.tree()
        server = running_server(self.cluster.folder)
        if server is not None:
            with suppress(psutil.NoSuchProcess):
                found += [server, *server.children(recursive=True)]
        for process in found:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(what)
        return found

    def kill(self) -> None:
        """Kill its machine, which stays away until it is started again."""
        if self._patroni is not None:
            self._patroni.end(at_once=True)
        psutil.wait_procs(self.send(signal.SIGKILL), timeout=20)

    def come_back(self) -> None:
        """Start its machine again."""
        if self._patroni is not None:
            self._patroni.start()

    def told(self, etcd: list[int], scope: str) -> dict[str, Any]:
        """Return what its Patroni is told: what is shipped, with what is its own."""
        told: dict[str, Any] = yaml.safe_load((SHIPPED / "patroni.yml").read_text("utf-8"))
        told |= {"name": self.name, "scope": scope}
        told["etcd3"]["hosts"] = [f"{HOST}:{port}" for port in etcd]
        told["restapi"] |= dict.fromkeys(("listen", "connect_address"), f"{HOST}:{self.told_at}")
        server = told["postgresql"]
        server |= dict.fromkeys(("listen", "connect_address"), f"{HOST}:{self.port}")
        server |= {
            "data_dir": str(self.cluster.folder),
            "bin_dir": str(program("postgres", self.cluster.user).parent),
            "pg_hba": [_here(line) for line in server["pg_hba"]],
        }
        # The wheel's PostgreSQL is built without TLS.
        server["parameters"] = {"unix_socket_directories": str(self.cluster.socket_folder)}
        for role in server["authentication"].values():
            role["password"] = secret(self.cluster.secrets, f"postgres-{role['username']}")
        return told


class KeptPair(Pair):
    """Both, of which Patroni decides who writes."""

    def __init__(self, folder: Path, secrets: Path) -> None:
        """Lay out both, and etcd; nothing runs yet."""
        secrets.mkdir(mode=0o700)
        (folder.parent / "etcd").mkdir(mode=0o700)
        self.etcd = Etcd(folder.parent / "etcd")
        names = {"db-1": folder / "one", "db-2": folder / "two"}
        self.members = tuple(Member(place, secrets, name) for name, place in names.items())
        self.servers = self.members
        self.writes, self.follows = self.members
        # Where each one's Patroni asks etcd.
        self._asked: dict[str, list[int]] = {}

    def lay_lines(self, lay: Callable[[str, list[int]], list[int]]) -> None:
        """Let lines be laid between each one's Patroni and etcd."""
        for one in self.members:
            self._asked[one.name] = lay(line_of(one), [self.etcd.port(name) for name in NAMES])

    def start(self) -> None:
        """Let the first one become who writes, and the second follow it."""
        for server in self.etcd.servers:
            server.start()
        scope = "carestation"
        for number, one in enumerate(self.members):
            one.keep(self._asked[one.name], scope)
            if number == 0:
                await_that("one of them writes", self.look, PATIENCE_SECONDS)
                ensure_roles(self.writes.cluster)
                # Nobody but who is named comes to it, and who rewinds asks it.
                self.writes.ask("GRANT CONNECT ON DATABASE postgres TO rewinder")
        await_that("the other is waited for", self.is_whole, PATIENCE_SECONDS)

    def stop(self) -> None:
        """End all of it."""
        for one in self.members:
            one.go_on()
            one.kill()
        for server in self.etcd.servers:
            server.end(at_once=True)

    def look(self) -> bool:
        """See which of both writes; return whether one does."""
        writing = [one for one in self.members if says(one, "/primary")]
        if len(writing) == 1:
            self.writes, self.follows = writing[0], self._other(writing[0])
        return len(writing) == 1

    def order(self) -> tuple[Member, Member]:
        """Return who writes, and the other.

        Raises:
            TimeoutError: nobody writes.
        """
        await_that("one of them writes", self.look, PATIENCE_SECONDS)
        one = next(one for one in self.members if one is self.writes)
        return one, self._other(one)

    def is_whole(self) -> bool:
        """Whether one writes and waits for the other, which has everything."""
        return self.look() and says(self.order()[1], "/synchronous")

    def _other(self, one: Member) -> Member:
        return next(other for other in self.members if other is not one)

    def switch_over(self) -> None:
        """Ask that the other one write, as who renews a machine does."""
        writes, follows = self.order()
        words = json.dumps({"leader": writes.name, "candidate": follows.name})
        connection = HTTPConnection(HOST, writes.told_at, timeout=60)
        connection.request("POST", "/switchover", words, {"Content-Type": "application/json"})
        status = connection.getresponse().status
        connection.close()
        if status != HTTPStatus.OK:
            raise ConnectionError(f"no switchover: {status}")

    def ask(self, statement: LiteralString, *parameters: list[str] | int) -> object:
        """Ask the database of CareStation as the administrator; return what it says first."""
        self.look()
        return super().ask(statement, *parameters)


def line_of(one: Member) -> str:
    """Return the name of the line between one's Patroni and etcd."""
    return f"{one.name} and etcd"


def _here(door: str) -> str:
    return OF_THE_NETWORK.sub(HOST, door).replace("hostssl ", "host ")


def says(one: Member, path: str) -> bool:
    """Whether a member's Patroni says yes."""
    connection = HTTPConnection(HOST, one.told_at, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
