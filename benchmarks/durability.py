"""Acknowledged means kept, at length: `python -m benchmarks.durability --kills 200`.

The same ordeal as in `tests/durability`: sixteen people write while web, live, worker and
PostgreSQL are killed in turn. It ends with 1 where a post is lost or doubled, or a number missing.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from functools import reduce
from operator import add
from pathlib import Path

from benchmarks.figures import Figures, table_of, write_down
from tests.durability.findings import Findings, findings_at
from tests.durability.ordeal import Ordeal, places_of
from tests.running.starts import COMMAND, PROJECT, started, surroundings

GROUPS, MEMBERS = 4, 8


def main() -> int:
    """Kill, count, and say what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="how many pieces to kill (200)")
    kills = parser.parse_args().kills
    with tempfile.TemporaryDirectory(prefix="cs-kept-") as folder:
        ordeal, found, seconds = _tried(Path(folder), kills)
    figures: Figures = {"kills": float(sum(ordeal.kills.values())), "seconds": seconds}
    figures |= {name: float(value) for name, value in asdict(found).items()}
    figures |= {f"attempts_{name}": float(count) for name, count in ordeal.failures.items()}
    print(table_of("durability", figures))
    write_down("durability", figures)
    return 0 if found.is_sound else 1


def _tried(folder: Path, kills: int) -> tuple[Ordeal, Findings, float]:
    with started(folder / "data", "--restart") as one:
        seed_file = folder / "seed.json"
        load = [f"--groups={GROUPS}", f"--members={MEMBERS}", f"--json={seed_file}"]
        subprocess.run(  # noqa: S603 - ours
            [*COMMAND, "load-seed", *load, f"--data={one.data}"],
            env=surroundings(),
            cwd=PROJECT,
            check=True,
        )
        places = places_of(json.loads(seed_file.read_text()))
        ordeal = Ordeal(url=one.url, data=one.data)
        began = time.monotonic()
        ordeal.run(places, kills)
        seconds = time.monotonic() - began
        found = reduce(
            add,
            (
                findings_at(one.url, one.said["database_url"], place, ordeal.acknowledged)
                for place in places[:GROUPS]
            ),
        )
    return ordeal, found, seconds


if __name__ == "__main__":
    sys.exit(main())
