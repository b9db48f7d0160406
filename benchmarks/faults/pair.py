"""PostgreSQL with a synchronous standby: what was acknowledged is on both, and either can write.

What Patroni and etcd decide in an installation is decided from here: who is promoted, and whether
the one that writes waits for a standby. The servers and their replication are the real ones.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, LiteralString
from urllib.parse import quote

import psutil
import psycopg

from benchmarks.faults.pieces import await_that
from config.database import await_cluster, ensure_roles
from config.postgres import ADMIN, APP, DATABASE, OWNER, Cluster, prepare_cluster, program
from config.private_files import secret
from config.privileges import started_as
from tests.live.nats_server import HOST
from tests.ports import free_port

# As deploy/postgresql/patroni.yml has them, and small enough for a disk that is to be filled.
SETTINGS: Final = {
    "listen_addresses": HOST,
    "max_connections": "200",
    "max_wal_size": "128MB",
    "wal_keep_size": "64MB",
    "synchronous_commit": "on",
    "tcp_user_timeout": "10000",
    "wal_retrieve_retry_interval": "1s",
    "wal_log_hints": "on",
}
# The application, the owner of the tables and the standby sign in from this machine.
DOORS: Final = """
local all all scram-sha-256
local replication postgres scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
host replication postgres 127.0.0.1/32 scram-sha-256
"""
# Patroni's `ttl`: so long after its last word the one that wrote is held to be gone.
GONE_SECONDS: Final = 20.0


@dataclass(frozen=True, kw_only=True)
class Ported(Cluster):
    """One of both, on a port of its own."""

    port: int

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return its address on its socket."""
        return f"{Cluster.url(self, role, database)}&port={self.port}"


class Server:
    """One PostgreSQL, which may write, follow, be killed or be paused."""

    def __init__(self, folder: Path, secrets: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self.cluster = Ported(
            folder=folder / "postgres",
            socket_folder=folder / "socket",
            secrets=secrets,
            port=self.port,
            extra=SETTINGS | {"port": str(self.port)},
        )
        # What it knows besides, from its next start on.
        self.variables: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, as what its folder says that it is."""
        prepare_cluster(self.cluster)
        (self.cluster.folder / "pg_hba.conf").write_text(DOORS)
        user = self.cluster.user
        told = [f"{name}={value}" for name, value in self.variables.items()]
        # Told behind the change of user: what is loaded before it would be root's.
        command = [*started_as(user), "/usr/bin/env", *told, str(program("postgres", user))]
        with (self.folder / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - ours
                [*command, "-D", str(self.cluster.folder)], stdout=log, stderr=log
            )

    def await_it(self) -> None:
        """Wait until it answers."""
        process = self._process
        await_cluster(self.cluster, alive=lambda: process is not None and process.poll() is None)

    def follow(self, other: "Server", port: int) -> None:
        """Become the standby of another, which is heard on a port, with a new copy of it."""
        shutil.rmtree(self.cluster.folder, ignore_errors=True)
        user = self.cluster.user
        password = secret(self.cluster.secrets, f"postgres-{ADMIN}")
        command = [*started_as(user), str(program("pg_basebackup", user))]
        command += [f"--pgdata={self.cluster.folder}", "--checkpoint=fast", "--no-sync"]
        command += [f"--host={other.cluster.socket_folder}", f"--port={other.port}"]
        if user is not None:
            os.chown(self.folder, user.uid, user.gid)
        subprocess.run(  # noqa: S603 - ours
            [*command, f"--username={ADMIN}"], env={"PGPASSWORD": password}, check=True
        )
        (self.cluster.folder / "standby.signal").touch()
        (self.cluster.folder / "postgresql.auto.conf").write_text(
            f"primary_conninfo = 'host={HOST} port={port} user={ADMIN} password={password} "
            "application_name=standby'\n"
        )
        self.start()

    def ask(self, statement: LiteralString) -> object:
        """Run one statement as the administrator, and return what it says first."""
        url = self.cluster.url(ADMIN, "postgres")
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(statement)
            row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None

    def send(self, what: signal.Signals) -> list[psutil.Process]:
        """Send something to all of its processes; return them."""
        if self._process is None:
            return []
        found: list[psutil.Process] = []
        with suppress(psutil.NoSuchProcess):
            main = psutil.Process(self._process.pid)
            found = [main, *main.children(recursive=True)]
        for process in found:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(what)
        return found

    def kill(self) -> None:
        """Kill it without warning, with all that it started."""
        # While one of them lives the next could not begin: they share its memory.
        children = self.send(signal.SIGKILL)[1:]
        psutil.wait_procs(children, timeout=20)
        if self._process is not None:
            self._process.wait(timeout=20)

    def renew(self, variables: dict[str, str]) -> None:
        """End it in peace, and start it with what it is to know."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=20)
        self.variables = variables
        self.start()
        self.await_it()

    def pause(self) -> None:
        """Let it stand still."""
        self.send(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on."""
        self.send(signal.SIGCONT)


class Pair:
    """Both, and which of them writes."""

    def __init__(self, folder: Path, secrets: Path) -> None:
        secrets.mkdir(mode=0o700)
        self.servers: tuple[Server, ...] = tuple(
            Server(folder / name, secrets) for name in ("one", "two")
        )
        self.writes, self.follows = self.servers
        # Where each is heard by the other: a line that can be cut.
        self.heard_at = {server.port: server.port for server in self.servers}

    def lay_lines(self, lay: Callable[[str, list[int]], list[int]]) -> None:
        """Let lines be laid that can be cut."""
        ports = [server.port for server in self.servers]
        between = lay("PostgreSQL and its standby", ports)
        self.heard_at = dict(zip(ports, between, strict=True))

    def start(self) -> None:
        """Make the one that writes, and its standby."""
        self.writes.start()
        self.writes.await_it()
        ensure_roles(self.writes.cluster)
        self.join()

    def stop(self) -> None:
        """End both."""
        for server in (self.follows, self.writes):
            server.go_on()
            server.kill()

    def join(self) -> None:
        """Let the standby begin anew, and the other wait for it from when it has everything."""
        self.follows.follow(self.writes, self.heard_at[self.writes.port])
        await_that("the standby follows", self._is_followed)
        self.writes.ask("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        self.writes.ask("SELECT pg_reload_conf()")
        await_that("the standby is waited for", self._is_waited_for)

    def ask(self, statement: LiteralString, *parameters: list[str] | int) -> object:
        """Ask the database of CareStation as the administrator; return what it says first."""
        with psycopg.connect(self.writes.cluster.url(ADMIN)) as connection:
            row = connection.execute(statement, parameters).fetchone()
        return row[0] if row else None

    def renew(self, variables: dict[str, str]) -> None:
        """Start both anew with what they are to know."""
        self.writes.renew(variables)
        self.follows.renew(variables)
        await_that("the standby is waited for", self._is_waited_for)

    def fail_over(self) -> None:
        """Let the standby write, once it is certain that the other does not."""
        time.sleep(GONE_SECONDS)
        self.writes, self.follows = self.follows, self.writes
        self.writes.ask("SELECT pg_promote(true, 30)")

    def url(self, role: str, ports: tuple[int, ...] = ()) -> str:
        """Return the address of both, of which the one that writes is taken."""
        password = secret(self.writes.cluster.secrets, f"postgres-{role}")
        asked = ports or tuple(server.port for server in self.servers)
        hosts, named = quote(",".join([HOST] * len(asked))), quote(",".join(map(str, asked)))
        return (
            f"postgresql://{role}:{password}@/{DATABASE}?host={hosts}&port={named}"
            "&target_session_attrs=read-write"
        )

    @property
    def owner_url(self) -> str:
        """The address for who owns the tables."""
        return self.url(OWNER)

    def app_url(self, ports: tuple[int, ...] = ()) -> str:
        """Return the address for who serves people."""
        return self.url(APP, ports)

    def _is_followed(self) -> bool:
        state = self.writes.ask("SELECT max(state) FROM pg_stat_replication")
        return state == "streaming"

    def _is_waited_for(self) -> bool:
        return self.writes.ask("SELECT max(sync_state) FROM pg_stat_replication") == "sync"
