"""Where files are handed over to be written anew: one short-lived process each, a few at a time."""

import logging
import subprocess
import sys
from collections.abc import Sequence
from threading import BoundedSemaphore
from typing import Final

from carestation.timeline.media.kinds import kind_of
from carestation.timeline.media.refusals import Reason, refusal
from carestation.timeline.media.rewritten import Rewritten
from carestation.timeline.media.workbench import WORDS

logger = logging.getLogger(__name__)
LARGEST_BYTES: Final = 50 * 1024 * 1024
# What is written anew may grow; beyond this it is not worth its place.
LARGEST_REWRITTEN_BYTES: Final = 100 * 1024 * 1024
# A web process has four threads: two may work here and one wait, so that one always serves others.
AT_ONCE: Final = 2
WAITING: Final = 1
WAIT_SECONDS: Final = 2
WORK_SECONDS: Final = 60
# Nobody waits for the words of a document, but other jobs of the worker do.
WORDS_SECONDS: Final = 20
WORKBENCH: Final = (sys.executable, "-I", "-m", "carestation.timeline.media.workbench")
_door = BoundedSemaphore(AT_ONCE + WAITING)
_places = BoundedSemaphore(AT_ONCE)


def rewrite_file(data: bytes) -> Rewritten:
    """Return a file as it is kept: typed by its content, without words about where it comes from.

    Raises:
        FileRefused: it is not taken; the reason says why.
    """
    if not data:
        raise refusal(Reason.EMPTY_FILE)
    if len(data) > LARGEST_BYTES:
        raise refusal(Reason.TOO_LARGE)
    if kind_of(data) is None:
        raise refusal(Reason.UNKNOWN_KIND)
    rewritten = Rewritten.from_bytes(_worked(data))
    if len(rewritten.content) > LARGEST_REWRITTEN_BYTES:
        raise refusal(Reason.TOO_LARGE)
    return rewritten


def words_in(data: bytes) -> str:
    """Return the words of a document, as far as they are text.

    Raises:
        FileRefused: it cannot be read, or not in time.
    """
    return _answer_to(data, (*WORKBENCH, WORDS), WORDS_SECONDS).decode()


def _worked(data: bytes) -> bytes:
    if not _door.acquire(timeout=WAIT_SECONDS):
        raise refusal(Reason.BUSY)
    try:
        with _places:
            return _answer_to(data, WORKBENCH, WORK_SECONDS)
    finally:
        _door.release()


def _answer_to(data: bytes, command: Sequence[str], seconds: float) -> bytes:
    try:
        # An empty environment: no address and no secret of ours goes with it.
        done = subprocess.run(  # noqa: S603 - our own program
            command, input=data, capture_output=True, timeout=seconds, env={}, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise refusal(Reason.UNREADABLE) from error
    if done.returncode != 0:
        logger.warning("a file could not be read", extra={"status": done.returncode})
        raise refusal(Reason.UNREADABLE)
    return done.stdout
