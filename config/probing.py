"""`carestation probe`: whether a check from outside is made every minute; begins or ends it.

Whoever types says who they are (`--as`), and stands in the log with it.
"""

import argparse
import json
import sys
from pathlib import Path

from config.joining import join_running
from config.saying import add_reason, say_who


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--as", dest="typist", metavar="EMAIL", help="who types: your address")
    add_reason(parser)
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--begin", action="store_true", help="sign in, post and read each minute")
    chosen.add_argument("--end", action="store_true", help="end it, and its account")
    parser.add_argument("--data", type=Path, help="folder of the CareStation that runs (var)")
    parser.add_argument("--json", action="store_true", help="one line for machines")


def run(options: argparse.Namespace) -> int:
    """Begin or end what is asked for, then say whether the check is made.

    Raises:
        SystemExit: who types does not operate, or what was asked for is so already.
    """
    join_running(options.data)
    from carestation.support.choices import Command  # noqa: PLC0415 - Django is set up first
    from config import appointing, probes  # noqa: PLC0415 - Django is set up first

    if options.begin or options.end:
        if not options.typist:
            raise SystemExit("Say who you are: --as, with your own address.")
        say_who(options, Command.PROBE)
        console = appointing.console_of(options.typist)
        probes.begin(console) if options.begin else probes.end(console)
    is_made = probes.is_made()
    if options.json:
        sys.stdout.write(json.dumps({"is_made": is_made}) + "\n")
    else:
        sys.stdout.write("The check is made.\n" if is_made else "No check is made: --begin.\n")
    return 0
