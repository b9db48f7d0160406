"""The register of utilities names every one, who may use it, what it wants and what it leaves."""

import argparse
import importlib
from typing import Final

import pytest
from django.urls import URLPattern

from carestation.factlog.facts import KINDS
from carestation.kernel.doors import Door, door_of, entrances
from config.cli import COMMANDS
from config.urls import urlpatterns
from tests.documentation.pages import DOCS, table_of
from tests.matrix.test_doors import every_view

REGISTER: Final = DOCS / "reference" / "utilities.md"
AT_MACHINE: Final = {row[0].strip("`"): row for row in table_of(REGISTER, "command")}
AT_ADDRESS: Final = {row[0].strip("`"): row for row in table_of(REGISTER, "address")}
DOORS: Final = {"operator": Door.CONSOLE, "manager": Door.DESK, "staff": Door.SELF}


def views() -> dict[str, URLPattern]:
    names = [one.name for one in entrances(urlpatterns)]
    return dict(zip(names, every_view(), strict=True))


def facts_of(row: list[str]) -> set[str]:
    return {one.strip("` ") for one in row[3].split(",")} - {"–"}


@pytest.mark.control("8.18")
def test_every_command_of_the_machine_is_registered() -> None:
    assert set(AT_MACHINE) == set(COMMANDS)


@pytest.mark.control("8.18")
@pytest.mark.parametrize("command", sorted(AT_MACHINE))
def test_what_an_operator_does_at_the_machine_wants_their_name_and_nothing_else_does(
    command: str,
) -> None:
    parser = argparse.ArgumentParser()
    importlib.import_module(COMMANDS[command][0]).add_options(parser)

    assert ("--as EMAIL" in parser.format_help()) == (AT_MACHINE[command][1] == "operator")


@pytest.mark.control("8.18")
@pytest.mark.parametrize("command", sorted(AT_MACHINE))
def test_what_changes_something_asks_who_types_and_why(command: str) -> None:
    parser = argparse.ArgumentParser()
    importlib.import_module(COMMANDS[command][0]).add_options(parser)
    is_said = "CommandTyped" in facts_of(AT_MACHINE[command])

    assert ("--because" in parser.format_help()) == ("--as" in parser.format_help()) == is_said
    assert is_said or facts_of(AT_MACHINE[command]) == set() or command == "load-seed"


@pytest.mark.control("8.18")
def test_every_change_from_the_console_is_registered() -> None:
    changing = {
        one.name for one in entrances(urlpatterns) if one.door is Door.CONSOLE and one.changes
    }

    assert changing == {name for name, row in AT_ADDRESS.items() if row[1] == "operator"}


@pytest.mark.control("8.18")
@pytest.mark.parametrize("name", sorted(AT_ADDRESS))
def test_a_registered_address_has_that_door_and_wants_a_fresh_proof(name: str) -> None:
    view = views()[name].callback

    assert door_of(view) is DOORS[AT_ADDRESS[name][1]]
    assert getattr(view, "is_freshly_confirmed", False)


@pytest.mark.control("8.18")
@pytest.mark.parametrize("name", sorted(AT_MACHINE | AT_ADDRESS))
def test_what_a_utility_leaves_in_the_log_is_a_fact(name: str) -> None:
    kinds = {kind.rpartition(".")[2] for kind in KINDS}

    assert facts_of((AT_MACHINE | AT_ADDRESS)[name]) <= kinds
