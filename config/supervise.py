"""The pieces run together: one that dies ends the whole, and all end with us, even where we die.

PostgreSQL stands before the others start and is ended when they are gone or had their time; a piece
may be restarted instead, and one may come or go while the others serve. Whatever holds things up,
ten seconds after the end was asked for nothing runs: each wait of it has an end of its own.
"""

import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from config.ending import on_the_way_out
from config.keeping import Keeper, Piece, Whole
from config.logfiles import LogFiles

HEAR_SECONDS: Final = 0.1
# The pieces are ended with force after seven; then who keeps them, then we.
KEEPERS_SECONDS: Final = 8.0
LAST_SECONDS: Final = 9.5


class Supervisor:
    """Runs the pieces: the first, then what `between` does, then the others, then `after`."""

    def __init__(self, logs: LogFiles, run: Path, *, restarts: bool) -> None:
        """Take where the pieces' words and process ids go."""
        self.logs = logs
        self.trouble: str | None = None
        self._whole = Whole(run=run, restarts=restarts)
        self.ending = self._whole.ending
        self._fallen: Keeper | None = None
        self._failure: BaseException | None = None
        self._keepers: dict[str, Keeper] = {}
        self._dismissed: list[Keeper] = []

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
        on_the_way_out(self.ending)
        has_ended = threading.Event()
        threading.Thread(target=self._end_at_last, args=[has_ended], daemon=True).start()
        if first is not None:
            self._begin(Keeper(first, self._whole, stands_first=True))
        preparing = threading.Thread(target=self._prepare, args=[between], daemon=True)
        preparing.start()
        while preparing.is_alive() and not self.ending.is_set():
            self._hear()
        if not self.ending.is_set() and self._failure is None:
            for piece in others:
                self._begin(Keeper(piece, self._whole))
            threading.Thread(target=after, daemon=True).start()
            while not self.ending.is_set():
                self._hear()
        self._end(preparing)
        has_ended.set()
        return self._result()

    def is_alive(self, name: str) -> bool:
        """Return whether a piece is still running, as far as we were told."""
        return self._keepers[name].code is None and not self.ending.is_set()

    def begin(self, piece: Piece) -> None:
        """Run one more piece, beside those that run; its thread must stay as long as they."""
        if not self.ending.is_set():
            self._begin(Keeper(piece, self._whole))

    def dismiss(self, name: str) -> None:
        """Ask one piece to end; the others go on."""
        going = self._keepers[name]
        self._keepers = {other: one for other, one in self._keepers.items() if other != name}
        self._dismissed = [one for one in self._dismissed if one.is_there()] + [going]
        going.dismiss()

    def terminate(self) -> None:
        """Ask the pieces to end, PostgreSQL when the others are gone or had their time."""
        self.ending.set()

    def _begin(self, keeper: Keeper) -> None:
        # Who is in the table and does not run has fallen. Who hears looks at all of them meanwhile:
        # it keeps the table that it has, or finds this.
        keeper.begin()
        self._keepers = {**self._keepers, keeper.piece.name: keeper}

    def _prepare(self, between: Callable[[], None]) -> None:
        try:
            between()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - raised when all have ended
            # What breaks because the end was asked for is no failure.
            if not self.ending.is_set():
                self._failure = error

    def _hear(self) -> bool:
        """Take what a keeper tells; return whether there was anything."""
        gone = [keeper for keeper in self._keepers.values() if not keeper.is_there()]
        try:
            told = self._whole.heard.get(timeout=HEAR_SECONDS)
        except queue.Empty:
            for keeper in gone:
                # One that was killed itself tells nothing.
                self._note_end(keeper, -signal.SIGKILL)
            return False
        if told.code is None:
            self.logs.write(told.name, told.lines)
        elif told.name in self._keepers:
            self._note_end(self._keepers[told.name], told.code)
        return True

    def _note_end(self, keeper: Keeper, code: int) -> None:
        if keeper.code is not None:
            return
        keeper.code = code
        if not self.ending.is_set():
            self._fallen = keeper
            self.terminate()

    def _end(self, preparing: threading.Thread) -> None:
        """Hear the rest, until nothing runs any more or the time for it is over."""
        self.terminate()
        until = time.monotonic() + KEEPERS_SECONDS
        there = self._all_there()
        while (there or preparing.is_alive()) and time.monotonic() < until:
            if not any(not keeper.stands_first for keeper in there):
                self._whole.others_gone.set()
            self._hear()
            there = self._all_there()
        for keeper in there:
            keeper.kill()
        while self._hear():
            pass

    def _all_there(self) -> list[Keeper]:
        keepers = [*self._keepers.values(), *self._dismissed]
        return [keeper for keeper in keepers if keeper.is_there()]

    def _end_at_last(self, has_ended: threading.Event) -> None:
        self.ending.wait()
        if not has_ended.wait(LAST_SECONDS):
            os._exit(1)

    def _result(self) -> int:
        if self._failure is not None:
            raise self._failure
        fallen = self._fallen
        if fallen is not None and self.trouble is None:
            name = fallen.piece.name
            self.trouble = f"{name} {_ended(fallen.code or 0)}; {self.logs.last_words(name)}"
        return 0 if self.trouble is None else 1


def _ended(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    return f"was ended by {signal.Signals(-code).name}"
