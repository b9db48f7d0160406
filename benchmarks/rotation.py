"""Keys turn under a hundred posts a second: `python -m benchmarks.rotation --kills 20`.

Of each level, over a long history: the run is killed so many times and goes on. It ends with 1
where anything that was asked failed, where a post is lost, or a value stands under an earlier key.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figures import Figures, table_of, write_down
from tests.durability.ordeal import places_of
from tests.durability.turning import KEPT_SECONDS, Load, keys, turn_and_kill
from tests.running.starts import COMMAND, PROJECT, started, surroundings

GROUPS, MEMBERS, HISTORY = 4, 8, 10_000
WRITERS, PER_SECOND = 16, 100.0
LEVELS = ("scope", "facility", "root")


def main() -> int:
    """Turn the keys of each level, kill, count, and say what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20, help="how often each level is killed (20)")
    kills = parser.parse_args().kills
    with tempfile.TemporaryDirectory(prefix="cs-turned-") as folder:
        figures = _tried(Path(folder), kills)
    print(table_of("rotation", figures))
    write_down("rotation", figures)
    return 1 if figures["failures"] or figures["lost"] or figures["under_earlier_keys"] else 0


def _tried(folder: Path, kills: int) -> Figures:
    with started(folder / "data", KEYS_KEPT_SECONDS=KEPT_SECONDS) as one:
        seed_file = folder / "seed.json"
        load = [f"--groups={GROUPS}", f"--members={MEMBERS}", f"--history={HISTORY}"]
        subprocess.run(  # noqa: S603 - ours
            [*COMMAND, "load-seed", *load, f"--json={seed_file}", f"--data={one.data}"],
            env=surroundings(),
            cwd=PROJECT,
            check=True,
        )
        people = Load(url=one.url, per_second=PER_SECOND)
        places = places_of(json.loads(seed_file.read_text()))
        began = time.monotonic()
        with people.running(places, WRITERS):
            killed = sum(turn_and_kill(one.data, level, kills) for level in LEVELS)
        seconds = time.monotonic() - began
        counted = json.loads(keys(one.data, "inventory", "--json").stdout)
    posts = next(one for one in counted["columns"] if one["column"] == "timeline_post.body_sealed")
    by_version = {value["version"]: value["count"] for value in posts["values"]}
    newest = max(by_version)
    written = GROUPS * HISTORY + len(people.acknowledged)
    return {
        "kills": float(killed),
        "seconds": seconds,
        "posts": float(len(people.acknowledged)),
        "posts_per_second": len(people.acknowledged) / seconds,
        "pages_read": float(people.pages),
        "failures": float(sum(people.failures.values())),
        "lost": float(written - sum(by_version.values())),
        "under_earlier_keys": float(sum(by_version.values()) - by_version[newest]),
        "version": float(newest),
    }


if __name__ == "__main__":
    sys.exit(main())
