"""`carestation operators`: who works for the provider; an operator appoints and ends others.

Whoever types says who they are (`--as`), and stands in the log with it. While nobody operates, the
first is appointed without.
"""

import argparse
import json
import sys
from pathlib import Path

from config.joining import join_running
from config.saying import add_reason, say_who, typed_line


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--as", dest="typist", metavar="EMAIL", help="who types: your address")
    add_reason(parser)
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--begin", type=typed_line, metavar="EMAIL", help="appoint this person")
    chosen.add_argument("--end", metavar="EMAIL", help="end this person's place")
    parser.add_argument("--name", type=typed_line, help="of who has no account yet")
    parser.add_argument("--kana", type=typed_line, help="the same in hiragana")
    parser.add_argument("--data", type=Path, help="folder of the CareStation that runs (var)")
    parser.add_argument("--json", action="store_true", help="one line for machines")


def run(options: argparse.Namespace) -> int:
    """Appoint or end whom is asked for, then list who operates.

    Raises:
        SystemExit: who types does not operate, or what was asked for cannot be.
    """
    join_running(options.data)
    from carestation.support.choices import Command  # noqa: PLC0415 - Django is set up first
    from config import appointing  # noqa: PLC0415 - Django is set up first

    if options.begin or options.end:
        say_who(options, Command.OPERATORS)
    named = options.typist
    console = appointing.console_of(named) if named else appointing.first_console()
    link = ""
    if options.begin:
        link = appointing.appoint(
            console, options.begin, name=options.name or "", kana=options.kana or ""
        )
    elif options.end:
        appointing.dismiss(console, options.end)
    rows = appointing.listed(console)
    if options.json:
        told = {"operators": rows, "link": link or None}
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        return 0
    for row in rows:
        passkey = "passkey" if row["has_passkey"] else "no passkey yet"
        sys.stdout.write(f"{row['since']}  {row['name']}  {passkey}\n")
    if link:
        sys.stdout.write(f"The new operator sets a password here, within an hour:\n{link}\n")
    return 0
