"""What the pieces say goes into one file each, of limited size; the last words are remembered."""

import time
from collections import defaultdict, deque
from contextlib import suppress
from logging import LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

LARGEST_LOG: Final = 20_000_000
OLD_LOGS: Final = 5
REMEMBERED_LINES: Final = 3
SHOWN_CHARACTERS: Final = 300


class LogFiles:
    """The files of one folder; where it is gone or the disk full, all goes on without them."""

    def __init__(self, folder: Path) -> None:
        """Take the folder of the logs."""
        self.folder = folder
        self._files: dict[str, RotatingFileHandler] = {}
        self._last: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=REMEMBERED_LINES))

    def write(self, name: str, said: bytes) -> None:
        """Write what a piece said: whole lines."""
        lines = said.decode("utf-8", "replace").splitlines()
        self._last[name] += lines
        self._put(name, "\n".join(lines))

    def say(self, name: str, line: str) -> None:
        """Write what whoever supervises has to say."""
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self._put(name, f"{at} {line}")

    def last_words(self, name: str) -> str:
        """Return what a piece said last, as the end of a sentence."""
        words = [line.strip() for line in self._last[name] if line.strip()]
        if not words:
            return f"it said nothing (see {self.folder})"
        return f"its last words: {words[-1][:SHOWN_CHARACTERS]}"

    def _put(self, name: str, line: str) -> None:
        with suppress(OSError):
            self._file(name).emit(LogRecord(name, 0, "", 0, line, None, None))

    def _file(self, name: str) -> RotatingFileHandler:
        if name not in self._files:
            path = self.folder / f"{name}.log"
            path.touch(mode=0o600)
            self._files[name] = RotatingFileHandler(
                path, maxBytes=LARGEST_LOG, backupCount=OLD_LOGS, encoding="utf-8"
            )
        return self._files[name]
