"""`carestation keys`: which keys there are, what they seal, whether all open; turning them.

Each action is one of the table; a module of the package config.keys has it.
"""

import argparse
from importlib import import_module
from pathlib import Path
from typing import Final
from uuid import UUID

from carestation.kernel.acting import Work, work_as
from config.joining import join_running, see_data
from config.saying import add_reason, say_who, typed_line

LEVELS: Final = ("root", "facility", "scope")
# Name: module of config.keys, and what it does.
ACTIONS: Final = {
    "list": ("listing", "which keys there are, level by level"),
    "check": ("checking", "opens every key; counts every sealed value under its key"),
    "rotate": ("rotating", "turns the keys of a level; goes on with what turns already"),
    "shares": ("shares", "the root as three lists of words for paper; two are typed in again"),
    "rehearse": ("rehearsing", "two shares are typed in: whether they bring today's root back"),
    "recover": ("recovering", "puts the root's file back from two shares, while nothing runs"),
    "erase": (
        "erasing",
        "destroys the keys of a group, talk or person that is over, for good",
    ),
    "erased": ("erased", "the certificates of what was erased"),
    "inventory": ("inventory", "every sealed column and kind of files, with algorithm and counts"),
}
# Done while nothing runs.
OFFLINE: Final = frozenset({"recover"})
# They change keys, or bring the root to paper: who types them stands in the log.
SAID: Final = frozenset({"rotate", "shares", "rehearse", "erase"})


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    words = "; ".join(f"{name}: {said}" for name, (_, said) in ACTIONS.items())
    parser.add_argument("action", nargs="?", default="list", choices=ACTIONS, help=words)
    parser.add_argument("--level", choices=LEVELS, help="rotate: which keys turn")
    parser.add_argument(
        "--of", type=UUID, metavar="ID", help="rotate, erase: of which owner or scope"
    )
    parser.add_argument(
        "--to", metavar="URL", default="", help="rotate: where the root moves to (KEY_URL_NEXT)"
    )
    parser.add_argument(
        "--hold", action="store_true", help="rotate: stop when the new keys are added"
    )
    parser.add_argument(
        "--as",
        dest="typist",
        type=typed_line,
        metavar="EMAIL",
        help="who types; erase: your address as an operator",
    )
    add_reason(parser)
    parser.add_argument(
        "--turn-root", action="store_true", help="erase: turn the root afterwards, at once"
    )
    parser.add_argument("--confirm", type=UUID, metavar="ID", help="erase: the id once more")
    parser.add_argument("--data", type=Path, help="folder of the CareStation that runs (var)")
    parser.add_argument("--json", action="store_true", help="for machines: one object")


def run(options: argparse.Namespace) -> int:
    """Do what is asked for; not 0 where keys are missing or do not open."""
    if options.action in OFFLINE:
        see_data(options.data)
    else:
        join_running(options.data)
        work_as(Work.CONTENT)
    if options.action in SAID:
        from carestation.support.choices import Command  # noqa: PLC0415 - needs Django

        say_who(options, Command(f"keys {options.action}"))
    module = import_module(f"config.keys.{ACTIONS[options.action][0]}")
    code: int = module.act(options)
    return code
