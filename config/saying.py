"""Who types a command at the machine, and why: said before it acts, and kept in the log.

What is said is not proven: whoever has this shell is the machine. So the account of the system
stands beside it, and where nothing is said, that stands there too. Where nothing runs, it waits in
a file for its owner alone, and the next start puts it into the log.

Controls: ISO/IEC 27017 8.18, 8.15; white paper 「ユーティリティプログラム」, 「ログ」.
"""

import argparse
import json
import os
import pwd
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from carestation.kernel.text import UnfitText, clean_line
from config.environment import surroundings

if TYPE_CHECKING:
    from carestation.support.choices import Command

WAITING: Final = "typed.jsonl"


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

    note_command(Typist(**_said(options)), command)


def leave_who(options: argparse.Namespace, command: str, data: Path) -> None:
    """Write the same into the data folder, where nothing runs; on disk before anything is done."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = {"command": command, "typed_at": time.time(), "said": _said(options)}
    descriptor = os.open(data / WAITING, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w") as file:
        # On a line of its own, also behind one that a full disk broke off.
        file.write(f"\n{json.dumps(line, ensure_ascii=False)}\n")
        file.flush()
        os.fsync(file.fileno())


def put_down_who(data: Path) -> None:
    """Put what was typed while nothing ran into the log."""
    from carestation.support.choices import Command  # noqa: PLC0415 - Django
    from carestation.support.commands.typed import Typist, note_command  # noqa: PLC0415 - Django

    waiting = data / WAITING
    if not waiting.exists():
        return
    for line in _whole_lines(waiting):
        typed_at = datetime.fromtimestamp(line["typed_at"], UTC)
        note_command(Typist(**line["said"]), Command(line["command"]), typed_at=typed_at)
    waiting.unlink()


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


def _whole_lines(waiting: Path) -> Iterator[dict[str, Any]]:
    for line in waiting.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            whole: dict[str, Any] = json.loads(line)
        except ValueError:
            # A full disk took a part of it alone: nothing was done then, and nothing is lost.
            continue
        yield whole


def _said(options: argparse.Namespace) -> dict[str, str]:
    return {
        "name": options.typist or "",
        "account": _account(),
        "reason": options.because or "",
    }


def _account() -> str:
    """Return who is signed in to the system; behind `sudo`, who called it."""
    called = surroundings().get("SUDO_USER")
    if called:
        return called
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user may have a number alone
        return str(os.getuid())
