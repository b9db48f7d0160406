"""What the proxy lets through, and what it keeps to itself."""

import json
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler
from typing import Final

import pytest

from config.places import Places
from config.ports import take_port
from config.proxy import Site, caddy_command, caddy_surroundings, write_caddy_configuration

LONG: Final = 5_000_000
SLOW: Final = 8
STRANGER_REFUSED: Final = threading.Event()
SIGNED_IN: Final = {"Authorization": "Bearer someone"}
pytestmark = pytest.mark.xdist_group("running")


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
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Behind(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class OneAtATime(socketserver.UnixStreamServer):
    """A web with one thread: whoever holds it keeps it from all others."""


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    places = Places(data=tmp_path_factory.mktemp("proxy"))
    places.make()
    places.static.mkdir()
    (places.static / "plain.css").write_text("a { color: red }" * 100)
    (places.static / "app.0123456789ab.css").write_text("a { color: red }" * 100)
    (places.static / "staticfiles.json").write_text("{}")
    return places


@contextmanager
def serving(
    places: Places,
    tls_names: list[str],
    behind: type[socketserver.UnixStreamServer] = Behind,
) -> Iterator[int]:
    sock = places.run / "web.sock"
    sock.unlink(missing_ok=True)
    port = take_port(0)
    site = Site(
        hosts=["127.0.0.1"], port=port, tls_names=tls_names, web=[sock], live=places.run / "none"
    )
    write_caddy_configuration(places, site)
    with (
        behind(str(sock), Echo) as server,
        subprocess.Popen(  # noqa: S603 - ours
            caddy_command(places), env=caddy_surroundings(places), stderr=subprocess.DEVNULL
        ) as caddy,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        until = time.monotonic() + 10
        while time.monotonic() < until and not _listens(port):
            threading.Event().wait(0.02)
        try:
            yield port
        finally:
            caddy.terminate()
            server.shutdown()


@pytest.fixture(scope="module")
def port(places: Places) -> Iterator[int]:
    with serving(places, []) as port:
        yield port


@pytest.fixture(scope="module")
def slim_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    places = Places(data=tmp_path_factory.mktemp("slim"))
    places.make()
    with serving(places, [], OneAtATime) as port:
        yield port


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


def test_who_asks_is_said_by_the_proxy_alone(port: int) -> None:
    lies = {"X-Forwarded-For": "8.8.8.8", "X-Real-IP": "8.8.8.8", "Forwarded": "for=8.8.8.8"}
    lies |= {"X_Forwarded_For": "8.8.8.8", "X-Forwarded-Proto": "https", "Proxy": "http://8.8.8.8"}

    _, _, body = ask(port, "/", lies)

    reached = {name.lower(): value for name, value in json.loads(body)["headers"]}
    assert reached["x-forwarded-for"] == "127.0.0.1"
    assert reached["x-forwarded-proto"] == "http"
    assert "8.8.8.8" not in body


def test_only_hashed_names_are_kept_for_ever(port: int) -> None:
    _, hashed, _ = ask(port, "/static/app.0123456789ab.css")
    _, plain, _ = ask(port, "/static/plain.css")
    status, missing, _ = ask(port, "/static/none.0123456789ab.css")

    assert hashed["cache-control"] == "public, max-age=31536000, immutable"
    assert plain["cache-control"] == "no-cache"
    assert status == 404
    assert "immutable" not in missing.get("cache-control", "")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/static/plain.css", 200),
        ("/static/app.0123456789ab.css", 200),
        ("/static/none.css", 404),
        ("/live", 503),
    ],
)
def test_what_the_proxy_says_by_itself_is_guarded(port: int, path: str, status: int) -> None:
    said, headers, _ = ask(port, path)

    assert said == status
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "server" not in headers


@pytest.mark.parametrize(
    "path", ["/static/", "/static/staticfiles.json", "/static/..%2fcaddy/caddy.json"]
)
def test_nothing_but_the_static_files_is_served_from_the_disk(port: int, path: str) -> None:
    status, _, body = ask(port, path)

    assert status == 404 or "size_bytes" in body


def test_a_body_over_the_limit_is_refused_before_it_is_read(port: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("POST", "/api/v1/files")
    connection.putheader("Content-Length", "60000001")
    connection.endheaders()

    answer = connection.getresponse()

    assert answer.status == 413
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_file_of_fifty_megabytes_passes(port: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/api/v1/files", body=b"x" * 52_000_000, headers=SIGNED_IN)

    assert json.loads(connection.getresponse().read())["size_bytes"] == 52_000_000


@pytest.mark.parametrize("path", ["/sign-in/", "/api/v1/files", "/groups/1/patient/publish/"])
def test_who_sends_a_byte_a_second_keeps_nobody_waiting(slim_port: int, path: str) -> None:
    slow = [begun(slim_port, path, SIGNED_IN) for _ in range(SLOW)]

    answers = [ask(slim_port, "/")[0] for _ in range(SLOW)]

    assert answers == [200] * SLOW
    for connection in slow:
        connection.send(b"x" * 999)
        assert json.loads(connection.getresponse().read())["size_bytes"] == 1_000


def test_who_reads_a_byte_a_second_keeps_nobody_waiting(slim_port: int) -> None:
    slow = [HTTPConnection("127.0.0.1", slim_port, timeout=10) for _ in range(SLOW)]
    for connection in slow:
        connection.request("GET", "/long")

    answers = [ask(slim_port, "/")[0] for _ in range(SLOW)]

    assert answers == [200] * SLOW
    assert [len(one.getresponse().read()) for one in slow] == [LONG] * SLOW


def test_a_strangers_file_is_refused_before_it_is_there(port: int) -> None:
    begun(port, "/api/v1/files", {}, size_bytes=50_000_000)

    assert STRANGER_REFUSED.wait(10)


def test_a_form_is_no_file(port: int) -> None:
    connection = begun(port, "/sign-in/", {}, size_bytes=8_000_000)

    assert connection.getresponse().status == 413


def test_while_a_piece_is_away_people_are_asked_to_wait(port: int) -> None:
    status, headers, body = ask(port, "/live")

    assert status == 503
    assert "準備中" in body
    assert headers["retry-after"] == "5"


def test_the_access_log_knows_no_question_and_no_token(port: int, places: Places) -> None:
    token = "t" * 43
    ask(port, f"/reset/{token}?q=kanarienvogel", {"Cookie": "session=kanarienvogel"})
    log = places.logs / "access.log"
    until = time.monotonic() + 5
    while "/reset/" not in log.read_text() and time.monotonic() < until:
        threading.Event().wait(0.02)

    assert "/reset/" in log.read_text()
    assert "kanarienvogel" not in log.read_text()
    assert token not in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_tls_comes_from_an_authority_of_our_own(places: Places, port: int) -> None:
    with serving(places, ["localhost", "127.0.0.1"]) as tls_port:
        authority = places.caddy / "pki/authorities/local/root.crt"
        until = time.monotonic() + 10
        while not authority.exists() and time.monotonic() < until:
            threading.Event().wait(0.05)
        context = ssl.create_default_context(cafile=str(authority))
        connection = HTTPSConnection("localhost", tls_port, timeout=10, context=context)
        while not _shakes_hands(connection) and time.monotonic() < until:
            threading.Event().wait(0.05)
        connection.request("GET", "/")

        reached = dict(json.loads(connection.getresponse().read())["headers"])

        assert reached["X-Forwarded-Proto"] == "https"


def _shakes_hands(connection: HTTPSConnection) -> bool:
    try:
        connection.connect()
    except ssl.SSLError:
        return False
    return True


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
