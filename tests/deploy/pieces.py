"""Pieces started one by one, as the units start them, on ports of this machine."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from config.ports import take_port
from config.readiness import is_ready
from tests.live.process import test_database_url
from tests.running.starts import PROJECT

COMMAND: Final = [sys.executable, "-P", "-m", "config.cli"]
START_SECONDS: Final = 60


def _serves(port: int) -> bool:
    return is_ready("http://localhost", port)


def _shakes_hands(port: int) -> bool:
    """Tell whether it has a certificate: the proxy listens before its authority has made one."""
    context = ssl._create_unverified_context()  # noqa: S323 - our own authority
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as plain:
            context.wrap_socket(plain, server_hostname="localhost").close()
    except OSError:
        return False
    return True


class Node:
    """Some pieces on one data folder, each of which can leave, end and come again."""

    def __init__(self, data: Path, stack: ExitStack) -> None:
        self.data = data
        self._stack = stack
        self._pieces: dict[str, subprocess.Popen[bytes]] = {}
        self._at: dict[str, int] = {}

    def start(self, name: str, **more: str) -> str:
        """Start a piece, wait until it serves and the proxy knows it, and return where it listens.

        A proxy that starts later knows it by then.
        """
        port = self._at.setdefault(name, take_port(0))
        at = f"127.0.0.1:{port}"
        command = [*COMMAND, "piece", name, f"--at={at}"]
        self._run(name, command, port, os.environ | self._surroundings() | more, answers=_serves)
        if "proxy" in self._pieces:
            subprocess.run([*COMMAND, "arrive", f"--at={at}"], cwd=PROJECT, check=True)  # noqa: S603 - ours
        return at

    def start_proxy(self, nodes: Path, port: int) -> None:
        """Start the proxy, which knows nothing of the rest."""
        command = [*COMMAND, "piece", "proxy", f"--nodes={nodes}"]
        variables = {"CARESTATION_DATA": str(self.data), "PATH": os.defpath}
        self._run("proxy", command, port, variables, answers=_shakes_hands)

    def leave(self, name: str) -> None:
        """Let it say that it goes."""
        subprocess.run([*COMMAND, "leave", name, f"--data={self.data}"], cwd=PROJECT, check=True)  # noqa: S603 - ours

    def send(self, name: str, what: signal.Signals) -> None:
        """Kill it without warning, or pause it, or let it go on."""
        self._pieces[name].send_signal(what)

    def end(self, name: str) -> None:
        """End it as a unit does."""
        self._pieces[name].send_signal(signal.SIGTERM)
        self._pieces[name].wait(timeout=20)

    def kill(self, name: str) -> None:
        """End it without warning."""
        self._pieces[name].kill()
        self._pieces[name].wait(timeout=20)

    def said(self, name: str) -> list[dict[str, Any]]:
        """Return what a piece wrote into its log."""
        return [json.loads(line) for line in self._log(name).read_text().splitlines()]

    def _log(self, name: str) -> Path:
        return self.data.with_name(f"{self.data.name}-{name}.log")

    def _surroundings(self) -> dict[str, str]:
        return {
            "CARESTATION_DATA": str(self.data),
            "DATABASE_URL": test_database_url(),
            "SITE_URL": "https://localhost",
        }

    def _run(
        self,
        name: str,
        command: list[str],
        port: int,
        variables: dict[str, str],
        answers: Callable[[int], bool],
    ) -> None:
        with self._log(name).open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - ours
                command, env=variables, cwd=PROJECT, stdout=log, stderr=log
            )
        self._pieces[name] = process
        self._stack.callback(_ended, process)
        until = time.monotonic() + START_SECONDS
        while not answers(port):
            assert process.poll() is None, f"{name} ended with {process.returncode}"
            assert time.monotonic() < until, f"{name} does not answer"
            threading.Event().wait(0.05)


@contextmanager
def node(data: Path) -> Iterator[Node]:
    """A node whose pieces end with the block."""
    with ExitStack() as stack:
        yield Node(data, stack)


def _ended(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
