"""One real PostgreSQL for a whole run of the tests, shared by its parallel parts.

A plugin (`-p tests.cluster`), so that the addresses are set before Django reads its settings. The
server starts with the session and ends with it; all it wrote lies in a temporary folder.
DATABASE_URL in the surroundings makes the tests run on that server instead.
"""

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest

from carestation.vault.keyfiles import ensure_key_file
from config.database import await_cluster, ensure_roles
from config.postgres import APP, OWNER, Cluster, prepare_cluster

IS_PART: Final = "PYTEST_XDIST_WORKER" in os.environ
IS_GIVEN: Final = "DATABASE_URL" in os.environ
EXTRA: Final = {"fsync": "off", "max_connections": "200"}


def _cluster() -> Cluster | None:
    if IS_PART:
        return None
    folder = Path(tempfile.mkdtemp(prefix="cs-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ |= {
        "CARESTATION_ENV": "test",
        "CARESTATION_DATA": str(folder / "data"),
        "KEY_URL": f"file://{folder}/keys/root.json",
        "BUS_KEY_URL": f"file://{folder}/keys/bus.json",
        "SITE_URL": "http://testserver",
    }
    if IS_GIVEN:
        return None
    (folder / "secrets").mkdir(mode=0o700)
    cluster = Cluster(
        folder=folder / "postgres",
        socket_folder=folder / "socket",
        secrets=folder / "secrets",
        extra=EXTRA,
    )
    # The tests own their databases; what the application's role may do, they try as that role.
    os.environ |= {
        "DATABASE_URL": cluster.url(OWNER),
        "DATABASE_OWNER_URL": cluster.url(OWNER),
        "DATABASE_APP_URL": cluster.url(APP),
    }
    return cluster


CLUSTER: Final = _cluster()


SERVER: Final = pytest.StashKey[subprocess.Popen[bytes]]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> Generator[None]:
    """Start the server before anything of the session runs."""
    if not IS_PART:
        for name in ("KEY_URL", "BUS_KEY_URL"):
            ensure_key_file(os.environ[name])
    if CLUSTER is not None and not session.config.option.collectonly:
        session.config.stash[SERVER] = _started(CLUSTER)
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """End the server."""
    server = config.stash.get(SERVER, None)
    if server is not None:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=10)


def _started(cluster: Cluster) -> subprocess.Popen[bytes]:
    prepare_cluster(cluster)
    with (cluster.folder.parent / "postgres.log").open("wb") as log:
        server = subprocess.Popen(cluster.command(), stdout=log, stderr=log)  # noqa: S603 - ours
    await_cluster(cluster, alive=lambda: server.poll() is None)
    ensure_roles(cluster)
    return server
