"""People who hand in files, post them and open what others posted, while things break."""

import hashlib
import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from types import MappingProxyType
from typing import Final

from benchmarks.faults.seen import Window
from carestation.kernel.ids import uuid7
from tests.durability.ordeal import KEPT, Acknowledged, Place, connection_to
from tests.timeline.pictures import a_jpeg

AGAIN_SECONDS: Final = 0.2
REST_SECONDS: Final = 0.4
PATIENCE_SECONDS: Final = 60.0
FILES: Final = "/api/v1/files"
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
HEAD: Final = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
FORM: Final = {"Content-Type": "multipart/form-data; boundary=x"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A file that was handed in, posted and opened by somebody else, and when; in seconds."""

    file_id: str
    sha256: str
    began_at: float
    posted_at: float
    opened_at: float


@dataclass(frozen=True, kw_only=True)
class FilesSeen:
    """What people saw of one fault who had to do with files."""

    fault: str
    files: int
    failures: int
    longest_posting_seconds: float
    longest_opening_seconds: float
    whole_after_seconds: float
    is_whole_in_time: bool

    def row(self) -> str:
        """Return it as a row."""
        waits = (
            self.longest_posting_seconds,
            self.longest_opening_seconds,
            self.whole_after_seconds,
        )
        words = " | ".join(f"{seconds:.1f}" for seconds in waits)
        return f"| {self.fault} | {self.files} | {self.failures} | {words} |"


class Files:
    """Some who hand in and post, each with somebody of the same group who opens it at once."""

    def __init__(self, urls: list[str], places: list[Place]) -> None:
        self.places = places
        self.handed: list[Handed] = []
        self.posts: list[Acknowledged] = []
        self.failures: Counter[str] = Counter()
        self._urls = urls
        self._picture = a_jpeg((640, 480))
        self._began: dict[str, float] = {}
        self._ending = threading.Event()
        pairs = zip(places[::2], places[1::2], strict=True)
        self._hands = [
            threading.Thread(target=self._hand_in, args=pair, daemon=True) for pair in pairs
        ]
        for hand in self._hands:
            hand.start()

    def await_round(self, after: float) -> None:
        """Wait until everyone who had begun before a moment has come to the end of it.

        Raises:
            TimeoutError: somebody has not.
        """
        until = time.monotonic() + PATIENCE_SECONDS
        while len(self._began) < len(self._hands) or min(self._began.values()) < after:
            if time.monotonic() > until:
                raise TimeoutError(f"a file is not handed in: {self.failures}")
            time.sleep(0.02)

    def end(self) -> int:
        """Let everyone finish; return how many files are not as they were handed in."""
        self._ending.set()
        for hand in self._hands:
            hand.join(PATIENCE_SECONDS)
        reader = self.places[0]
        return sum(
            self._answered("GET", f"{FILES}/{one.file_id}", reader, url, sha256=one.sha256) is None
            for one, url in zip(self.handed, cycle(self._urls), strict=False)
        )

    def seen_in(self, window: Window) -> FilesSeen:
        """Return what was seen of the files on which somebody was at work in a window."""
        within = [one for one in self.handed if window.begin <= one.opened_at <= window.end]
        # What was begun after the mending has its own moments to come.
        late = [one.opened_at - max(window.mended, one.began_at) for one in within]
        posting = max((one.posted_at - one.began_at for one in within), default=0.0)
        opening = max((one.opened_at - one.posted_at for one in within), default=0.0)
        whole_after = max([0.0, *late])
        return FilesSeen(
            fault=window.fault,
            files=len(within),
            failures=window.failures_of_files,
            longest_posting_seconds=posting,
            longest_opening_seconds=opening,
            whole_after_seconds=whole_after,
            is_whole_in_time=whole_after <= window.whole_seconds,
        )

    def _hand_in(self, sender: Place, reader: Place) -> None:
        body = HEAD + self._picture + b"\r\n--x--\r\n"
        ways = cycle(self._urls)
        while not self._ending.is_set():
            began_at = self._began[sender.token] = time.monotonic()
            handing = partial(self._answered, "POST", FILES, sender, body=body, more=FORM)
            taken = json.loads(_until(ways, handing))
            self.posts.append(self._posted(ways, sender, taken["id"]))
            posted_at, sha256 = time.monotonic(), taken["sha256"]
            path = f"{FILES}/{taken['id']}"
            _until(ways, partial(self._answered, "GET", path, reader, sha256=sha256))
            self.handed.append(
                Handed(
                    file_id=taken["id"],
                    sha256=sha256,
                    began_at=began_at,
                    posted_at=posted_at,
                    opened_at=time.monotonic(),
                )
            )
            self._ending.wait(REST_SECONDS)

    def _posted(self, ways: Iterator[str], sender: Place, file_id: str) -> Acknowledged:
        draft_id = uuid7()
        said = {"draft_id": str(draft_id), "body": f"{draft_id}", "attachments": [file_id]}
        body = json.dumps(said).encode()
        posting = partial(self._answered, "POST", sender.path, sender, body=body)
        post = json.loads(_until(ways, posting))
        return Acknowledged(
            group_id=sender.group_id,
            draft_id=draft_id,
            post_id=post["id"],
            number=post["number"],
            told_at=time.monotonic(),
        )

    def _answered(
        self,
        method: str,
        path: str,
        who: Place,
        url: str,
        *,
        body: bytes | None = None,
        more: Mapping[str, str] = NOTHING,
        sha256: str = "",
    ) -> bytes | None:
        connection = connection_to(url)
        try:
            connection.request(method, path, body, {**who.headers, **more})
            answer = connection.getresponse()
            words = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.failures[type(error).__name__] += 1
            return None
        finally:
            connection.close()
        if answer.status not in KEPT:
            self.failures[str(answer.status)] += 1
            return None
        if sha256 and hashlib.sha256(words).hexdigest() != sha256:
            self.failures["other bytes"] += 1
            return None
        return words


def _until(ways: Iterator[str], asked: Callable[[str], bytes | None]) -> bytes:
    while (words := asked(next(ways))) is None:
        time.sleep(AGAIN_SECONDS)
    return words
