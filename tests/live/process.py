"""The real process over HTTP: started on a free port, listened to line by line."""

import codecs
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import quote, urlsplit

from django.db import connection

from carestation.kernel.after_commit import tell_live
from carestation.kernel.pushes import Push
from carestation.vault.scopes import bus_key
from carestation.vault.sealing import seal_push
from tests.live.scene import Event, events_of
from tests.ports import free_port

PATIENCE_SECONDS: Final = 10.0
HOST: Final = "127.0.0.1"
Headers = dict[str, str]


def bearer(token: str) -> Headers:
    return {"Authorization": f"Bearer {token}"}


def cookie(token: str, **more: str) -> Headers:
    return {"Cookie": f"csrf=1; session={token}", **more}


def tell(push: Push) -> None:
    """Send what web sends."""
    tell_live(seal_push(push, bus_key()))


class Ear:
    """An open stream, read by a thread of its own."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.text = ""
        self.is_over = False
        self._response = response
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._news = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def events(self) -> list[Event]:
        return events_of(self.text[: self.text.rfind("\n\n") + 2])

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]

    def posts(self) -> list[object]:
        return [event.seq for event in self.events if event.kind == "post"]

    def hears(self, what: Callable[["Ear"], bool]) -> bool:
        """Wait until it is so; False if it never is."""
        with self._news:
            return self._news.wait_for(lambda: what(self), PATIENCE_SECONDS)

    def hears_post(self, seq: int) -> bool:
        return self.hears(lambda ear: seq in ear.posts())

    def is_told_of(self, post: Callable[[], int]) -> bool:
        """Whether what is posted now is heard, or a call to ask for it."""
        calls = self.kinds().count("catchup")
        seq = post()
        return self.hears(lambda ear: seq in ear.posts() or ear.kinds().count("catchup") > calls)

    def hears_kinds(self, *kinds: str) -> bool:
        return self.hears(lambda ear: ear.kinds() == list(kinds))

    def hears_the_end(self) -> bool:
        return self.hears(lambda ear: ear.is_over)

    def _listen(self) -> None:
        while True:
            try:
                data = self._response.read1(65536)
            except (OSError, http.client.HTTPException, AttributeError, ValueError):
                data = b""
            with self._news:
                self.text += self._decoder.decode(data)
                self.is_over = not data
                self._news.notify_all()
            if not data:
                return


class LiveProcess:
    """`uvicorn config.live:application`, as it is started, with times of the test's own."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process = process
        self.port = port
        self._connections: list[http.client.HTTPConnection] = []

    def ask(
        self, path: str, headers: Headers | None = None, method: str = "GET"
    ) -> http.client.HTTPResponse:
        peer = http.client.HTTPConnection(HOST, self.port, timeout=60)
        self._connections.append(peer)
        peer.request(method, path, headers=headers or {})
        return peer.getresponse()

    def opens(self, headers: Headers, query: str = "") -> Ear:
        """Open a stream that has begun."""
        ear = Ear(self.ask(f"/live{query}", headers))
        assert ear.status == http.HTTPStatus.OK
        assert ear.hears(lambda one: one.kinds()[:1] == ["catchup"])
        return ear

    def refuses(self, headers: Headers) -> tuple[int, dict[str, object]]:
        response = self.ask("/live", headers)
        assert response.headers["Content-Type"] == "application/problem+json"
        return response.status, json.loads(response.read())

    def hang_up(self) -> None:
        for peer in self._connections:
            if peer.sock is not None:
                peer.sock.close()
        self._connections.clear()


@contextmanager
def live_process(database_url: str = "", **timing: float) -> Iterator[LiveProcess]:
    """Start it, and end it again."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", f"--port={port}", "--no-access-log"]
    command += [
        "--timeout-graceful-shutdown=2",
        "--log-level=warning",
        "tests.live.quick:application",
    ]
    surroundings = os.environ | {
        "DATABASE_URL": database_url or test_database_url(),
        "LIVE_TIMING": json.dumps(timing),
        "SITE_URL": f"http://{HOST}:{port}",
    }
    with subprocess.Popen(command, env=surroundings) as process:  # noqa: S603 - ours
        live = LiveProcess(process, port)
        try:
            _await(live)
            yield live
        finally:
            process.send_signal(signal.SIGTERM)
            live.hang_up()


def test_database_url() -> str:
    """Return the tests' database as live sees it: through the application's role."""
    known = connection.settings_dict
    url = os.environ.get("DATABASE_APP_URL", os.environ["DATABASE_URL"])
    parts = urlsplit(url)
    return parts._replace(path="/" + quote(known["NAME"])).geturl()


def _await(live: LiveProcess) -> None:
    until = time.monotonic() + PATIENCE_SECONDS * 2
    while time.monotonic() < until and live.process.poll() is None:
        try:
            if live.ask("/health").status == http.HTTPStatus.OK:
                return
        except OSError:
            threading.Event().wait(0.05)
    raise AssertionError("live does not start")
