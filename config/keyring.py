"""`carestation keys`: which keys there are, and what they seal.

Turning, erasing and recovering keys come with the issue that brings them.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from config.joining import join_running


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--data", type=Path, help="folder of the CareStation that runs (var)")
    parser.add_argument("--json", action="store_true", help="for machines: one object")


def run(options: argparse.Namespace) -> int:
    """Print the inventory; not 0 where the root is missing or does not open what it wrapped."""
    join_running(options.data)
    from carestation.vault.inventory import read_inventory  # noqa: PLC0415 - needs Django

    found = read_inventory()
    is_well = found.root_is_there and found.opens
    if options.json:
        json.dump(asdict(found), sys.stdout, indent=1)
        sys.stdout.write("\n")
        return 0 if is_well else 1
    sys.stdout.write(f"root    {found.root}  {'opens' if is_well else 'DOES NOT OPEN'}\n")
    for key in found.keys:
        sys.stdout.write(f"{key.level:7} {key.kind:14} version {key.version}  {key.count}\n")
    sys.stdout.write(f"sealed with {found.sealing}, derived with {found.deriving}:\n")
    sys.stdout.writelines(f"  {column}\n" for column in found.sealed_columns)
    return 0 if is_well else 1
