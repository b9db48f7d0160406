"""`keys list`: which keys there are, level by level."""

import argparse

from carestation.vault.inventory import Keys, read_keys
from config.keys.telling import say, tell_machines


def act(options: argparse.Namespace) -> int:
    """Print the keys; not 0 where the root is missing or does not open what it wrapped."""
    found = read_keys()
    if options.json:
        tell_machines(found)
    else:
        say(*lines_of(found))
    return 0 if found.are_well else 1


def lines_of(found: Keys) -> list[str]:
    """Return the keys as people read them."""
    opens = "opens" if found.are_well else "DOES NOT OPEN"
    return [
        f"root    {found.root}  {opens}  {' '.join(found.root_keys)}",
        *(f"{one.level:7} {one.kind:14} version {one.version}  {one.count}" for one in found.keys),
        f"sealing {found.sealing.name}, deriving {found.deriving.name}",
    ]
