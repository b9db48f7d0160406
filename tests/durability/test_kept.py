"""The promise of an acknowledged post, while the pieces die. `make bench-durability` kills more."""

import json
import subprocess
from functools import reduce
from operator import add
from pathlib import Path

import pytest

from tests.durability.findings import Findings, findings_at
from tests.durability.ordeal import PIECES, Ordeal, places_of
from tests.running.prepared import prepared
from tests.running.starts import COMMAND, PROJECT, started, surroundings

pytestmark = pytest.mark.xdist_group("running")
KILLS = 2 * len(PIECES)


@pytest.mark.control("8.24")
def test_what_was_acknowledged_is_kept_once_whatever_dies(tmp_path: Path) -> None:
    with started(prepared(tmp_path / "data"), "--restart", "--web=1") as one:
        seed_file = tmp_path / "seed.json"
        load = ["load-seed", "--groups=2", "--members=8", f"--json={seed_file}"]
        subprocess.run(  # noqa: S603 - ours
            [*COMMAND, *load, f"--data={one.data}"], env=surroundings(), cwd=PROJECT, check=True
        )
        places = places_of(json.loads(seed_file.read_text()))
        ordeal = Ordeal(url=one.url, data=one.data)

        ordeal.run(places, KILLS)

        found = reduce(
            add,
            (
                findings_at(one.url, one.said["database_url"], place, ordeal.acknowledged)
                for place in places[:2]
            ),
        )
    assert sum(ordeal.kills.values()) == KILLS
    assert found == Findings(acknowledged=len(ordeal.acknowledged))
    assert "500" not in ordeal.failures, ordeal.failures
