"""What stands behind a proxy in its tests, and who asks before it."""

import json
import socketserver
import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from typing import Final

LONG: Final = 5_000_000
SLOW: Final = 8
PART_BYTES: Final = 65_536
PARTS: Final = 400
NUMBER: Final = "0192f1c0-0000-7000-8000-000000000001"
STRANGER_REFUSED: Final = threading.Event()
SIGNED_IN: Final = {"Authorization": "Bearer someone"}


class Echo(BaseHTTPRequestHandler):
    """Answers with what reached it."""

    def do_GET(self) -> None:
        if self.path == "/api/v1/me" and "Authorization" not in self.headers:
            self._answer(0, 401)
        elif self.path == "/long":
            self._send(b"x" * LONG)
        else:
            self._answer(0)

    def do_POST(self) -> None:
        if self.path == "/api/v1/files" and "Authorization" not in self.headers:
            STRANGER_REFUSED.set()
            self._answer(0, 401)
        else:
            self._answer(len(self.rfile.read(int(self.headers.get("Content-Length", 0)))))

    def address_string(self) -> str:
        return "socket"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, size_bytes: int, status: int = 200) -> None:
        said = {"headers": self.headers.items(), "size_bytes": size_bytes}
        self._send(json.dumps(said).encode(), status)

    def _send(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("X-Request-Id", NUMBER)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Waits(Echo):
    """Looks at a password until the test lets it; all else at once."""

    at_once = threading.Semaphore(0)
    ended = threading.Event()

    def do_POST(self) -> None:
        self.at_once.release()
        self.ended.wait(30)
        super().do_POST()


class Streams(Echo):
    """Has begun to answer, and goes on until the test ends it; of who signs in, nobody comes."""

    ended = threading.Event()

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b": here\n\n")
        self.ended.wait(30)


class Counts(Echo):
    """Knows what was sent to it."""

    heard: Final[list[str]] = []

    def do_POST(self) -> None:
        self.heard.append(self.path)
        super().do_POST()


class Dies(Echo):
    """Ends in the middle of an answer that is longer than what a proxy takes off its hands."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "20000000")
        self.end_headers()
        self.wfile.write(b"x" * 9_000_000)


class Counted(Echo):
    """Sends for as long as somebody takes, and knows how much that was."""

    sent_bytes = 0

    def do_GET(self) -> None:
        Counted.sent_bytes = 0
        self.send_response(200)
        self.send_header("Content-Length", str(PARTS * PART_BYTES))
        self.end_headers()
        for _ in range(PARTS):
            self.wfile.write(b"x" * PART_BYTES)
            Counted.sent_bytes += PART_BYTES


class Behind(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 64


class OneAtATime(socketserver.UnixStreamServer):
    """A web with one thread: whoever holds it keeps it from all others."""

    request_queue_size = 64


def begun(port: int, path: str, headers: dict[str, str], size_bytes: int = 1_000) -> HTTPConnection:
    """Send the first of a thousand bytes, or of so many."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("POST", path)
    for name, value in (headers | {"Content-Length": str(size_bytes)}).items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(b"x")
    return connection


def ask(
    port: int, path: str, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers=headers or {})
    answer = connection.getresponse()
    found = {name.lower(): value for name, value in answer.getheaders()}
    return answer.status, found, answer.read().decode()
