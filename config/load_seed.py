"""`carestation load-seed`: people, groups and a long history for a load test, with open sessions.

People, groups and sessions are made by the product's own commands. The history is not: a million
posts, one command at a time, would take hours (`config.loading.history` says what is left out).
"""

import argparse
import json
import sys
from pathlib import Path

from carestation.kernel.acting import Work, work_as
from config.environment import environment
from config.joining import join_running
from config.private_files import write_private


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--groups", type=_count, required=True, help="how many groups")
    parser.add_argument("--members", type=_count, required=True, help="how many people in each")
    parser.add_argument("--history", type=_history, default=0, help="how many posts in each (0)")
    parser.add_argument("--json", type=Path, required=True, help="file for ids and tokens")
    parser.add_argument("--data", type=Path, help="folder of the CareStation that runs (var)")


def run(options: argparse.Namespace) -> int:
    """Make them, and write their ids and tokens into a file that only its owner reads.

    Raises:
        SystemExit: this is production, or nothing runs.
    """
    join_running(options.data)
    if environment().is_production:
        raise SystemExit("There is no load test in production.")
    work_as(Work.CONTENT)
    from config.loading.seeding import made_groups  # noqa: PLC0415 - needs Django to be set up

    told = made_groups(groups=options.groups, members=options.members, history=options.history)
    write_private(options.json.absolute(), json.dumps({"groups": told}, indent=1) + "\n")
    sys.stdout.write(f"{options.groups} groups are in {options.json}.\n")
    return 0


def _count(text: str) -> int:
    return _at_least(1, text)


def _history(text: str) -> int:
    return _at_least(0, text)


def _at_least(least: int, text: str) -> int:
    if int(text) < least:
        raise argparse.ArgumentTypeError(f"at least {least}")
    return int(text)
