"""`carestation facilities`: which facilities wait for the operator, and approving one."""

import argparse
import json
import sys
from pathlib import Path
from uuid import UUID

from config.joining import join_running
from config.saying import add_reason, say_who


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "--as", dest="typist", required=True, metavar="EMAIL", help="who types: your address"
    )
    add_reason(parser)
    parser.add_argument("--approve", type=UUID, metavar="ID", help="let this one take part")
    parser.add_argument("--data", type=Path, help="folder of the CareStation that runs (var)")
    parser.add_argument("--json", action="store_true", help="one line for machines")


def run(options: argparse.Namespace) -> int:
    """Approve what is asked for, then list what waits.

    Raises:
        SystemExit: nothing waits under this id, or who types does not operate.
    """
    join_running(options.data)
    from carestation.support.choices import Command  # noqa: PLC0415 - Django is set up first
    from config.appointing import console_of  # noqa: PLC0415 - Django is set up first
    from config.approving import approve, waiting  # noqa: PLC0415 - Django is set up first

    if options.approve:
        say_who(options, Command.FACILITIES)
    console = console_of(options.typist)
    if options.approve:
        approve(console, options.approve)
    rows = waiting(console)
    if options.json:
        sys.stdout.write(json.dumps({"waiting": rows}, ensure_ascii=False) + "\n")
        return 0
    for row in rows:
        sys.stdout.write(f"{row['id']}  {row['since']}  {row['kind']}  {row['name']}\n")
    sys.stdout.write(f"{len(rows)} waiting for approval.\n")
    return 0
