"""A data folder as a first start leaves it, made once in a run of the tests, copied for each.

For whoever tries what comes later: others try the first start itself.
"""

import fcntl
import os
import subprocess
from pathlib import Path

from config.processes import PROJECT, PYTHON
from tests.live.own_postgres import OwnPostgres
from tests.running.starts import surroundings


def prepared(data: Path) -> Path:
    """Lay such a folder down where none is, and return where it lies."""
    kept = Path(os.environ["CARESTATION_DATA"]).with_name("prepared")
    with kept.with_suffix(".lock").open("w") as one_by_one:
        fcntl.flock(one_by_one, fcntl.LOCK_EX)
        if not kept.exists():
            _prepare(kept)
    data.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["/bin/cp", "--archive", "--reflink=auto", kept, data], check=True)  # noqa: S603 - ours
    return data


def _prepare(kept: Path) -> None:
    fresh = kept.with_suffix(".new")
    fresh.mkdir(mode=0o700)
    server = OwnPostgres(fresh, fsync="off")
    server.start()
    try:
        variables = surroundings(CARESTATION_DATA=str(fresh), DATABASE_URL=server.owner_url)
        subprocess.run([*PYTHON, "config.prepare"], env=variables, cwd=PROJECT, check=True)  # noqa: S603 - ours
    finally:
        server.stop()
    fresh.rename(kept)
