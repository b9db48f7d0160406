"""A PostgreSQL that a test may stop, kill and pause."""

import signal
import subprocess
from pathlib import Path

from config.database import await_cluster, ensure_roles
from config.postgres import OWNER, Cluster, prepare_cluster


class OwnPostgres:
    """A cluster in a folder of its own."""

    def __init__(self, folder: Path, **extra: str) -> None:
        (folder / "secrets").mkdir(mode=0o700)
        self.cluster = Cluster(
            folder=folder / "postgres",
            socket_folder=folder / "socket",
            secrets=folder / "secrets",
            extra=extra,
        )

    @property
    def owner_url(self) -> str:
        return self.cluster.url(OWNER)

    def start(self) -> None:
        prepare_cluster(self.cluster)
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(self.cluster.command(), stdout=quiet, stderr=quiet)  # noqa: S603 - ours
        await_cluster(self.cluster, alive=lambda: self.process.poll() is None)
        ensure_roles(self.cluster)

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        self.process.send_signal(number)
        self.process.wait(timeout=20)
