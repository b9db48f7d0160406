"""`keys check`: every key is opened, every sealed value is counted under its key."""

import argparse
from datetime import datetime

from carestation.vault.checking import check_keys
from carestation.vault.inventory import read_inventory
from carestation.vault.rehearsals import rehearsed_at
from carestation.vault.roots import has_written_root
from config.keys.telling import say, tell_machines


def act(options: argparse.Namespace) -> int:
    """Print what was tried and what is not well; not 0 where anything is not."""
    found, inventory = check_keys(), read_inventory()
    is_well = inventory.keys.are_well and not found.closed and not inventory.lost
    values = sum(one.count for column in inventory.columns for one in column.values)
    rehearsed = rehearsed_at() if has_written_root() else None
    if options.json:
        tell_machines(
            {
                "is_well": is_well,
                "owners": found.owners,
                "scopes": found.scopes,
                "closed": found.closed,
                "values": values,
                "lost": inventory.lost,
                "rehearsed_at": rehearsed,
            }
        )
        return 0 if is_well else 1
    say(
        f"{found.owners} keys of facilities and {found.scopes} of scopes were tried.",
        *(f"{one}: DOES NOT OPEN" for one in found.closed),
        _rehearsed(rehearsed),
        f"{values} sealed values were counted; {inventory.lost} have no key.",
        "All is well." if is_well else "NOT ALL IS WELL.",
    )
    return 0 if is_well else 1


def _rehearsed(at: datetime | None) -> str:
    if not has_written_root():
        return "The root lies in a key service, which has shares of its own."
    if at is None:
        return "No shares of today's root were ever tried: keys shares."
    return f"Shares of today's root were tried at {at.isoformat(timespec='minutes')}."
