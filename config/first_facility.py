"""`carestation first-facility`: the first facility of a real installation, and its manager.

The manager sets a password behind a link that works once, for an hour; or it is typed here. It
never stands on the command line, where other users of the machine could read it.
"""

import argparse
import getpass
import sys
from dataclasses import dataclass
from pathlib import Path

from carestation.facilities.choices import FacilityKind, Profession
from config.joining import join_running
from config.saying import add_name_and_reason, say_who, typed_line


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstFacility:
    """What is to be opened, and who is to manage it."""

    name: str
    kana: str
    kind: FacilityKind
    manager_email: str
    manager_name: str
    manager_kana: str
    manager_profession: Profession


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "--name", type=typed_line, required=True, help="what the facility is called"
    )
    parser.add_argument("--kana", type=typed_line, required=True, help="the same in hiragana")
    parser.add_argument("--kind", type=FacilityKind, required=True, help=_words(FacilityKind))
    parser.add_argument(
        "--manager-email", type=typed_line, required=True, help="address to sign in"
    )
    parser.add_argument("--manager-name", type=typed_line, required=True, help="surname and name")
    parser.add_argument(
        "--manager-kana", type=typed_line, required=True, help="the same in hiragana"
    )
    parser.add_argument(
        "--manager-profession",
        type=Profession,
        default=Profession.CLERK,
        help=f"{_words(Profession)} (clerk)",
    )
    parser.add_argument("--type-password", action="store_true", help="type it here: no link")
    add_name_and_reason(parser)
    parser.add_argument("--data", type=Path, help="folder of the CareStation that runs (var)")


def run(options: argparse.Namespace) -> int:
    """Open the facility; print the link by which its manager sets a password.

    Raises:
        SystemExit: there is a facility already, or what was given cannot be taken.
    """
    password = _typed_password() if options.type_password else ""
    join_running(options.data)
    from carestation.support.choices import Command  # noqa: PLC0415 - Django
    from config.opening import opened_with_link, opened_with_password  # noqa: PLC0415 - Django

    say_who(options, Command.FIRST_FACILITY)
    first = FirstFacility(
        name=options.name,
        kana=options.kana,
        kind=options.kind,
        manager_email=options.manager_email,
        manager_name=options.manager_name,
        manager_kana=options.manager_kana,
        manager_profession=options.manager_profession,
    )
    if password:
        opened_with_password(first, password)
        sys.stdout.write(f"{first.name} is open. {first.manager_email} can sign in.\n")
        return 0
    link = opened_with_link(first)
    sys.stdout.write(f"{first.name} is open. The manager sets a password here, within an hour:\n")
    sys.stdout.write(f"{link}\n")
    return 0


def _typed_password() -> str:
    typed = getpass.getpass("Password of the manager: ")
    if not typed or getpass.getpass("Once more: ") != typed:
        raise SystemExit("The two passwords are not the same; nothing was changed.")
    return typed


def _words(choices: type[FacilityKind | Profession]) -> str:
    return ", ".join(one.value for one in choices)
