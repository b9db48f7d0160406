"""The yardsticks: what the same machine needs for as little as there is.

`bare`: pgbench writes one row and commits, over and over, on the same cluster. `empty`: the web
process answers `GET /health`, over the same proxy: no session, no statement, no page.
"""

import os
import re
import subprocess
from functools import partial
from typing import Final
from urllib.parse import unquote, urlsplit

import psycopg

from benchmarks.clients import ask_all, request
from benchmarks.figures import Figures
from benchmarks.processes import spent_on
from benchmarks.scene import Scene
from config.postgres import program

SECONDS: Final = 3
WRITERS: Final = (1, 16)
# As wide as a post: 300 bytes of sealed words.
ROW: Final = "INSERT INTO bench_bare (words) VALUES (repeat('x', 300));"
TABLE: Final = "CREATE TABLE IF NOT EXISTS bench_bare (id bigserial PRIMARY KEY, words text)"


def measure(scene: Scene) -> Figures:
    """Return commits a second and their CPU, and the CPU of an empty answer."""
    with psycopg.connect(scene.database_url) as connection:
        connection.execute(TABLE)
    figures: Figures = {}
    for writers in WRITERS:
        spent, count = spent_on(scene.data, partial(_insert, scene, writers))
        figures[f"bare_per_second_at_{writers}"] = count / SECONDS
        figures[f"bare_postgres_ms_at_{writers}"] = spent.postgres / count * 1e3
    health = partial(request, "GET", "/health", "")
    spent, count = spent_on(
        scene.data, lambda: len(ask_all(scene.url, [health] * 4, seconds=SECONDS))
    )
    figures["empty_per_second"] = count / SECONDS
    figures["empty_web_ms"] = spent.web / count * 1e3
    figures["empty_caddy_ms"] = spent.caddy / count * 1e3
    return figures


def _insert(scene: Scene, writers: int) -> int:
    parts = urlsplit(scene.database_url)
    folder = dict(pair.split("=", 1) for pair in parts.query.split("&"))["host"]
    script = scene.data / "bare.sql"
    script.write_text(ROW)
    ended = subprocess.run(  # noqa: S603 - the wheel's own program
        [
            str(program("pgbench")),
            *("-n", "-M", "prepared", "-f", str(script)),
            *("-c", str(writers), "-T", str(SECONDS)),
            *("-h", unquote(folder), "-U", parts.username or "", parts.path.lstrip("/")),
        ],
        env=os.environ | {"PGPASSWORD": unquote(parts.password or "")},
        check=True,
        capture_output=True,
        text=True,
    )
    found = re.search(r"actually processed: (\d+)", ended.stdout)
    if found is None:
        raise ValueError(ended.stdout)
    return int(found[1])
