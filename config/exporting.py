"""`carestation export`: a facility's export, checked; or taken into an empty installation."""

import argparse
import getpass
import json
import shutil
import sys
from pathlib import Path

from carestation.exports.reader.archive import Archive, UnreadableError
from carestation.exports.reader.program import check
from config.environment import environment
from config.joining import join_running
from config.saying import add_name_and_reason, say_who

GIGABYTE = 1 << 30
ROOM = "It unpacks to {needed:.1f} GB, and {free:.1f} GB are free here: nothing was taken in."
REFUSALS = {
    "not_empty": "This installation is not empty: an export is taken into an empty one alone.",
    "not_whole": "This export holds one person's groups: a facility's whole one is taken in.",
    "malformed": "Its lists are not as an export has them; nothing of it stays.",
    "differs": "What was entered is not as the export has it; nothing of it stays.",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("act", choices=["check", "import"], help="compare it; or take it in")
    parser.add_argument("--file", type=Path, required=True, help="the archive")
    add_name_and_reason(parser)
    parser.add_argument("--data", type=Path, help="folder of the CareStation that runs (var)")
    parser.add_argument("--json", action="store_true", help="for machines: one object")


def run(options: argparse.Namespace) -> int:
    """Print what the archive says of itself, and what was compared.

    Raises:
        SystemExit: it does not open, is not as it was made, or cannot be taken in.
    """
    try:
        archive = Archive(options.file, getpass.getpass("Pass phrase: "))
        said = check(archive)
        if options.act == "import":
            said |= _taken_in(archive, options)
    except UnreadableError as error:
        raise SystemExit(str(error)) from error
    if options.json:
        sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("".join(f"{name}: {value}\n" for name, value in said.items()))
    return 0


def _taken_in(archive: Archive, options: argparse.Namespace) -> dict[str, object]:
    join_running(options.data)
    require_room(archive)
    from carestation.exports.commands.taking_in import take_in  # noqa: PLC0415 - needs Django
    from carestation.kernel.acting import Work, acting_as  # noqa: PLC0415 - as above
    from carestation.kernel.errors import Conflict, DomainError  # noqa: PLC0415 - as above
    from carestation.support.choices import Command  # noqa: PLC0415 - as above

    say_who(options, Command.EXPORT)
    try:
        with acting_as(Work.CONTENT):
            compared = take_in(archive)
    except (Conflict, DomainError) as error:
        raise SystemExit(REFUSALS[error.reason]) from error
    return {"compared": len(compared), "differences": 0}


def require_room(archive: Archive) -> None:
    """Stop where what is in an archive has no room here.

    Raises:
        SystemExit: it is larger than what is free.
    """
    free = shutil.disk_usage(environment().data).free
    if archive.size_bytes > free:
        raise SystemExit(ROOM.format(needed=archive.size_bytes / GIGABYTE, free=free / GIGABYTE))
