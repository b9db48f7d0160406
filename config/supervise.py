"""The pieces run together: honcho starts and ends them; one that dies ends the whole.

Beyond honcho: PostgreSQL stands before the others start and is pressed only when they had their
time; a piece may be restarted instead, and one may come or go while the others serve; all end with
us, even where we are killed.
"""

import json
import multiprocessing
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import honcho.manager
from honcho.manager import Manager
from honcho.process import Process

from config.logfiles import LogFiles
from config.parting import end_with_parent
from config.private_files import write_private
from config.running import start_ticks

OTHERS_SECONDS: Final = 3.5
# All must have ended within 10 seconds; honcho's own 5 are too few for a busy PostgreSQL.
honcho.manager.KILL_WAIT = 7
PAUSE_SECONDS: Final = 0.2
QUICK_SECONDS: Final = 2.0
TOO_OFTEN: Final = 30
START_SECONDS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One process to run: its name, its command, what it knows of its surroundings."""

    name: str
    command: list[str]
    surroundings: dict[str, str]


class KeptProcess(Process):  # type: ignore[misc]  # honcho has no types
    """One piece, watched from a process of honcho's; started again where that is asked for."""

    def __init__(self, *args: Any, ending: Any, restarts: bool, run: Path, **kwargs: Any) -> None:
        """Take what honcho knows, and what it does not."""
        super().__init__(*args, **kwargs)
        self.ending = ending
        self.dismissed = multiprocessing.Event()
        self.restarts = restarts
        self.run_folder = run

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - honcho's
        """Run the piece; return when it ended for good."""
        end_with_parent()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        self._events = events
        quick = 0
        while True:
            began = time.monotonic()
            self._run_once()
            quick = quick + 1 if time.monotonic() - began < QUICK_SECONDS else 0
            if self.dismissed.is_set():
                # Nobody waits for it: its end is no end of the whole.
                for end in ("json", "sock"):
                    (self.run_folder / f"{self.name}.{end}").unlink(missing_ok=True)
                return
            if not self.restarts or self.ending.is_set() or quick > TOO_OFTEN:
                break
            time.sleep(PAUSE_SECONDS)
        self._send_message({"returncode": self._child.returncode}, type="stop")

    def _run_once(self) -> None:
        # One that was killed could not take its socket away, and its successor could not bind.
        for left in ("sock", "leaving"):
            (self.run_folder / f"{self.name}.{left}").unlink(missing_ok=True)
        self._child = child = subprocess.Popen(  # noqa: S603 - ours
            self.cmd,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        note = {"pid": child.pid, "began_at": time.time(), "ticks": start_ticks(child.pid)}
        write_private(self.run_folder / f"{self.name}.json", json.dumps(note))
        self._send_message({"pid": self._child.pid}, type="start")
        if self.ending.is_set() or self.dismissed.is_set():
            self._child.terminate()
        with child:
            threading.Thread(target=_end_group, args=[child], daemon=True).start()
            for line in child.stdout or ():
                self._send_message(line)


def _end_group(child: "subprocess.Popen[bytes]") -> None:
    """End what a piece leaves behind: an orphan of it would serve on, and hold its output open."""
    child.wait()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


class Supervisor(Manager):  # type: ignore[misc]  # honcho has no types
    """Runs the pieces: the first, then what `between` does, then the others, then `after`."""

    def __init__(self, logs: LogFiles, run: Path, *, restarts: bool) -> None:
        """Take where the pieces' words and process ids go."""
        super().__init__(printer=logs)
        self.logs = logs
        self.ending = multiprocessing.Event()
        self.fallen: str | None = None
        self.trouble: str | None = None
        self._failure: BaseException | None = None
        self._process_ctor = partial(KeptProcess, ending=self.ending, restarts=restarts, run=run)
        self._processes: dict[str, dict[str, Any]] = {}
        self._first: str | None = None
        self._between: Callable[[], None] = lambda: None
        self._after: Callable[[], None] = lambda: None

    def supervise(
        self,
        first: Piece | None,
        others: list[Piece],
        *,
        between: Callable[[], None],
        after: Callable[[], None],
    ) -> int:
        """Run everything until it ends; return the exit code. `trouble` says what went wrong.

        What `between` raises is raised when all have ended.
        """
        for piece in [*([first] if first else []), *others]:
            self.add_process(piece.name, piece.command, env=piece.surroundings)
        self._first = first.name if first else None
        self._between, self._after = between, after
        self.loop()
        if self._failure is not None:
            raise self._failure
        if self.fallen is not None and self.trouble is None:
            code = self._processes[self.fallen]["returncode"]
            self.trouble = f"{self.fallen} {_ended(code)}; {self.logs.last_words(self.fallen)}"
        return 0 if self.trouble is None else 1

    def is_alive(self, name: str) -> bool:
        """Return whether a piece is still running, as far as we were told."""
        return bool(self._processes[name]["process"].is_alive()) and not self.ending.is_set()

    def begin(self, piece: Piece) -> None:
        """Run one more piece, beside those that run."""
        # The loop looks at all of them meanwhile: it keeps the table that it has, or finds this.
        process = self._process_ctor(
            piece.command,
            name=piece.name,
            quiet=False,
            colour=next(self._colours),
            env=piece.surroundings,
            cwd=None,
        )
        watcher = self._watcher(piece.name, process)
        self._processes = {**self._processes, piece.name: {"obj": process, "process": watcher}}
        watcher.start()

    def dismiss(self, name: str) -> None:
        """Ask one piece to end; the others go on."""
        watched = self._processes[name]
        watched["obj"].dismissed.set()
        self._processes = {other: one for other, one in self._processes.items() if other != name}
        if "pid" in watched:
            with suppress(ProcessLookupError):
                os.kill(watched["pid"], signal.SIGTERM)

    def terminate(self) -> None:
        """Ask the pieces to end, PostgreSQL when the others are gone or had their time."""
        if self._terminating:
            return
        self.ending.set()
        if self.returncode not in {130, 143}:
            self.fallen = next((n for n, p in self._processes.items() if "returncode" in p), None)
        super().terminate()
        if self._first is not None:
            threading.Thread(target=self._end_first, args=[self._first], daemon=True).start()

    def _start(self) -> None:
        if self._first is not None:
            self._start_one(self._first)
        try:
            self._between()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - raised when all have ended
            self._failure = error
        if self._failure is not None or self._terminating:
            self._processes = {n: p for n, p in self._processes.items() if "process" in p}
            self.terminate()
            return
        for name, process in self._processes.items():
            if "process" not in process:
                self._start_one(name)
        threading.Thread(target=self._after, daemon=True).start()

    def _start_one(self, name: str) -> None:
        watched = self._processes[name]
        watched["process"] = self._watcher(name, watched["obj"])
        watched["process"].start()
        # Its number is needed at once: whatever comes next may end it again.
        while "pid" not in watched:
            message = self.events.get(timeout=START_SECONDS)
            if message.type == "start":
                self._processes[message.name]["pid"] = message.data["pid"]
            elif message.type == "line":
                self.logs.write(message)

    def _watcher(self, name: str, process: KeptProcess) -> multiprocessing.Process:
        return multiprocessing.Process(name=name, target=process.run, args=(self.events, True))

    def _killall(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 - honcho's
        for name, process in self._processes.items():
            if name == self._first and not force:
                continue
            if "pid" in process and "returncode" not in process:
                end = self._procmgr.kill if force else self._procmgr.terminate
                end(process["pid"])

    def _end_first(self, name: str) -> None:
        others = [process for other, process in self._processes.items() if other != name]
        until = time.monotonic() + OTHERS_SECONDS
        while any("returncode" not in process for process in others) and time.monotonic() < until:
            time.sleep(0.02)
        first = self._processes[name]
        if "pid" in first and "returncode" not in first:
            os.kill(first["pid"], signal.SIGINT)


def _ended(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    return f"was ended by {signal.Signals(-code).name}"
