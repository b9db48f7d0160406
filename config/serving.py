"""A web process says that it serves, where nothing stands in a queue before the answer.

Proxies ask each second. The server gives them a file, without a thread of ours: who is busy answers
as soon as who is idle, who stands still or is gone does not answer, and who cannot serve has no
file (docs/decisions/0155).
"""

import math
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

# Where it is asked, and the file's name below it: another one while it cannot serve, for there must
# be a file also where the disk is full.
SERVING: Final = "/serving"
NOW, NOT_NOW = "now", "not-now"
ASKED: Final = f"{SERVING}/{NOW}"
PERIOD_SECONDS: Final = 0.5
# Keys and database that say nothing for so long are held to be away.
PATIENCE_SECONDS: Final = 5.0
# Proxies have told whoever asked long before, and no answer is made for so long.
LONGEST_SECONDS: Final = 60.0


class Answers:
    """An application that knows who still waits for it; whoever is busy answers somebody."""

    def __init__(self, application: "WSGIApplication") -> None:
        """Take what answers."""
        self._application = application
        self._began: dict[int, float] = {}
        self._answered_at = -math.inf

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer."""
        thread = threading.get_ident()
        self._began[thread] = time.monotonic()
        try:
            return self._application(environ, start_response)
        finally:
            del self._began[thread]
            self._answered_at = time.monotonic()

    def hang(self) -> bool:
        """Tell whether somebody has waited too long, and nobody was answered meanwhile."""
        oldest = min(list(self._began.values()), default=math.inf)
        return time.monotonic() - max(oldest, self._answered_at) > LONGEST_SECONDS


class Saying:
    """The file that has its name while this process can serve."""

    def __init__(
        self,
        folder: Path,
        trouble: Callable[[], str],
        beat: Callable[[], None] = lambda: None,
        hang: Callable[[], bool] = lambda: False,
    ) -> None:
        """Say no, whatever a process before this one said.

        `trouble`: why it cannot serve; `beat`: shows that it goes on, whatever is away; `hang`:
        whether its answers do not come.
        """
        self._yes, self._no = folder / NOW, folder / NOT_NOW
        self._yes.unlink(missing_ok=True)
        self._no.touch()
        self._trouble = trouble
        self._beat = beat
        self._hang = hang
        self._heard_at = time.monotonic()

    def begin(self) -> None:
        """Say it from now on, for as long as it is true."""
        for work in (self._ask, self._doubt):
            threading.Thread(target=work, daemon=True, name="serving").start()

    def _ask(self) -> None:
        while True:
            self._say(can_serve=not self._trouble() and not self._hang())
            self._heard_at = time.monotonic()
            time.sleep(PERIOD_SECONDS)

    def _doubt(self) -> None:
        # What is asked may never answer, and whoever waits for it cannot take yes back.
        while True:
            is_heard = time.monotonic() - self._heard_at <= PATIENCE_SECONDS
            if not is_heard:
                self._say(can_serve=False)
            # What waits for a database that is away hangs with it, and goes on with it.
            if not (is_heard and self._hang()):
                self._beat()
            time.sleep(PERIOD_SECONDS)

    def _say(self, *, can_serve: bool) -> None:
        before, after = (self._no, self._yes) if can_serve else (self._yes, self._no)
        with suppress(FileNotFoundError):
            before.rename(after)


def say_serving(
    folder: Path, trouble: Callable[[], str], beat: Callable[[], None], hang: Callable[[], bool]
) -> None:
    """Begin to say it, where a server was told of the folder."""
    if folder.is_dir():
        Saying(folder, trouble, beat, hang).begin()
