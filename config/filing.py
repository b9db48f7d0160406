"""`carestation files`: where sealed files lie, and moving them to another store while all serve."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.joining import join_running

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


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--data", type=Path, help="folder of the CareStation that runs (var)")
    parser.add_argument("--move", action="store_true", help="move what lies at BLOB_URL_BEFORE")
    parser.add_argument("--json", action="store_true", help="for machines: one object")


def run(options: argparse.Namespace) -> int:
    """Print how many files still lie where they were; not 0 where there are any.

    Raises:
        SystemExit: nothing is on the move, a store is away, or a copy is damaged.
    """
    join_running(options.data)
    from carestation.vault.blobs import blobs  # noqa: PLC0415 - needs Django
    from carestation.vault.relocating import CopyDamagedError, MovingBlobs  # noqa: PLC0415 - same
    from carestation.vault.storing import StoreAwayError  # noqa: PLC0415 - the same

    store = blobs()
    if not isinstance(store, MovingBlobs):
        raise SystemExit(NOWHERE)
    try:
        moved = _moved(store) if options.move else 0
        left = store.count_left()
    except StoreAwayError as error:
        raise SystemExit(f"{str(error).capitalize()}; what was moved is moved.") from error
    except CopyDamagedError as error:
        raise SystemExit(DAMAGED) from error
    if options.json:
        sys.stdout.write(json.dumps({"moved": moved, "left": left}) + "\n")
    else:
        sys.stdout.write(f"{moved} files moved, {left} left where they were\n")
    return 1 if left else 0


def _moved(store: "MovingBlobs") -> int:
    left, count, size_bytes = store.count_left(), 0, 0
    for size in store.move():
        count, size_bytes = count + 1, size_bytes + size
        sys.stderr.write(f"\r{count} of {left} files, {size_bytes / 1024**2:.0f} MB")
        sys.stderr.flush()
    sys.stderr.write("\n" if count else "")
    return count
