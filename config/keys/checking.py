"""`keys check`: every key is opened, every sealed value is counted under its key."""

import argparse

from carestation.vault.checking import check_keys
from carestation.vault.inventory import read_inventory
from config.keys.telling import say, tell_machines


def act(options: argparse.Namespace) -> int:
    """Print what was tried and what is not well; not 0 where anything is not."""
    found, inventory = check_keys(), read_inventory()
    is_well = inventory.keys.are_well and not found.closed and not inventory.lost
    values = sum(one.count for column in inventory.columns for one in column.values)
    if options.json:
        told = {"is_well": is_well, "owners": found.owners, "scopes": found.scopes}
        tell_machines(told | {"closed": found.closed, "values": values, "lost": inventory.lost})
        return 0 if is_well else 1
    say(
        f"{found.owners} keys of facilities and {found.scopes} of scopes were tried.",
        *(f"{one}: DOES NOT OPEN" for one in found.closed),
        f"{values} sealed values were counted; {inventory.lost} have no key.",
        "All is well." if is_well else "NOT ALL IS WELL.",
    )
    return 0 if is_well else 1
