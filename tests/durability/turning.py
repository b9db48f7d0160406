"""Keys turn, killed again and again, while people write and read: nobody notices."""

import http.client
import json
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle, islice
from pathlib import Path
from typing import Any, Final

from carestation.kernel.ids import uuid7
from tests.durability.ordeal import KEPT, Acknowledged, Place, connection_to
from tests.running.starts import COMMAND, PROJECT, surroundings

# So long a process keeps an opened key here; in production 300 seconds.
KEPT_SECONDS: Final = "1"
# A run of the command is killed after so long; each next one gets a little further.
FIRST_SECONDS: Final = 2.0
MORE_SECONDS: Final = 0.3
STEPS: Final = 8
TRIES: Final = 4
POSTS_PER_PAGE: Final = 5


@dataclass
class Load:
    """People who write at a pace, and read what stands there; nothing is sent twice."""

    url: str
    per_second: float
    acknowledged: list[Acknowledged] = field(default_factory=list)
    pages: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    ending: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self, places: list[Place], writers: int) -> Iterator[None]:
        """Let people write and read meanwhile."""
        threads = [
            threading.Thread(target=self._work, args=[place, writers])
            for place in islice(cycle(places), writers)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.ending.set()
            for thread in threads:
                thread.join()

    def wrote(self, place: Place) -> bool:
        """Write one post; whether it was acknowledged."""
        connection = connection_to(self.url)
        post = self._asked(connection, "POST", place, {"draft_id": str(uuid7())})
        connection.close()
        return post is not None

    def _work(self, place: Place, writers: int) -> None:
        connection, began = connection_to(self.url), time.monotonic()
        for number in count(1):
            # Each post has its time: who is late hurries, so that the pace is kept.
            due = began + number * writers / self.per_second
            if self.ending.wait(max(0.0, due - time.monotonic())):
                break
            draft_id = uuid7()
            post = self._asked(connection, "POST", place, {"draft_id": str(draft_id)})
            if post is not None:
                told = {"post_id": post["id"], "number": post["number"], "draft_id": draft_id}
                self.acknowledged.append(Acknowledged(group_id=place.group_id, **told))
            if number % POSTS_PER_PAGE == 0:
                page = self._asked(connection, "GET", place, None)
                self.pages += page is not None
        connection.close()

    def _asked(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        place: Place,
        said: dict[str, str] | None,
    ) -> dict[str, Any] | None:
        body = json.dumps(said | {"body": f"訪問しました。{said['draft_id']}"}) if said else None
        try:
            connection.request(method, place.path, body, place.headers)
            answer = connection.getresponse()
            words = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.failures[type(error).__name__] += 1
            connection.close()
            return None
        if answer.status not in KEPT:
            self.failures[f"{method} {answer.status}"] += 1
            return None
        told: dict[str, Any] = json.loads(words)
        return told


def keys(
    data: Path, *words: str, seconds: float | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run `carestation keys` on a CareStation that runs; kill it where it takes too long.

    Raises:
        subprocess.TimeoutExpired: it was killed.
    """
    return subprocess.run(  # noqa: S603 - ours
        [*COMMAND, "keys", *words, f"--data={data}"],
        env=surroundings(KEYS_KEPT_SECONDS=KEPT_SECONDS, **more),
        cwd=PROJECT,
        check=False,
        capture_output=True,
        text=True,
        timeout=seconds,
    )


def turn_and_kill(data: Path, level: str, kills: int) -> int:
    """Turn a level's keys to the end, killed so many times on the way; return the kills.

    Where they have turned before they were killed so often, they turn anew.

    Raises:
        AssertionError: a run that was not killed failed, or hardly one could be killed.
    """
    killed = 0
    for _ in range(kills * TRIES):
        if killed == kills:
            break
        try:
            _rotate(data, level, FIRST_SECONDS + MORE_SECONDS * (killed % STEPS))
        except subprocess.TimeoutExpired:
            killed += 1
    _rotate(data, level, None)
    return killed


def _rotate(data: Path, level: str, seconds: float | None) -> None:
    done = keys(data, "rotate", f"--level={level}", "--json", seconds=seconds)
    assert done.returncode == 0, done.stderr
