"""What the pieces say goes into one file each, of limited size; the last words are remembered."""

import time
from collections import defaultdict, deque
from logging import LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final

LARGEST_LOG: Final = 20_000_000
OLD_LOGS: Final = 5
REMEMBERED_LINES: Final = 3
SHOWN_CHARACTERS: Final = 300


class LogFiles:
    """Stands where honcho has its printer."""

    def __init__(self, folder: Path) -> None:
        """Take the folder of the logs."""
        self.width = 0
        self.folder = folder
        self._files: dict[str, RotatingFileHandler] = {}
        self._last: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=REMEMBERED_LINES))

    def write(self, message: Any) -> None:
        """Write what a piece said."""
        if message.name == "system":
            return
        data = message.data
        text = data.decode("utf-8", "replace") if isinstance(data, bytes) else str(data)
        for line in text.splitlines():
            self._last[message.name].append(line)
            self._file(message.name).emit(LogRecord(message.name, 0, "", 0, line, None, None))

    def say(self, name: str, line: str) -> None:
        """Write what whoever supervises has to say."""
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self._file(name).emit(LogRecord(name, 0, "", 0, f"{at} {line}", None, None))

    def last_words(self, name: str) -> str:
        """Return what a piece said last, as the end of a sentence."""
        words = [line.strip() for line in self._last[name] if line.strip()]
        if not words:
            return f"it said nothing (see {self.folder})"
        return f"its last words: {words[-1][:SHOWN_CHARACTERS]}"

    def _file(self, name: str) -> RotatingFileHandler:
        if name not in self._files:
            path = self.folder / f"{name}.log"
            path.touch(mode=0o600)
            self._files[name] = RotatingFileHandler(
                path, maxBytes=LARGEST_LOG, backupCount=OLD_LOGS, encoding="utf-8"
            )
        return self._files[name]
