"""An ordeal: people write while the pieces under them are killed, in turn, without warning.

A writer sends each draft until it is acknowledged (201: written now, 200: written before), always
with the same draft id, as a telephone in a tunnel does. The pieces are those of a CareStation that
was started with `--restart`.
"""

import http.client
import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from carestation.kernel.ids import uuid7
from config.places import Places
from config.running import pids

PIECES: Final = ("web", "live", "worker", "postgres")
WRITERS: Final = 16
# So many posts are acknowledged between two kills: each strikes while people write.
BETWEEN: Final = 16
PATIENCE_SECONDS: Final = 60
ANSWER_SECONDS: Final = 10
KEPT: Final = {http.client.CREATED, http.client.OK}


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """A draft that was acknowledged, what the answer said of the post, and when; all in seconds."""

    group_id: str
    draft_id: UUID
    post_id: str
    number: int
    sent_at: float = 0.0
    told_at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a writer writes, and as whom."""

    group_id: str
    side: str
    token: str

    @property
    def path(self) -> str:
        return f"/api/v1/groups/{self.group_id}/{self.side}/posts"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}


@dataclass
class Ordeal:
    """Writers, what they were told, and what was killed."""

    url: str
    data: Path
    # Other proxies before the same: who is not answered turns to the next.
    others: tuple[str, ...] = ()
    # So long a writer rests after each post.
    rest_seconds: float = 0.0
    acknowledged: list[Acknowledged] = field(default_factory=list)
    # How often an attempt failed, and by what: a status, or the name of an exception.
    failures: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    ending: threading.Event = field(default_factory=threading.Event)

    def run(self, places: list[Place], kills: int, *, writers: int = WRITERS) -> None:
        """Let people write at these places, and kill so many pieces meanwhile.

        Raises:
            TimeoutError: nothing was acknowledged for a long time, or a piece stays away.
        """
        with self.writing(places, writers):
            for piece in islice(cycle(PIECES), kills):
                self.await_more()
                self._kill(piece)
            self.await_more()

    @contextmanager
    def writing(self, places: list[Place], writers: int = WRITERS) -> Iterator[None]:
        """Let people write at these places meanwhile."""
        threads = [
            threading.Thread(target=self._write, args=[place, number])
            for number, place in enumerate(islice(cycle(places), writers))
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.ending.set()
            for thread in threads:
                thread.join()

    def _write(self, place: Place, number: int) -> None:
        # A draft that was begun is sent until it is acknowledged, also at the end.
        ways = islice(cycle([self.url, *self.others]), number, None)
        connection = connection_to(next(ways))
        while not self.ending.is_set():
            draft_id = uuid7()
            body = json.dumps({"draft_id": str(draft_id), "body": f"訪問しました。{draft_id}"})
            began = time.monotonic()
            while time.monotonic() < began + PATIENCE_SECONDS:
                post = self._sent(connection, place, body)
                if post is not None:
                    told = Acknowledged(
                        group_id=place.group_id,
                        draft_id=draft_id,
                        post_id=post["id"],
                        number=post["number"],
                        sent_at=began,
                        told_at=time.monotonic(),
                    )
                    self.acknowledged.append(told)
                    self.ending.wait(self.rest_seconds)
                    break
                connection.close()
                connection = connection_to(next(ways))
                self.ending.wait(random.uniform(0.02, 0.1))  # noqa: S311 - no secret
        connection.close()

    def _sent(
        self, connection: http.client.HTTPConnection, place: Place, body: str
    ) -> dict[str, Any] | None:
        try:
            connection.request("POST", place.path, body.encode(), place.headers)
            answer = connection.getresponse()
            words = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.failures[type(error).__name__] += 1
            return None
        if answer.status not in KEPT:
            self.failures[str(answer.status)] += 1
            return None
        post: dict[str, Any] = json.loads(words)
        return post

    def _kill(self, piece: str) -> None:
        """Kill a piece and wait until another stands in its place."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not (before := self._pids(piece)):
            if time.monotonic() > until:
                raise TimeoutError(f"{piece} does not run")
            time.sleep(0.05)
        # Of several web processes each is struck in its turn.
        struck = before[self.kills[piece] % len(before)]
        os.kill(struck, signal.SIGKILL)
        self.kills[piece] += 1
        while struck in (now := self._pids(piece)) or len(now) < len(before):
            if time.monotonic() > until:
                raise TimeoutError(f"{piece} did not come again")
            time.sleep(0.05)

    def _pids(self, piece: str) -> list[int]:
        found = pids(Places(data=self.data).run)[piece]
        if isinstance(found, list):
            return found
        return [] if found is None else [found]

    def await_more(self) -> None:
        """Wait until some more is acknowledged.

        Raises:
            TimeoutError: nothing is, for a long time.
        """
        enough = len(self.acknowledged) + BETWEEN
        until = time.monotonic() + PATIENCE_SECONDS
        while len(self.acknowledged) < enough:
            if time.monotonic() > until:
                raise TimeoutError(f"nothing is acknowledged any more: {self.failures}")
            time.sleep(0.02)


def connection_to(url: str) -> http.client.HTTPConnection:
    """Return a connection to the proxy of a CareStation that runs."""
    parts = urlsplit(url)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=ANSWER_SECONDS)


def places_of(seed: dict[str, Any]) -> list[Place]:
    """Return where each member of a load test may write, group by group in turn."""
    groups = [
        [
            Place(group_id=group["id"], side=group["side"], token=member["token"])
            for member in group["members"]
        ]
        for group in seed["groups"]
    ]
    return [place for row in zip(*groups, strict=True) for place in row]
