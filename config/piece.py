"""`carestation piece`: one piece by itself, for a unit of the system or a container.

The same commands as under `carestation up`, which does all of this on one machine.
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from config.buses import check_bus
from config.database import check_database, check_wall, ensure_app_role
from config.environment import Environment, read_environment, surroundings
from config.nodes import site_of
from config.places import Places
from config.processes import (
    PROJECT,
    PYTHON,
    WATCH_COMMAND,
    WEB,
    WORKER_COMMAND,
    downloads_command,
    live_command,
    web_command,
)
from config.proxy import caddy_surroundings, proxy_command, write_caddy_configuration
from config.running import begin_piece

PIECES: Final = rf"{WEB}|live|downloads|worker|watch|proxy|prepare"
# They listen nowhere, or say themselves where.
ALONE: Final = {"worker": WORKER_COMMAND, "watch": WATCH_COMMAND}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "piece", help="web-1, web-2 …, live, downloads, worker, watch, proxy, or prepare"
    )
    parser.add_argument("--at", help="where web, live or downloads listens: ADDRESS:PORT")
    parser.add_argument("--nodes", type=Path, help="for the proxy: the file that names the nodes")


def run(options: argparse.Namespace) -> int:
    """Become the piece, or prepare what all pieces need.

    Raises:
        SystemExit: something is missing or unsafe; the sentence says what.
    """
    name: str = options.piece
    if not re.fullmatch(PIECES, name):
        raise SystemExit(
            f"There is no piece “{name}”: web-1, live, downloads, worker, watch, proxy or prepare."
        )
    variables = surroundings()
    places = Places(data=Path(variables.get("CARESTATION_DATA", "var")).absolute())
    places.make()
    if name == "proxy":
        return _become_proxy(places, options.nodes)
    variables |= {
        "CARESTATION_PIECE": name,
        "PROMETHEUS_MULTIPROC_DIR": str(places.counters),
        "PYTHONUNBUFFERED": "1",
    }
    found = _environment(variables)
    if name == "prepare":
        return _prepare(found, variables)
    found.leaving.unlink(missing_ok=True)
    # The owner's password is for preparing alone.
    variables.pop("DATABASE_OWNER_URL", None)
    command = _command(name, options.at, places)
    begin_piece(places.run, name)
    return _become(command, variables)


def _environment(variables: dict[str, str]) -> Environment:
    found = read_environment(variables)
    if not found.database_url:
        raise SystemExit("A piece by itself needs a database: set DATABASE_URL.")
    if found.is_production and not found.site_url.startswith("https://"):
        raise SystemExit("Production needs TLS: set SITE_URL to https://….")
    return found


def _prepare(found: Environment, variables: dict[str, str]) -> int:
    owner = found.database_owner_url
    check_database(owner)
    check_bus(found.bus_url)
    ensure_app_role(owner)
    variables |= {"DATABASE_URL": owner}
    command = [*PYTHON, "config.prepare"]
    ended = subprocess.run(command, env=variables, cwd=PROJECT, check=False)  # noqa: S603 - ours
    if ended.returncode == 0:
        check_wall(found.database_url)
    return ended.returncode


def _command(name: str, at: str | None, places: Places) -> list[str]:
    if name in ALONE:
        return ALONE[name]
    host, colon, port = (at or "").rpartition(":")
    if not colon:
        raise SystemExit(f"Say where {name} listens: --at ADDRESS:PORT.")
    listens = (f"--host={host.strip('[]')}", f"--port={port}")
    if name == "live":
        return live_command(*listens)
    if name == "downloads":
        return downloads_command(*listens)
    return web_command(*listens, serving=places.serving(name))


def _become_proxy(places: Places, nodes: Path | None) -> int:
    if nodes is None:
        raise SystemExit("Say who stands behind the proxy: --nodes FILE.")
    site = site_of(nodes)
    write_caddy_configuration(places, site)
    begin_piece(places.run, "caddy")
    return _become(proxy_command(places, site), caddy_surroundings(places))


def _become(command: list[str], variables: dict[str, str]) -> int:
    sys.stdout.flush()
    os.chdir(PROJECT)
    os.execve(command[0], command, variables)  # noqa: S606 - ours
