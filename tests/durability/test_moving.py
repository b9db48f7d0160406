"""The root moves into a key service under people who write; the run is killed on the way."""

import json
import subprocess
from functools import partial
from pathlib import Path

import pytest

from tests.durability.ordeal import places_of
from tests.durability.turning import KEPT_SECONDS, Load, keys
from tests.running.prepared import prepared
from tests.running.starts import COMMAND, PROJECT, started, surroundings
from tests.vault.key_service import key_service

pytestmark = pytest.mark.xdist_group("running")
KILLED_AFTER_SECONDS = 3.0


@pytest.mark.control("8.24")
def test_nobody_notices_that_the_root_moves_though_the_run_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with key_service(tmp_path) as service:
        url, token = service.url, str(service.token_file)
        monkeypatch.setenv("SSL_CERT_FILE", str(service.authority))
        both = partial(keys, tmp_path / "data", KEY_URL_NEXT=url, KEY_TOKEN_FILE=token)
        move = ("rotate", "--level=root", f"--to={url}", "--json")
        data, seed_file = prepared(tmp_path / "data"), tmp_path / "seed.json"
        with started(
            data, "--web=1", KEYS_KEPT_SECONDS=KEPT_SECONDS, KEY_URL_NEXT=url, KEY_TOKEN_FILE=token
        ) as one:
            load = ["load-seed", "--groups=1", "--members=4", "--history=20"]
            subprocess.run(  # noqa: S603 - ours
                [*COMMAND, *load, f"--json={seed_file}", f"--data={data}"],
                env=surroundings(KEY_URL_NEXT=url, KEY_TOKEN_FILE=token),
                cwd=PROJECT,
                check=True,
            )
            places = places_of(json.loads(seed_file.read_text()))
            people = Load(url=one.url, per_second=10)
            with people.running(places, 4):
                with pytest.raises(subprocess.TimeoutExpired):
                    both(*move, seconds=KILLED_AFTER_SECONDS)
                moved = both(*move)

        # The service alone is asked from then on.
        with started(data, "--web=1", KEY_URL=url, KEY_TOKEN_FILE=token) as one:
            checked = keys(data, "check", "--json", KEY_URL=url, KEY_TOKEN_FILE=token)
            after = Load(url=one.url, per_second=10)
            post = after.wrote(places[0])
    assert moved.returncode == 0, moved.stderr
    assert dict(people.failures) == {}
    assert len(people.acknowledged) > 20
    assert json.loads(checked.stdout)["closed"] == []
    assert post
