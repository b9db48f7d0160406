"""The units of the system start what is there, and may do no more than they need."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from config import piece
from config.cli import COMMANDS
from tests.deploy.files import DEPLOY, assignments_in, needs, text_of, tool
from tests.documentation.test_reference import options_of

UNITS: Final = DEPLOY / "systemd"
PROGRAM: Final = "/opt/carestation/current/.venv/bin/carestation"
SERVICES: Final = sorted(path.name for path in UNITS.glob("*.service"))
# `systemd-analyze security`: 0 is safe, 10 exposed; a plain unit has 9.6.
MOST_EXPOSED: Final = 2.0
needs_systemd = needs("systemd-analyze", "systemd")


def lines_of(name: str) -> list[str]:
    return text_of(f"systemd/{name}").splitlines()


def started_by(name: str) -> list[list[str]]:
    """Return what a unit starts, word by word."""
    found = [line for line in lines_of(name) if line.startswith("Exec")]
    return [shlex.split(line.partition("=")[2]) for line in found]


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units as a machine has them, with this installation's program."""
    folder = tmp_path_factory.mktemp("units") / "units"
    shutil.copytree(UNITS, folder)
    program = str(Path(sys.executable).with_name("carestation"))
    for unit in folder.glob("*.service"):
        text = unit.read_text().replace(PROGRAM, program)
        unit.with_name(unit.name.replace("@", "@1")).write_text(text)
    return folder


def asked(there: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - the system's
        [tool("systemd-analyze"), *arguments],
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{there}:"},
        capture_output=True,
        text=True,
        check=False,
    )


@needs_systemd
@pytest.mark.parametrize("unit", [*SERVICES, "carestation-verify.timer", "carestation.target"])
def test_systemd_understands_the_unit(unit: str, there: Path) -> None:
    found = asked(there, "verify", "--man=no", unit.replace("@", "@1"))

    assert (found.returncode, found.stderr) == (0, "")


@needs_systemd
@pytest.mark.control("8.9")
@pytest.mark.parametrize("unit", SERVICES)
def test_a_unit_may_do_no_more_than_it_needs(unit: str, there: Path) -> None:
    limit = f"--threshold={MOST_EXPOSED * 10:.0f}"
    found = asked(there, "security", "--offline=true", limit, unit.replace("@", "@1"))

    assert found.returncode == 0, found.stdout[-300:]


@pytest.mark.parametrize("unit", SERVICES)
def test_what_a_unit_starts_is_a_command_with_its_options(unit: str) -> None:
    for program, command, *rest in started_by(unit):
        options = {word.split("=")[0] for word in rest if word.startswith("--")}

        assert program == PROGRAM
        assert command in COMMANDS
        assert options <= options_of(command)
        if command == "piece":
            assert re.fullmatch(piece.PIECES, rest[0].replace("%i", "1"))


@pytest.mark.parametrize("unit", SERVICES)
def test_no_unit_runs_as_root(unit: str) -> None:
    found = configparser.ConfigParser(strict=False, interpolation=None)
    found.read_string(text_of(f"systemd/{unit}"))

    assert found["Service"]["User"] in text_of("systemd/sysusers.conf")
    assert set(found["Service"].get("AmbientCapabilities", "").split()) <= {"CAP_NET_BIND_SERVICE"}


def test_the_proxy_knows_no_secret_and_only_preparing_knows_the_owner() -> None:
    reads = {
        unit: [line for line in lines_of(unit) if "EnvironmentFile" in line] for unit in SERVICES
    }

    assert reads["carestation-proxy.service"] == []
    owners = [unit for unit, lines in reads.items() if any("owner" in line for line in lines)]
    assert owners == ["carestation-prepare.service"]


def test_what_starts_its_pieces_through_setpriv_may_call_what_that_calls() -> None:
    later = UNITS / "carestation-up.service.d" / "setpriv.conf"

    assert "SystemCallFilter=capset" in later.read_text(encoding="utf-8")
    assert later.name > next((UNITS / "carestation-.service.d").iterdir()).name


def test_the_files_of_variables_name_what_is_read() -> None:
    known = set(
        re.findall(r"`([A-Z_]+)`", (DEPLOY.parent / "docs/reference/environment.md").read_text())
    )
    # The units' own: where the node listens.
    said = {*assignments_in(DEPLOY / "environment"), *assignments_in(DEPLOY / "owner")}

    assert said - known == {"NODE_ADDRESS"}


@pytest.mark.parametrize("unit", SERVICES)
def test_what_holds_for_all_wins_over_a_unit_which_therefore_does_not_contradict_it(
    unit: str,
) -> None:
    ours, shared = (
        {line.partition("=")[0] for line in lines_of(name) if re.match(r"[A-Z]\w+=", line)}
        for name in (unit, "carestation-.service.d/hardening.conf")
    )

    # A list is added to.
    assert ours & shared <= {"After"}


def test_what_is_done_once_is_not_done_again_where_it_fails() -> None:
    once = [unit for unit in SERVICES if "Type=oneshot" in lines_of(unit)]

    for unit in once:
        (own,) = (UNITS / f"{unit}.d").iterdir()
        assert own.name > "hardening.conf"
        assert "Restart=no" in own.read_text(encoding="utf-8").splitlines()
    assert len(once) == 2


def test_who_starts_everything_ends_it_in_its_own_order() -> None:
    assert "KillMode=mixed" in lines_of("carestation-up.service")
