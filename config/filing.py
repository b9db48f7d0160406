"""`carestation files`: where sealed files lie, and moving them to another store while all serve."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.joining import join_running
from config.saying import add_name_and_reason, say_who

if TYPE_CHECKING:
    from carestation.vault.relocating import MovingBlobs

NOWHERE: Final = (
    "Nothing moves: start with BLOB_URL for where files shall lie, and BLOB_URL_BEFORE for where "
    "they lie now."
)
DAMAGED: Final = (
    "What was written came out of the new store as something else. Nothing was forgotten where it "
    "lay: look after the new store, and begin again."
)

ONE_STORE: Final = (
    "BLOB_URL and BLOB_URL_BEFORE are one store by two names: nothing moves, nothing was forgotten."
)
BUSY: Final = "Files are being moved by another run: wait for it, or end it and run this again."


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--data", type=Path, help="folder of the CareStation that runs (var)")
    parser.add_argument("--move", action="store_true", help="move what lies at BLOB_URL_BEFORE")
    add_name_and_reason(parser)
    parser.add_argument("--json", action="store_true", help="for machines: one object")


def run(options: argparse.Namespace) -> int:
    """Print how many files still lie where they were; not 0 where there are any.

    Raises:
        SystemExit: nothing is on the move, another run moves, a store is away or takes nothing, or
            a copy is damaged.
    """
    join_running(options.data)
    from carestation.support.choices import Command  # noqa: PLC0415 - needs Django
    from carestation.vault.blobs import blobs  # noqa: PLC0415 - the same
    from carestation.vault.relocating import MovingBlobs  # noqa: PLC0415 - the same

    store = blobs()
    if not isinstance(store, MovingBlobs):
        raise SystemExit(NOWHERE)
    if options.move:
        say_who(options, Command.FILES)
    with _in_words():
        moved = _moved(store) if options.move else 0
        left = store.count_left()
    if options.json:
        sys.stdout.write(json.dumps({"moved": moved, "left": left}) + "\n")
    else:
        sys.stdout.write(f"{moved} files moved, {left} left where they were\n")
    return 1 if left else 0


@contextmanager
def _in_words() -> Iterator[None]:
    from django.db import OperationalError  # noqa: PLC0415 - needs Django

    from carestation.kernel.errors import Conflict  # noqa: PLC0415 - the same
    from carestation.vault.relocating import CopyDamagedError, OneStoreError  # noqa: PLC0415 - same
    from carestation.vault.storing import StoreAwayError  # noqa: PLC0415 - the same

    try:
        yield
    except StoreAwayError as error:
        raise SystemExit(f"{str(error).capitalize()}; what was moved is moved.") from error
    except OSError as error:
        raise SystemExit(f"{error.strerror}: {error.filename}; what was moved is moved.") from error
    except OperationalError as error:
        raise SystemExit("The database went away; what was moved is moved.") from error
    except Conflict as error:
        raise SystemExit(BUSY) from error
    except CopyDamagedError as error:
        raise SystemExit(DAMAGED) from error
    except OneStoreError as error:
        raise SystemExit(ONE_STORE) from error


def _moved(store: "MovingBlobs") -> int:
    from carestation.vault.alone import Alone, alone, see_it_is_held  # noqa: PLC0415 - needs Django

    left, count, size_bytes = store.count_left(), 0, 0
    with alone(Alone.FILES):
        for size in store.move():
            see_it_is_held()
            count, size_bytes = count + 1, size_bytes + size
            sys.stderr.write(f"\r{count} of {left} files, {size_bytes / 1024**2:.0f} MB")
            sys.stderr.flush()
    sys.stderr.write("\n" if count else "")
    return count
