"""Who types a command at the machine, and why: said before it acts, and kept in the log.

What is said is not proven: whoever has this shell is the machine. So the account of the system
stands beside it, and where nothing is said, that stands there too.

Controls: ISO/IEC 27017 8.18, 8.15; white paper 「ユーティリティプログラム」, 「ログ」.
"""

import argparse
import os
import pwd
from typing import TYPE_CHECKING

from carestation.kernel.text import UnfitText, clean_line
from config.environment import surroundings

if TYPE_CHECKING:
    from carestation.support.choices import Command


def add_name_and_reason(parser: argparse.ArgumentParser) -> None:
    """Add the options by which whoever types says who they are, and why."""
    parser.add_argument("--as", dest="typist", type=typed_line, metavar="NAME", help="who types")
    add_reason(parser)


def add_reason(parser: argparse.ArgumentParser) -> None:
    """Add the option that says why, where `--as` is the address of an operator."""
    parser.add_argument(
        "--because", type=typed_line, metavar="WORDS", help="why: stands in the log, sealed"
    )


def say_who(options: argparse.Namespace, command: "Command") -> None:
    """Write down who types this command and why, before anything is done."""
    from carestation.support.commands.typed import Typist, note_command  # noqa: PLC0415 - Django

    typist = Typist(name=options.typist or "", account=_account(), reason=options.because or "")
    note_command(typist, command)


def typed_line(raw: str) -> str:
    """Return a line as it is kept.

    Raises:
        ArgumentTypeError: it is empty, or holds what cannot be kept.
    """
    try:
        line = clean_line(raw)
    except UnfitText as error:
        raise argparse.ArgumentTypeError(error.reason.value) from error
    if not line:
        raise argparse.ArgumentTypeError("it is empty")
    return line


def _account() -> str:
    """Return who is signed in to the system; behind `sudo`, who called it."""
    called = surroundings().get("SUDO_USER")
    if called:
        return called
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user may have a number alone
        return str(os.getuid())
