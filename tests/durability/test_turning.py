"""Keys turn under people who write, killed on the way. `make bench-durability` does more of it."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.durability.ordeal import places_of
from tests.durability.turning import KEPT_SECONDS, Load, keys, turn_and_kill
from tests.running.prepared import prepared
from tests.running.starts import COMMAND, PROJECT, started, surroundings

pytestmark = pytest.mark.xdist_group("running")
KILLS = {"scope": 1, "root": 0}


@pytest.mark.control("8.24")
def test_nobody_notices_that_keys_turn_though_the_run_is_killed(tmp_path: Path) -> None:
    data = prepared(tmp_path / "data")
    with started(data, "--web=1", KEYS_KEPT_SECONDS=KEPT_SECONDS) as one:
        seed_file = tmp_path / "seed.json"
        load = ["load-seed", "--groups=1", "--members=4", "--history=500", f"--json={seed_file}"]
        subprocess.run(  # noqa: S603 - ours
            [*COMMAND, *load, f"--data={one.data}"], env=surroundings(), cwd=PROJECT, check=True
        )
        places = places_of(json.loads(seed_file.read_text()))
        people = Load(url=one.url, per_second=10)

        with people.running(places, 4):
            killed = {
                level: turn_and_kill(one.data, level, count) for level, count in KILLS.items()
            }

        checked = keys(one.data, "check", "--json")
        counted = json.loads(keys(one.data, "inventory", "--json").stdout)
    posts = next(one for one in counted["columns"] if one["column"] == "timeline_post.body_sealed")
    assert killed == KILLS
    assert dict(people.failures) == {}
    assert len(people.acknowledged) > 50
    assert checked.returncode == 0, checked.stdout
    assert len({value["version"] for value in posts["values"]}) == 1
    assert sum(value["count"] for value in posts["values"]) == 500 + len(people.acknowledged)
