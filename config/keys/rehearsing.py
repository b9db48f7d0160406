"""`keys rehearse`: two shares are typed in, and whether they would bring the root back is told."""

import argparse

from carestation.vault.rehearsals import note_rehearsed
from carestation.vault.roots import has_written_root
from carestation.vault.shares import WrongShares, root_from
from config.keys.telling import asked_for, say


def act(options: argparse.Namespace) -> int:  # noqa: ARG001 - nothing is chosen
    """Let two shares be typed in.

    Raises:
        SystemExit: they do not bring today's root back.
    """
    return rehearse()


def rehearse() -> int:
    """Ask for two shares, and put down that they bring today's root back.

    Raises:
        SystemExit: they do not.
    """
    require_file()
    try:
        is_right = note_rehearsed(root_from(asked_for()))
    except WrongShares as error:
        raise SystemExit(f"These shares bring nothing back: {error}") from error
    if not is_right:
        raise SystemExit("These shares bring another root back, not today's: make new ones.")
    say("The two shares bring today's root back.")
    return 0


def require_file() -> None:
    """Stop where the root is no file.

    Raises:
        SystemExit: it lies in a key service, which has shares of its own.
    """
    if not has_written_root():
        raise SystemExit("The root lies in a key service, which has shares of its own.")
