"""The process that reads strange bytes: standard input, standard output, and nothing else.

It takes its own rights away first: no file can be written, no memory image is left behind, time
and memory are bounded. What goes wrong here ends this process alone.
"""

import resource
import sys
from typing import Final

from carestation.timeline.media.kinds import Kind, kind_of
from carestation.timeline.media.refusals import FileRefused, Reason
from carestation.timeline.media.rewritten import Rewritten, refusal_message

CPU_SECONDS: Final = 40
MEMORY_BYTES: Final = 3 * 1024**3
WORDS: Final = "words"


def main() -> None:
    """Read one file, and write what it became or why it is not taken; or its words alone."""
    _give_rights_up()
    data = sys.stdin.buffer.read()
    sys.stdout.buffer.write(_words(data) if WORDS in sys.argv[1:] else _rewritten(data))
    sys.stdout.buffer.flush()


def rewrite(data: bytes) -> Rewritten:
    """Return a file as it is kept.

    Raises:
        FileRefused: it is not taken, and we know why. Any other error: it cannot be read.
    """
    kind = kind_of(data)
    if kind is None:
        raise FileRefused(Reason.UNKNOWN_KIND)
    if kind is Kind.PDF:
        from carestation.timeline.media.documents import rewrite_document  # noqa: PLC0415 - large

        return rewrite_document(data)
    from carestation.timeline.media.pictures import rewrite_picture  # noqa: PLC0415 - large

    return rewrite_picture(data, kind)


def _rewritten(data: bytes) -> bytes:
    try:
        return rewrite(data).to_bytes()
    except FileRefused as error:
        return refusal_message(Reason(error.reason))


def _words(data: bytes) -> bytes:
    from carestation.timeline.media.words import words_of_document  # noqa: PLC0415 - large

    return words_of_document(data).encode()


def _give_rights_up() -> None:
    for limit, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


if __name__ == "__main__":
    main()
