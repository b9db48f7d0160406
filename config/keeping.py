"""One piece, kept by a process of its own: begun, heard, begun again where asked, and ended.

Whoever keeps a piece ends it: gently when the end is said, with force where that is not enough. So
ending needs no number of a process that somebody else would have to know in time.
"""

import multiprocessing
import os
import signal
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.ending import ASKING_TO_END, Mark, wait_for_any
from config.parting import end_with_parent
from config.running import note_piece

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

# PostgreSQL waits so long for the others; who has not ended after the second is ended with force.
OTHERS_SECONDS: Final = 3.5
FORCE_SECONDS: Final = 7.0
PAUSE_SECONDS: Final = 0.2
QUICK_SECONDS: Final = 2.0
TOO_OFTEN: Final = 30
NOT_BEGUN: Final = 127
# What a piece says is taken so much later, all that came at once: by single lines each costs 0.2 ms
# of CPU, beside whoever is served.
GATHER_SECONDS: Final = 0.05
GATHERED_BYTES: Final = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One process to run: its name, its command, what it knows of its surroundings."""

    name: str
    command: list[str]
    surroundings: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a keeper tells of its piece: lines that it said, or the code with which it ended."""

    name: str
    lines: bytes = b""
    code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """What all pieces share: where they are noted and heard, and when their end has come."""

    run: Path
    restarts: bool
    heard: "Queue[Told]" = field(default_factory=multiprocessing.get_context("fork").Queue)
    ending: Mark = field(default_factory=Mark)
    others_gone: Mark = field(default_factory=Mark)


class Keeper:
    """Keeps one piece. What stands first is ended last, and by SIGINT: that is PostgreSQL."""

    def __init__(self, piece: Piece, whole: Whole, *, stands_first: bool = False) -> None:
        """Take what to run, and what it is part of."""
        self.piece = piece
        self.code: int | None = None
        self._whole = whole
        self.stands_first = stands_first
        self._dismissed = Mark()
        make = multiprocessing.get_context("fork").Process
        self._process = make(name=piece.name, target=self._keep)

    def begin(self) -> None:
        """Begin, in a process that ends with the thread which calls this."""
        self._process.start()

    def dismiss(self) -> None:
        """Ask this one to end; its end is no end of the whole."""
        self._dismissed.set()

    def is_there(self) -> bool:
        """Return whether the process that keeps it still runs."""
        return self._process.is_alive()

    def kill(self) -> None:
        """End whoever keeps it; the kernel then ends what is kept."""
        self._process.kill()

    def _keep(self) -> None:
        end_with_parent()
        for number in ASKING_TO_END:
            signal.signal(number, lambda *_: None)
        code, quick = NOT_BEGUN, 0
        try:
            while quick <= TOO_OFTEN:
                began = time.monotonic()
                code = self._run_once()
                quick = quick + 1 if time.monotonic() - began < QUICK_SECONDS else 0
                if not self._whole.restarts or self._is_asked_to_end(PAUSE_SECONDS):
                    break
        finally:
            if self._dismissed.is_set():
                # Nobody waits for it.
                self._forget("json", "sock")
            else:
                self._whole.heard.put(Told(name=self.piece.name, code=code))

    def _run_once(self) -> int:
        # One that was killed could not take its socket away, and its successor could not bind.
        self._forget("sock", "leaving")
        try:
            child = subprocess.Popen(  # noqa: S603 - ours
                self.piece.command,
                env=self.piece.surroundings,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            self._whole.heard.put(Told(name=self.piece.name, lines=str(error).encode()))
            return NOT_BEGUN
        gone = Mark()
        for mind in (self._end_when_asked, _end_group):
            threading.Thread(target=mind, args=[child, gone], daemon=True).start()
        note_piece(self._whole.run, self.piece.name, child.pid)
        with child:
            self._listen(child, gone)
        return child.returncode

    def _listen(self, child: "subprocess.Popen[bytes]", gone: Mark) -> None:
        assert child.stdout is not None  # noqa: S101 - a pipe
        begun = b""
        while came := os.read(child.stdout.fileno(), GATHERED_BYTES):
            lines, end, begun = (begun + came).rpartition(b"\n")
            if end:
                self._whole.heard.put(Told(name=self.piece.name, lines=lines))
            gone.wait(GATHER_SECONDS)
        if begun:
            self._whole.heard.put(Told(name=self.piece.name, lines=begun))

    def _forget(self, *ends: str) -> None:
        for end in ends:
            (self._whole.run / f"{self.piece.name}.{end}").unlink(missing_ok=True)

    def _is_asked_to_end(self, seconds: float) -> bool:
        return wait_for_any(self._whole.ending, self._dismissed, seconds=seconds)

    def _end_when_asked(self, child: "subprocess.Popen[bytes]", gone: Mark) -> None:
        wait_for_any(self._whole.ending, self._dismissed, gone)
        until = time.monotonic() + FORCE_SECONDS
        with suppress(ProcessLookupError, PermissionError):
            if self.stands_first:
                wait_for_any(self._whole.others_gone, gone, seconds=OTHERS_SECONDS)
                child.send_signal(signal.SIGINT)
            elif not gone.is_set():
                os.killpg(child.pid, signal.SIGTERM)
        if not gone.wait(until - time.monotonic()):
            child.kill()


def _end_group(child: "subprocess.Popen[bytes]", gone: Mark) -> None:
    """End what a piece leaves behind: an orphan of it would serve on, and hold its output open."""
    child.wait()
    gone.set()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
