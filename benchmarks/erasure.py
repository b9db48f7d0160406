"""Erased stays erased: `python -m benchmarks.erasure`.

A patient's group is erased on a CareStation that runs. Then the whole data folder of the day
before is put back, database, files and root; of today there is the list of erasures alone. It ends
with 1 where anything of the group opens, or anyone sits there, after the next start.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import psycopg

from benchmarks.figures import Figures, table_of, write_down
from tests.durability.turning import keys
from tests.running.starts import COMMAND, PROJECT, started, surroundings

LIST: Final = Path("keys") / "erased.jsonl"
GROUP: Final = "SELECT group_id::text FROM patients_patient LIMIT 1"
CLOSE: Final = "UPDATE groups_group SET archived_at = now() WHERE id = %s"
LEFT: Final = """
SELECT (SELECT count(*) FROM vault_scope WHERE id = %(group_id)s) AS keys,
  (SELECT count(*) FROM groups_membership WHERE group_id = %(group_id)s AND left_at IS NULL)
    AS members,
  (SELECT count(*) FROM timeline_post WHERE group_id = %(group_id)s) AS posts
"""


def main() -> int:
    """Erase, put yesterday back, and count what is left of the group."""
    with tempfile.TemporaryDirectory(prefix="cs-erased-") as folder:
        figures = _tried(Path(folder))
    print(table_of("erasure", figures))
    write_down("erasure", figures)
    return 1 if figures["keys"] or figures["members"] else 0


def _tried(folder: Path) -> Figures:
    data, yesterday = folder / "data", folder / "yesterday"
    with started(data, "--demo", "--web=1") as one:
        with psycopg.connect(one.said["database_url"]) as connection:
            (group_id,) = connection.execute(GROUP).fetchone() or ("",)
        one.end()
    _copy(data, yesterday)
    with started(data, "--demo", "--web=1") as one:
        with psycopg.connect(one.said["database_url"]) as connection:
            connection.execute(CLOSE, [group_id])
        done = keys(
            data, "erase", f"--of={group_id}", f"--confirm={group_id}", f"--as={_operator()}"
        )
        if done.returncode:
            raise SystemExit(done.stderr)
        one.end()
    erased = (data / LIST).read_text()
    data.rename(folder / "today")
    _copy(yesterday, data)
    (data / LIST).write_text(erased)
    with started(data, "--demo", "--web=1") as one:
        with psycopg.connect(one.said["database_url"]) as connection:
            row = connection.execute(LEFT, {"group_id": group_id}).fetchone() or (1, 1, 0)
        one.end()
    return dict(zip(("keys", "members", "posts_as_noise"), map(float, row), strict=True))


def _operator() -> str:
    told = subprocess.run(  # noqa: S603 - ours
        [*COMMAND, "demo", "--json"],
        env=surroundings(),
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    )
    people = json.loads(told.stdout)["people"]
    return str(next(one["email"] for one in people if one["role"] == "operator"))


def _copy(source: Path, target: Path) -> None:
    # With its owners: the database's folder belongs to a user of its own.
    subprocess.run(["/bin/cp", "-a", str(source), str(target)], check=True)  # noqa: S603 - ours


if __name__ == "__main__":
    sys.exit(main())
