"""A person with an open page: listens, and asks for what was missed, as the page's script does."""

import http.client
import json
import socket
import threading
import time
from itertools import cycle
from typing import Any, Final

from tests.durability.ordeal import Place, connection_to
from tests.live.scene import events_of

AGAIN_SECONDS: Final = 1.0
# A stream that says nothing for so long is dead: a comment comes every twenty seconds.
SILENCE_SECONDS: Final = 25.0


class Watcher:
    """Follows one side of a group through the front, whatever dies behind it."""

    def __init__(self, url: str, place: Place, *others: str) -> None:
        self.place = place
        self.seq = 0
        # When each post came into sight.
        self.seen: dict[str, float] = {}
        self.ends: list[str] = []
        # Whose stream ends opens the next, at another proxy where there is one.
        self._ways = cycle([url, *others])
        self._url = url
        self._news = threading.Condition()
        self._ending = threading.Event()
        self._stream: http.client.HTTPConnection | None = None
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def sees(self, posts: set[str], seconds: float) -> bool:
        """Wait until all of these posts are on the page; False if they are not in time."""
        with self._news:
            return self._news.wait_for(lambda: posts <= self.seen.keys(), seconds)

    def hears_the_end(self, reason: str, seconds: float) -> bool:
        """Wait until it is told that something of its own is over."""
        with self._news:
            return self._news.wait_for(lambda: reason in self.ends, seconds)

    def end(self) -> None:
        self._ending.set()
        if self._stream is not None and self._stream.sock is not None:
            # Who waits for a line is woken.
            self._stream.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(SILENCE_SECONDS + 5)

    def _watch(self) -> None:
        while not self._ending.is_set():
            try:
                self._follow()
            except (OSError, http.client.HTTPException, ValueError):
                self._ending.wait(AGAIN_SECONDS)

    def _follow(self) -> None:
        self._url = next(self._ways)
        stream = self._stream = connection_to(self._url)
        stream.timeout = SILENCE_SECONDS
        stream.request("GET", "/live?form=json", headers=self.place.headers)
        answer = stream.getresponse()
        if answer.status != http.client.OK:
            stream.close()
            raise ConnectionError(answer.status)
        block = b""
        while not self._ending.is_set() and (line := answer.readline()):
            block += line
            if line == b"\n":
                for event in events_of(block.decode()):
                    self._take(event.kind, event.data)
                block = b""
        stream.close()
        self._ending.wait(AGAIN_SECONDS)

    def _take(self, kind: str, data: dict[str, Any]) -> None:
        if kind == "end":
            self._note_end(str(data["reason"]))
        elif kind == "membership" and "ended" in data:
            self._note_end(kind)
        elif kind == "catchup":
            self._catch_up()
        elif data.get("group") == self.place.group_id and "seq" in data:
            if "post" in data and data["seq"] == self.seq + 1:
                self._add([data["post"]])
            elif data["seq"] > self.seq:
                self._catch_up()

    def _catch_up(self) -> None:
        has_more = True
        while has_more and not self._ending.is_set():
            asking = connection_to(self._url)
            path = f"{self.place.path}?after={self.seq}&limit=100"
            asking.request("GET", path, headers=self.place.headers)
            answer = asking.getresponse()
            words = answer.read()
            asking.close()
            if answer.status != http.client.OK:
                raise ConnectionError(answer.status)
            page = json.loads(words)
            self._add(page["posts"])
            has_more = page["more"]

    def _add(self, posts: list[dict[str, Any]]) -> None:
        with self._news:
            for post in posts:
                self.seen.setdefault(post["id"], time.monotonic())
            self.seq = max([self.seq, *(post["seq"] for post in posts)])
            self._news.notify_all()

    def _note_end(self, what: str) -> None:
        with self._news:
            self.ends.append(what)
            self._news.notify_all()


def until_whole(watchers: list[Watcher], posts: dict[str, set[str]], seconds: float) -> float:
    """Return after how many seconds every watcher sees all posts of its group.

    Raises:
        TimeoutError: one of them does not.
    """
    began = time.monotonic()
    for one in watchers:
        left = began + seconds - time.monotonic()
        if not one.sees(posts.get(one.place.group_id, set()), left):
            missing = len(posts[one.place.group_id] - one.seen.keys())
            raise TimeoutError(f"a page lacks {missing} posts after {seconds} seconds")
    return time.monotonic() - began
