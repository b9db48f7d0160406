"""`carestation up`: everything that a CareStation is made of, on this machine."""

import argparse
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Final
from urllib.parse import urlsplit

from config.buses import check_bus
from config.capacity import Capacity
from config.database import (
    as_app_role,
    await_cluster,
    check_database,
    check_wall,
    ensure_app_role,
    ensure_roles,
)
from config.environment import Environment, read_environment, surroundings
from config.logfiles import LogFiles
from config.places import Places
from config.ports import LOOPBACK, port_of, take_port, usable
from config.postgres import APP, OWNER, Cluster, prepare_cluster
from config.private_files import secret, write_private_json
from config.processes import (
    MOST_WEB,
    PROJECT,
    PYTHON,
    Plan,
    ended_with_parent,
    other_pieces,
    postgres_piece,
)
from config.readiness import is_ready
from config.running import forget_pieces, pids
from config.supervise import Supervisor

LEAST_FREE_BYTES: Final = 300_000_000
READY_SECONDS: Final = 170
ENDED_BY_A_SIGNAL: Final = 128
ANY_PORT: Final = "http://127.0.0.1:0"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    cores = os.cpu_count() or 1
    parser.add_argument("--data", type=Path, help="folder of this machine's own things (var)")
    parser.add_argument("--port", type=int, help="the proxy's port; 0 finds a free one (8000)")
    parser.add_argument("--demo", action="store_true", help="with demo people and patients")
    parser.add_argument("--web", type=int, default=min(cores, 4), help="number of web processes")
    parser.add_argument("--json", action="store_true", help="one line of JSON once it is ready")
    parser.add_argument("--tls", action="store_true", help="https with a certificate of our own")
    parser.add_argument("--restart", action="store_true", help="a piece that dies starts again")


def run(options: argparse.Namespace) -> int:
    """Start everything, say when it is ready, and run until told to end.

    Raises:
        SystemExit: it cannot start; the sentence says why.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        # Until there is something to supervise, it leaves at once and ends what it waits for.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _leave)
    variables = surroundings()
    data = (options.data or Path(variables.get("CARESTATION_DATA", "var"))).absolute()
    places = Places(data=data)
    places.make()
    lock = _hold(places)
    if shutil.disk_usage(data).free < LEAST_FREE_BYTES:
        raise SystemExit(f"The disk of {data} is full: at least 300 MB must be free.")
    start = Start(options, variables, places)
    code = start.run()
    lock.close()
    if start.trouble:
        sys.stderr.write(f"carestation: {start.trouble}\n")
    return code


class Start:
    """One start: what was asked for, what was found, and what became of it."""

    def __init__(
        self, options: argparse.Namespace, variables: dict[str, str], places: Places
    ) -> None:
        """Read the surroundings, choose the port, and make the database's files."""
        self.options = options
        self.places = places
        self.trouble: str | None = None
        site_url = variables.get("SITE_URL", "")
        named = urlsplit(site_url).hostname
        hosts = LOOPBACK if named in {None, "localhost", *LOOPBACK} else ("0.0.0.0", "::")  # noqa: S104 - a public site
        self.hosts = usable(hosts)
        self.port = take_port(_wished_port(options, site_url), hosts)
        scheme = "https" if options.tls else "http"
        self.url = (site_url or f"{scheme}://localhost:{self.port}").rstrip("/")
        self.cluster = None if variables.get("DATABASE_URL") else self._own_cluster()
        self.variables = self._variables(variables)
        self.environment = self._environment()
        self.supervisor = Supervisor(
            LogFiles(places.logs), places.run, restarts=bool(options.restart)
        )

    def run(self) -> int:
        """Run until the end; return the exit code."""
        forget_pieces(self.places.run)
        first = postgres_piece(self.cluster) if self.cluster else None
        self.plan = self._plan()
        code = self.supervisor.supervise(
            first, other_pieces(self.plan), between=self._prepare, after=self._announce
        )
        self.trouble = self.supervisor.trouble
        return code

    def _own_cluster(self) -> Cluster:
        cluster = Cluster(
            folder=self.places.postgres,
            socket_folder=self.places.run / "pg",
            secrets=self.places.secrets,
        )
        prepare_cluster(cluster)
        return cluster

    def _variables(self, variables: dict[str, str]) -> dict[str, str]:
        """Return the variables of the pieces; the owner's password is not among them."""
        kind = variables.get("CARESTATION_ENV") or ("demo" if self.options.demo else "development")
        own = {
            "CARESTATION_ENV": kind,
            "CARESTATION_DATA": str(self.places.data),
            "SITE_URL": self.url,
            "PYTHONUNBUFFERED": "1",
        }
        own["METRICS_URL"] = _with_port(variables.get("METRICS_URL") or ANY_PORT)
        own["PROMETHEUS_MULTIPROC_DIR"] = str(self.places.counters)
        if not variables.get("CARESTATION_SECRET_KEY"):
            own["CARESTATION_SECRET_KEY"] = secret(self.places.secrets, "django")
        if self.cluster is not None:
            self.owner_url, own["DATABASE_URL"] = self.cluster.url(OWNER), self.cluster.url(APP)
            # A database of our own is this machine's alone, and so are all who tell and hear.
            own["BUS_URL"] = variables.get("BUS_URL") or f"unix://{self.places.run}/bus.sock"
        elif variables.get("DATABASE_OWNER_URL"):
            self.owner_url = variables["DATABASE_OWNER_URL"]
        else:
            self.owner_url = variables["DATABASE_URL"]
            own["DATABASE_URL"] = as_app_role(self.owner_url)
        kept = {name: value for name, value in variables.items() if name != "DATABASE_OWNER_URL"}
        return kept | own

    def _environment(self) -> Environment:
        found = read_environment(self.variables)
        if found.is_production and self.options.demo:
            raise SystemExit("There is no demo data in production.")
        if found.is_production and not found.site_url.startswith("https://"):
            raise SystemExit("Production needs TLS: set SITE_URL to https://….")
        check_bus(found.bus_url)
        return found

    def _plan(self) -> Plan:
        names = [urlsplit(self.url).hostname or "localhost"]
        if names[0] in {"localhost", *LOOPBACK}:
            names = ["localhost", *LOOPBACK]
        return Plan(
            places=self.places,
            surroundings=self.variables,
            hosts=self.hosts,
            port=self.port,
            tls_names=names if self.url.startswith("https://") else [],
            web=min(max(1, self.options.web), MOST_WEB // 2),
        )

    def _prepare(self) -> None:
        if self.cluster is not None:
            alive = self.supervisor
            await_cluster(self.cluster, alive=lambda: alive.is_alive("postgres"))
            ensure_roles(self.cluster)
        else:
            check_database(self.owner_url)
            ensure_app_role(self.owner_url)
        command = ended_with_parent([*PYTHON, "config.prepare"])
        command += ["--demo"] if self.options.demo else []
        variables = self.variables | {"DATABASE_URL": self.owner_url}
        log = self.places.logs / "prepare.log"
        _run_to_end(command, variables, log, given_up=self.supervisor.ending.is_set)
        if not self.supervisor.ending.is_set():
            check_wall(self.variables["DATABASE_URL"])

    def _announce(self) -> None:
        until = time.monotonic() + READY_SECONDS
        while not is_ready(self.url, self.port):
            if self.supervisor.ending.wait(0.05):
                return
            if time.monotonic() > until:
                self.supervisor.trouble = f"It is not ready after {READY_SECONDS} seconds."
                self.supervisor.terminate()
                return
        state = {
            "ready": True,
            "url": self.url,
            "port": self.port,
            "pids": pids(self.places.run),
            "database_url": self.owner_url,
            "mail_dir": str(self.environment.mail_dir),
            "metrics_url": f"{self.environment.metrics_url}/metrics",
            "database_app_url": self.variables["DATABASE_URL"],
            "data": str(self.places.data),
            "kind": self.environment.kind,
            "bus_url": self.environment.bus_url,
            "bus_key_url": self.environment.bus_key_url,
            "blob_url": self.environment.blob_url,
            "blob_url_before": self.environment.blob_url_before,
            "key_url": self.environment.key_url,
            "key_url_next": self.environment.key_url_next,
            "key_token_file": str(self.environment.key_token_file),
            "erased_url": self.environment.erased_url,
        }
        write_private_json(self.places.run / "state.json", state)
        self._say(state)
        Capacity(self.supervisor, self.plan, self.variables["DATABASE_URL"]).follow()

    def _say(self, state: dict[str, object]) -> None:
        if self.options.json:
            sys.stdout.write(json.dumps(state) + "\n")
        else:
            sys.stdout.write(f"\nCareStation runs at {self.url}  (Ctrl-C stops it)\n")
            if self.options.demo:
                sys.stdout.write(_demo_people())
        sys.stdout.flush()


def _leave(number: int, _: object) -> None:
    raise SystemExit(ENDED_BY_A_SIGNAL + number)


def _wished_port(options: argparse.Namespace, site_url: str) -> int:
    if options.port is not None:
        return int(options.port)
    return port_of(site_url) if site_url else 8000


def _with_port(metrics_url: str) -> str:
    parts = urlsplit(metrics_url)
    host = parts.hostname or LOOPBACK[0]
    port = take_port(parts.port or 0, (host,))
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _hold(places: Places) -> IO[str]:
    lock = places.lock.open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise SystemExit(
            f"CareStation already runs on {places.data}: end it first, or give another --data."
        ) from error
    return lock


def _run_to_end(
    command: list[str], variables: dict[str, str], log: Path, *, given_up: Callable[[], bool]
) -> None:
    with (
        log.open("w") as words,
        subprocess.Popen(  # noqa: S603 - ours
            command,
            env=variables,
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
        ) as process,
    ):
        while process.poll() is None and not given_up():
            time.sleep(0.02)
        if process.returncode is None:
            process.kill()
    if process.returncode != 0 and not given_up():
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
        raise SystemExit(lines[-1] if lines else "The preparation ended without a word.")


def _demo_people() -> str:
    from config.demo.panel import people_table  # noqa: PLC0415 - only where it is asked for

    return people_table()
