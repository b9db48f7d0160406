"""A piece that is kept as a unit keeps it: where it ends, it is started again a second later."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

from tests.running.starts import PROJECT

# RestartSec and TimeoutStopSec of deploy/systemd/carestation-.service.d.
AGAIN_SECONDS: Final = 1.0
END_SECONDS: Final = 30.0


class Piece:
    """One process with its children; it may be killed, paused, ended and started anew."""

    def __init__(
        self,
        command: list[str],
        variables: Mapping[str, str],
        log: Path,
        *,
        code: Path = PROJECT,
    ) -> None:
        self.command = command
        self.variables = dict(variables)
        self.code = code
        self._log = log
        self._ending = threading.Event()
        self._began = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper: threading.Thread | None = None

    def start(self) -> None:
        """Run it, and again whenever it ends, until it is ended from here."""
        self._ending.clear()
        self._began.clear()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()
        self._began.wait(END_SECONDS)

    def send(self, what: signal.Signals) -> None:
        """Kill it without warning, or pause it, or let it go on."""
        for process in self.tree():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(what)

    def kill(self) -> None:
        """Kill it without warning."""
        self.send(signal.SIGKILL)

    def pause(self) -> None:
        """Let it stand still."""
        self.send(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on."""
        self.send(signal.SIGCONT)

    def end(self, *, at_once: bool = False) -> None:
        """End it as a unit does, for good or until it is started anew."""
        self._ending.set()
        process = self._process
        if process is None or self._keeper is None:
            return
        if at_once:
            self.kill()
        self.go_on()
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._keeper.join()

    def tree(self) -> list[psutil.Process]:
        """Return its process and all that this one began."""
        if self._process is None:
            return []
        try:
            main = psutil.Process(self._process.pid)
            return [main, *main.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _keep(self) -> None:
        while not self._ending.is_set():
            with self._log.open("ab") as words:
                # It ends with this thread, and so with us.
                self._process = subprocess.Popen(  # noqa: S603 - ours
                    ["/usr/bin/setpriv", "--pdeathsig=KILL", "--", *self.command],
                    env=self.variables,
                    cwd=self.code,
                    stdout=words,
                    stderr=words,
                    start_new_session=True,
                )
            self._began.set()
            self._process.wait()
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._ending.wait(AGAIN_SECONDS)


def await_that(what: str, holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until something holds.

    Raises:
        TimeoutError: it does not in time.
    """
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError(f"{what}: not after {seconds:.0f} seconds")
        time.sleep(0.1)
