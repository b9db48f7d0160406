"""What the proxy lets through, and what it keeps to itself."""

import json
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPSConnection, IncompleteRead
from pathlib import Path
from typing import Final

import pytest

from config.places import Places
from config.ports import take_port
from config.proxy import (
    Site,
    caddy_surroundings,
    proxy_command,
    write_caddy_configuration,
)
from config.serving import ASKED
from tests.live.nats_server import make_certificate
from tests.running.behind import (
    LONG,
    NUMBER,
    SIGNED_IN,
    SLOW,
    STRANGER_REFUSED,
    Behind,
    Dies,
    Echo,
    OneAtATime,
    ask,
    begun,
)
from tests.running.nginx import needs_nginx, nginx_command, without_tls

pytestmark = pytest.mark.xdist_group("running")
MUTE: Final = 5
HEARD: Final[list[bytes]] = []


@contextmanager
def serving(
    places: Places,
    command: list[str],
    port: int,
    behind: type[socketserver.UnixStreamServer] = Behind,
    handler: type[socketserver.BaseRequestHandler] = Echo,
) -> Iterator[int]:
    said = places.logs / "said.log"
    with (
        said.open("wb") as errors,
        behind(str(places.run / "web.sock"), handler) as server,
        subprocess.Popen(  # noqa: S603 - ours
            command, env=caddy_surroundings(places), stderr=errors
        ) as proxy,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        until = time.monotonic() + 10
        while time.monotonic() < until and not _listens(port):
            threading.Event().wait(0.02)
        try:
            yield port
        finally:
            proxy.terminate()
            server.shutdown()


def caddy(places: Places, port: int, tls_names: list[str], downloads: str = "none") -> list[str]:
    site = Site(
        hosts=["127.0.0.1"],
        port=port,
        tls_names=tls_names,
        web=[f"unix/{places.run}/web.sock"],
        live=[f"unix/{places.run}/none"],
        downloads=[f"unix/{places.run}/{downloads}"],
    )
    write_caddy_configuration(places, site)
    return proxy_command(places, site)


def proxy(kind: str, places: Places, port: int) -> list[str]:
    if kind == "caddy":
        return caddy(places, port, [])
    return nginx_command(
        places.data, without_tls(port, places.run / "web.sock", places.run / "none")
    )


def in_a_hurry(kind: str, places: Places) -> None:
    """Let the proxy wait half a second: for headers, instead of ten; for a body, of a minute."""
    file, *terms = {
        "caddy": (
            places.caddy / "caddy.json",
            ('"read_header_timeout": "10s"', "10s"),
            ('"read_idle_timeout": "1m"', "1m"),
        ),
        "nginx": (
            places.data / "nginx/carestation.conf",
            ("client_header_timeout 10s", "10s"),
            ("client_body_timeout 60s", "60s"),
        ),
    }[kind]
    shorten(file, *terms)


def shorten(file: Path, *terms: tuple[str, str]) -> None:
    """Write half a second into a proxy's configuration, for each longer term that stands there."""
    said = file.read_text()
    for term, long in terms:
        assert term in said
        said = said.replace(term, term.replace(long, "500ms"))
    file.write_text(said)


# What is promised of our own proxy holds for the other that is described (deploy/nginx).
BOTH: Final = ("caddy", pytest.param("nginx", marks=needs_nginx))


@pytest.fixture(scope="module", params=BOTH)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def places(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Places:
    places = Places(data=tmp_path_factory.mktemp(kind))
    places.make()
    places.static.mkdir()
    (places.static / "plain.css").write_text("a { color: red }" * 100)
    (places.static / "app.0123456789ab.css").write_text("a { color: red }" * 100)
    (places.static / "staticfiles.json").write_text("{}")
    return places


@pytest.fixture(scope="module")
def port(kind: str, places: Places) -> Iterator[int]:
    port = take_port(0)
    STRANGER_REFUSED.clear()
    command = proxy(kind, places, port)
    if kind == "caddy":
        # So long it looks for a piece that is not there.
        shorten(places.caddy / "caddy.json", ('"try_duration": "5s"', "5s"))
    with serving(places, command, port):
        yield port


@pytest.fixture(scope="module")
def slim_port(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    places = Places(data=tmp_path_factory.mktemp("slim"))
    places.make()
    port = take_port(0)
    with serving(places, proxy(kind, places, port), port, OneAtATime):
        yield port


@pytest.mark.parametrize(
    ("path", "is_long"),
    [
        ("/files/1/", True),
        ("/files/1/?a=b", True),
        ("/api/v1/files/1", True),
        ("/desk/1/exports/2/archive/", True),
        ("/files/1/thumbnail/", False),
        ("/desk/1/exports/", False),
        ("/desk/1/exports/2/remove/", False),
    ],
)
def test_what_is_long_goes_out_by_downloads(port: int, path: str, *, is_long: bool) -> None:
    status, _, _ = ask(port, path)

    # Here web alone is there.
    assert status == (503 if is_long else 200)


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
        (ASKED, 404),
        ("/serving", 404),
    ],
)
def test_what_the_proxy_says_by_itself_is_guarded(port: int, path: str, status: int) -> None:
    said, headers, _ = ask(port, path)

    assert said == status
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers.get("server", "nginx") == "nginx"


@pytest.mark.parametrize(
    "path", ["/static/", "/static/staticfiles.json", "/static/..%2fcaddy/caddy.json"]
)
def test_nothing_but_the_static_files_is_served_from_the_disk(port: int, path: str) -> None:
    status, _, body = ask(port, path)

    assert status in {403, 404} or "size_bytes" in body


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


def test_who_does_not_come_to_the_end_of_the_headers_is_sent_away(
    kind: str, tmp_path: Path
) -> None:
    places, port = Places(data=tmp_path / "data"), take_port(0)
    places.make()
    command = proxy(kind, places, port)
    in_a_hurry(kind, places)
    with serving(places, command, port), socket.create_connection(("127.0.0.1", port)) as slow:
        slow.settimeout(0.05)
        slow.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")

        heard = heard_while_sending(slow, b"X-Slow: 1\r\n", seconds=10)

        assert heard is not None
        assert b"200" not in heard
        assert ask(port, "/")[0] == 200


def test_a_body_that_comes_too_slowly_is_not_waited_for(kind: str, tmp_path: Path) -> None:
    places, port = Places(data=tmp_path / "data"), take_port(0)
    places.make()
    command = proxy(kind, places, port)
    in_a_hurry(kind, places)
    with serving(places, command, port):
        # nginx measures the pause alone, not how much comes.
        for pause_seconds in {"caddy": (0.05, 2.0), "nginx": (2.0,)}[kind]:
            slow = begun(port, "/sign-in/", {"Connection": "close"})
            assert slow.sock is not None
            slow.sock.settimeout(pause_seconds)

            heard = heard_while_sending(slow.sock, b"x", seconds=4)

            assert heard is not None, pause_seconds
            assert b" 200 " not in heard
        assert ask(port, "/")[0] == 200


def test_who_sends_a_long_body_too_slowly_loses_the_line(tmp_path: Path) -> None:
    places, port = Places(data=tmp_path / "data"), take_port(0)
    places.make()
    command = caddy(places, port, [])
    in_a_hurry("caddy", places)
    with serving(places, command, port):
        slow = begun(port, "/sign-in/", {}, size_bytes=5_000_000)
        assert slow.sock is not None
        slow.sock.settimeout(0.05)
        heard = b""
        while (more := heard_while_sending(slow.sock, b"x", seconds=5)) and len(heard) < 1_000:
            heard += more

        assert heard.startswith(b"HTTP/1.1 499")
        assert b"Server" not in heard
        assert more == b""
        assert ask(port, "/")[0] == 200


def heard_while_sending(slow: socket.socket, more: bytes, *, seconds: float) -> bytes | None:
    """Send a little again and again; return what is answered, nothing where the line ends."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            slow.sendall(more)
            return slow.recv(100)
        except TimeoutError:
            continue
        except ConnectionError:
            return b""
    return None


@pytest.mark.parametrize("body", [b"ZZZ\r\nabc\r\n", b"3\r\nabc\r\n0\r\n\r\n"])
def test_a_body_in_chunks_is_no_trouble_of_ours(port: int, kind: str, body: bytes) -> None:
    is_whole = body.startswith(b"3")
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(
            b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            + body
        )
        status = int(client.recv(1_000).split(b" ")[1])

    # nginx takes it in whole and says how long it is.
    assert status == {"caddy": 411, "nginx": 200 if is_whole else 400}[kind]


def test_a_strangers_file_is_refused_before_it_is_there(port: int) -> None:
    stranger = begun(port, "/api/v1/files", {}, size_bytes=50_000_000)

    assert STRANGER_REFUSED.wait(10)
    stranger.close()


def test_a_form_is_no_file(port: int) -> None:
    connection = begun(port, "/sign-in/", {}, size_bytes=8_000_000)

    assert connection.getresponse().status == 413


def test_while_a_piece_is_away_people_are_asked_to_wait(port: int) -> None:
    status, headers, body = ask(port, "/live")

    assert status == 503
    assert "準備中" in body
    assert headers["retry-after"] == "5"


def test_the_access_log_knows_a_request_by_its_number_and_nothing_that_was_typed(
    port: int, places: Places, kind: str
) -> None:
    token = "t" * 43
    asked = ("/kanarienvogel", "/live/kanarienvogel", f"/password/new/{token}?q=kanarienvogel")
    for path in (*asked, "/static/kanarienvogel.css", "/static/plain.css?kanarienvogel"):
        ask(port, path, {"Cookie": "session=kanarienvogel", "Host": "kanarienvogel.example"})
    odd = HTTPConnection("127.0.0.1", port, timeout=10)
    odd.request("KANARIENVOGEL", "/static/plain.css")
    odd.getresponse().read()
    log = places.logs / "access.log"
    until = time.monotonic() + 20
    while log.read_text().count("/static/") < 3 and time.monotonic() < until:
        threading.Event().wait(0.02)
    said = log.read_text()

    assert said.count(NUMBER) >= len(asked)
    assert said.count("/static/") >= 3
    assert "GET" in said
    assert "kanarienvogel" not in said.lower()
    assert token not in said
    assert "/password" not in said
    # nginx makes its log readable; Debian rotates it into one that is not.
    assert kind == "nginx" or log.stat().st_mode & 0o077 == 0


def test_a_piece_that_dies_leaves_no_address_in_any_log(kind: str, tmp_path: Path) -> None:
    places, port, token = Places(data=tmp_path / "data"), take_port(0), "t" * 43
    places.make()
    with (
        serving(places, proxy(kind, places, port), port, handler=Dies),
        pytest.raises(IncompleteRead),
    ):
        ask(port, f"/password/new/{token}?q=kanarienvogel", {"Referer": "/kanarienvogel"})

    logs = [*places.logs.iterdir(), *places.data.glob("nginx/*.log")]
    said = "".join(path.read_text() for path in logs)
    assert kind == "nginx" or "aborting with incomplete response" in said
    assert token not in said
    assert "kanarienvogel" not in said


def test_a_name_that_was_typed_into_tls_stands_in_no_log(tmp_path: Path) -> None:
    places, port = Places(data=tmp_path), take_port(0)
    places.make()
    make_certificate(tmp_path)
    command = caddy(places, port, ["localhost"])
    site = Site(
        hosts=["127.0.0.1"],
        port=port,
        tls_names=["localhost"],
        web=[f"unix/{places.run}/web.sock"],
        live=[f"unix/{places.run}/none"],
        downloads=[f"unix/{places.run}/none"],
        certificate=str(tmp_path / "own.pem"),
        key=str(tmp_path / "own.key"),
    )
    write_caddy_configuration(places, site)
    with (
        serving(places, command, port),
        socket.create_connection(("127.0.0.1", port)) as plain,
        ssl._create_unverified_context().wrap_socket(  # noqa: S323 - it is the name that matters
            plain, server_hostname="kanarienvogel.care.example"
        ) as client,
    ):
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        while client.recv(1000):
            pass
    said = (places.logs / "access.log").read_text()

    assert "handled request" in said
    assert "kanarienvogel" not in said


def test_tls_comes_from_an_authority_of_our_own(tmp_path: Path) -> None:
    places = Places(data=tmp_path)
    places.make()
    tls_port = take_port(0)
    with serving(places, caddy(places, tls_port, ["localhost", "127.0.0.1"]), tls_port):
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


class Kept(Echo):
    """Keeps its connections, as web does."""

    protocol_version = "HTTP/1.1"


class Mute(socketserver.BaseRequestHandler):
    """Hears what is asked and says nothing."""

    def handle(self) -> None:
        HEARD.append(self.request.recv(200).split(b" ")[1])


def test_who_was_asked_and_stands_still_holds_nobody(tmp_path: Path) -> None:
    places, port = Places(data=tmp_path / "data"), take_port(0)
    places.make()
    site = Site(
        hosts=["127.0.0.1"],
        port=port,
        tls_names=[],
        web=[f"unix/{places.run}/web.sock"],
        live=[f"unix/{places.run}/none"],
        downloads=[f"unix/{places.run}/none"],
        answer_seconds=1,
    )
    write_caddy_configuration(places, site)
    ending = threading.Event()

    class Still(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            ending.wait(30)

    with serving(places, proxy_command(places, site), port, handler=Still):
        began = time.monotonic()
        connection = begun(port, "/sign-in/", SIGNED_IN, size_bytes=1)
        status = connection.getresponse().status
        took = time.monotonic() - began
        ending.set()

    assert status == 503
    assert took < 4


def test_who_says_nothing_is_not_chosen_however_often_others_say_yes(
    tmp_path: Path,
) -> None:
    HEARD.clear()
    places, port = Places(data=tmp_path / "data"), take_port(0)
    places.make()
    mute = [places.run / f"mute-{number}.sock" for number in range(MUTE)]
    site = Site(
        hosts=["127.0.0.1"],
        port=port,
        tls_names=[],
        web=[f"unix/{path}" for path in (*mute, places.run / "web.sock")],
        live=[f"unix/{places.run}/none"],
        downloads=[f"unix/{places.run}/none"],
        is_watched=True,
    )
    write_caddy_configuration(places, site)
    with ExitStack() as open_ones:
        for path in mute:
            server = open_ones.enter_context(Behind(str(path), Mute))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            open_ones.callback(server.shutdown)
        open_ones.enter_context(serving(places, proxy_command(places, site), port, handler=Kept))
        for rounds in range(2, 7):
            until = time.monotonic() + 10
            while len(HEARD) < rounds * 4 * MUTE and time.monotonic() < until:
                threading.Event().wait(0.02)
            assert {ask(port, "/page")[0] for _ in range(40)} == {200}

    assert set(HEARD) == {ASKED.encode()}


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
