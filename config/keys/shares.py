"""`keys shares`: the root as three lists of words for paper, and the rehearsal with two of them."""

import argparse

from carestation.vault.rehearsals import new_shares
from carestation.vault.shares import MADE, NEEDED
from config.keys.rehearsing import rehearse, require_file
from config.keys.telling import say


def act(options: argparse.Namespace) -> int:  # noqa: ARG001 - words for paper are for people alone
    """Print the shares, and let two of them be typed in again.

    Raises:
        SystemExit: the root lies in a key service, or what was typed does not bring it back.
    """
    require_file()
    for number, words in enumerate(new_shares(), start=1):
        say(f"Share {number} of {MADE}: any {NEEDED} bring the root back.", "", words, "")
    say("Write each on a sheet of its own, for people who do not keep them in one place.")
    return rehearse()
