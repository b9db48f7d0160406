"""`carestation keys`: which keys there are, what they seal, and whether all open.

Each action is one of the table; a module of the package config.keys has it.
"""

import argparse
from importlib import import_module
from pathlib import Path
from typing import Final

from config.joining import join_running

# Name: module of config.keys, and what it does.
ACTIONS: Final = {
    "list": ("listing", "which keys there are, level by level"),
    "check": ("checking", "opens every key; counts every sealed value under its key"),
    "inventory": ("inventory", "every sealed column and kind of files, with algorithm and counts"),
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    words = "; ".join(f"{name}: {said}" for name, (_, said) in ACTIONS.items())
    parser.add_argument("action", nargs="?", default="list", choices=ACTIONS, help=words)
    parser.add_argument("--data", type=Path, help="folder of the CareStation that runs (var)")
    parser.add_argument("--json", action="store_true", help="for machines: one object")


def run(options: argparse.Namespace) -> int:
    """Do what is asked for; not 0 where keys are missing or do not open."""
    join_running(options.data)
    module = import_module(f"config.keys.{ACTIONS[options.action][0]}")
    code: int = module.act(options)
    return code
