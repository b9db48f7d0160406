"""`keys recover`: puts the root's file back from two shares, while nothing runs."""

import argparse

from carestation.vault.keyfiles import path_of, write_key_file
from carestation.vault.shares import WrongShares, root_from
from config.environment import environment
from config.keys.telling import asked_for, say
from config.saying import leave_who


def act(options: argparse.Namespace) -> int:
    """Write the root's file anew; one that is there is never touched.

    Raises:
        SystemExit: there is one, or the words bring nothing back.
    """
    try:
        path = path_of(environment().key_url)
    except ValueError as error:
        raise SystemExit("The root lies in a key service: its own recovery opens it.") from error
    if path.exists():
        raise SystemExit(f"There is a root at {path}: nothing was changed.")
    try:
        keyset = root_from(asked_for())
    except WrongShares as error:
        raise SystemExit(f"These shares bring nothing back: {error}") from error
    leave_who(options, "keys recover", environment().data)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_key_file(path, keyset)
    say(f"The root is at {path}. Start CareStation, and ask: carestation keys check")
    return 0
