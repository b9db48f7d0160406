"""Where it is measured: a CareStation of its own, with people in groups and one long history."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg

from benchmarks.live import Bench
from config.running import pids

COMMAND: Final = [sys.executable, "-P", "-m", "config.cli"]
GROUPS, MEMBERS = 20, 15
HISTORY: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of a load test: its side, and the tokens of its members."""

    id: str
    side: str
    tokens: list[str]
    people: list[str]

    @property
    def posts(self) -> str:
        """Where its posts are, for programs."""
        return f"/api/v1/groups/{self.id}/{self.side}/posts"

    @property
    def page(self) -> str:
        """Where its posts are, for people."""
        return f"/groups/{self.id}/{self.side}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A CareStation that runs; `groups` are young, `old` has a history of 10,000 posts."""

    url: str
    data: Path
    database_url: str
    groups: list[Group]
    old: Group
    seed: dict[str, Any]

    def live(self) -> Bench:
        """Return the same for the measuring of live."""
        pid = pids(self.data / "run")["live"]
        assert isinstance(pid, int)  # noqa: S101 - it runs
        return Bench(data=self.data, pid=pid, database_url=self.database_url, seed=self.seed)


@contextmanager
def running(data: Path, *, groups: int = GROUPS, history: int = HISTORY) -> Iterator[Scene]:
    """Start a CareStation with people in groups, and end it."""
    up = [*COMMAND, "up", "--data", str(data), "--port", "0", "--json"]
    with subprocess.Popen(up, stdout=subprocess.PIPE, text=True) as started:  # noqa: S603 - ours
        try:
            assert started.stdout is not None  # noqa: S101 - a pipe
            told = json.loads(started.stdout.readline())
            young = _seeded(data, groups=groups, members=MEMBERS, history=0)
            old = _seeded(data, groups=1, members=MEMBERS, history=history)
            let_count(told["database_url"])
            yield Scene(
                url=told["url"],
                data=data,
                database_url=told["database_url"],
                groups=[_group(one) for one in young["groups"]],
                old=_group(old["groups"][0]),
                seed=young,
            )
        finally:
            started.send_signal(signal.SIGTERM)


def more_groups(scene: Scene, *, groups: int, members: int, history: int = 0) -> list[Group]:
    """Make more groups where it runs already."""
    seed = _seeded(scene.data, groups=groups, members=members, history=history)
    let_count(scene.database_url)
    return [_group(one) for one in seed["groups"]]


def let_count(database_url: str) -> None:
    """Do what autovacuum does within a minute: else the planner thinks the tables are empty."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _seeded(data: Path, *, groups: int, members: int, history: int) -> dict[str, Any]:
    file = data / "seed.json"
    load = ["load-seed", f"--data={data}", f"--groups={groups}", f"--members={members}"]
    subprocess.run(  # noqa: S603 - ours
        [*COMMAND, *load, f"--history={history}", f"--json={file}"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    seed: dict[str, Any] = json.loads(file.read_text())
    return seed


def _group(told: dict[str, Any]) -> Group:
    return Group(
        id=told["id"],
        side=told["side"],
        tokens=[member["token"] for member in told["members"]],
        people=[member["person"] for member in told["members"]],
    )
