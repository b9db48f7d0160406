"""`keys inventory`: what is sealed with which keys, counted."""

import argparse

from carestation.vault.inventory import Inventory, read_inventory
from config.keys.listing import lines_of
from config.keys.telling import say, tell_machines


def act(options: argparse.Namespace) -> int:
    """Print the inventory; not 0 where a value has no key though its scope has keys."""
    found = read_inventory()
    if options.json:
        tell_machines(machines_read(found))
    else:
        say(*lines_of(found.keys), *_lines(found))
    return 0 if found.keys.are_well and not found.lost else 1


def machines_read(found: Inventory) -> dict[str, object]:
    """Return the inventory with the algorithm beside each column and each kind of files."""
    sealing = found.keys.sealing
    made = {"algorithm": sealing.name, "key_bits": sealing.key_bits}
    return {
        "keys": found.keys,
        "columns": [made | {"column": one.column, "values": one.values} for one in found.columns],
        "files": [
            made | {"kind": one.kind, "key_column": one.key_column, "count": one.count}
            for one in found.files
        ],
        "lost": found.lost,
        "clear": found.clear,
    }


def _lines(found: Inventory) -> list[str]:
    lines = [
        f"{column.column:40} {value.kind or 'keys are gone'!s:14} "
        f"{_version(value.version)}  {value.count}"
        for column in found.columns
        for value in column.values
    ]
    lines += [
        f"{one.key_column:40} files: {one.kind:7} own keys   {one.count}" for one in found.files
    ]
    return [*lines, f"{len(found.clear)} columns stand in the clear, each with its reason: --json"]


def _version(number: int) -> str:
    return f"version {number}" if number else "NO KEY   "
