"""How the server logs: JSON, UTC, the request's id, and only the keys on a list.

A key that is not on the list is dropped, so that no word of a patient can slip into a log by way
of `extra`. Messages are fixed phrases.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」.
"""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

ALLOWED: Final = (
    "status", "method", "route", "milliseconds", "follower", "facts", "kind", "reason", "piece",
    "pid", "port", "count", "error", "version", "streams", "size_bytes", "job",
)  # fmt: skip
current_request_id: ContextVar[UUID | None] = ContextVar("current_request_id", default=None)


class JsonFormatter(logging.Formatter):
    """One line of JSON per record; a traceback names places, never values."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.msg if record.name.startswith("carestation") else _phrase(record),
        }
        request_id = current_request_id.get()
        if request_id is not None:
            line["request_id"] = str(request_id)
        line |= {key: getattr(record, key) for key in ALLOWED if hasattr(record, key)}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["places"] = _places(record)
        return json.dumps(line, default=str, ensure_ascii=False)


def _phrase(record: logging.LogRecord) -> str:
    # Other people's packages put values into their messages: keep the template of it alone.
    return str(record.msg)


def _places(record: logging.LogRecord) -> list[str]:
    assert record.exc_info is not None  # noqa: S101 - checked by the caller
    frames = traceback.extract_tb(record.exc_info[2])
    return [f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
