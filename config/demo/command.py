"""`carestation demo`: who is in the demo world, and which words to look for in it."""

import argparse
import json
import sys

from carestation.kernel.acting import Work, work_as
from config.demo.panel import people_table
from config.environment import environment
from config.setting_up import set_up


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--json", action="store_true", help="for machines")


def run(options: argparse.Namespace) -> int:
    """Print the demo world; it needs no database.

    Raises:
        SystemExit: this is production.
    """
    if environment().is_production:
        raise SystemExit("There is no demo data in production.")
    if not options.json:
        sys.stdout.write(people_table())
        return 0
    set_up()
    work_as(Work.CONTENT)
    from config.demo.world import as_json, told_world  # noqa: PLC0415 - needs Django to be set up

    sys.stdout.write(json.dumps(as_json(told_world()), ensure_ascii=False, indent=1) + "\n")
    return 0
