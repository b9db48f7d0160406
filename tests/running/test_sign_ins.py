"""Who signs in waits for a turn in the proxy: ours and the other that is described."""

import re
import select
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

import psutil
import pytest

from config.places import Places
from config.ports import take_port
from config.proxy import SIGNS_IN
from tests.running.behind import Counts, Streams, Waits, ask, begun
from tests.running.nginx import SHIPPED, needs_nginx, nginx_command, without_tls
from tests.running.test_proxy import caddy, serving

PAGES: Final = 10
pytestmark = pytest.mark.xdist_group("running")


@pytest.mark.control("8.14")
def test_who_signs_in_waits_in_the_proxy_and_leaves_room_for_who_is_in(tmp_path: Path) -> None:
    places, port = Places(data=tmp_path / "data"), take_port(0)
    places.make()
    with serving(places, caddy(places, port, []), port, handler=Waits):
        coming = [begun(port, "/sign-in/", {}, size_bytes=1) for _ in range(6)]
        are_two = [Waits.at_once.acquire(timeout=20) for _ in range(2)]
        # Those who wait ask for their turn ten times a second.
        is_third = Waits.at_once.acquire(timeout=0.5)
        page = ask(port, "/page")[0]
        coming.append(begun(port, "/sign-out/", {}, size_bytes=1))
        is_no_sign_in = Waits.at_once.acquire(timeout=20)
        Waits.ended.set()
        answers = [one.getresponse().status for one in coming]

    assert are_two == [True, True]
    assert not is_third
    assert page == 200
    assert is_no_sign_in
    assert answers == [200] * 7


# Each says that it comes from elsewhere.
CLAIMS: Final = [{"X-Forwarded-For": f"203.0.113.{number}"} for number in range(21)]


def signs_in_at_nginx(places: Places, port: int, **instead: str) -> list[str]:
    """Return what starts nginx with the shipped limit, or another in its place."""
    text = without_tls(port, places.run / "web.sock", places.run / "none")
    for said, other in (
        ("rate=40r/s;", instead.get("rate")),
        ("burst=2400;", instead.get("burst")),
    ):
        assert text.count(said) == 1
        text = text.replace(said, other or said)
    return nginx_command(places.data, text)


@needs_nginx
@pytest.mark.control("8.14")
def test_at_nginx_forty_sign_in_a_second_wherever_they_say_they_are(tmp_path: Path) -> None:
    places, port = Places(data=tmp_path / "data"), take_port(0)
    places.make()
    with serving(places, signs_in_at_nginx(places, port), port):
        began = time.monotonic()
        coming = [
            begun(port, SIGNS_IN[number % len(SIGNS_IN)], claim, size_bytes=1)
            for number, claim in enumerate(CLAIMS)
        ]
        answers = [one.getresponse().status for one in coming]
        took = time.monotonic() - began

    assert answers == [200] * len(CLAIMS)
    # The first passes at once; nginx counts in milliseconds.
    assert took >= (len(CLAIMS) - 1) / 40 - 0.05


@needs_nginx
@pytest.mark.control("8.14")
def test_at_nginx_who_finds_no_place_to_wait_is_told_and_nobody_else_is(tmp_path: Path) -> None:
    places, port = Places(data=tmp_path / "data"), take_port(0)
    places.make()
    limited = signs_in_at_nginx(places, port, rate="rate=1r/m;", burst="burst=2;")
    with serving(places, limited, port, handler=Counts):
        first, *coming = [begun(port, "/sign-in/", claim, size_bytes=1) for claim in CLAIMS]
        answers = [first.getresponse(), *(one.getresponse() for one in coming[2:])]
        told = answers[-1].read().decode()
        others = [ask(port, path)[0] for path in ("/page", "/sign-in/", "/static/none.css")]
        others.append(begun(port, "/sign-out/", {}, size_bytes=1).getresponse().status)

    assert [answer.status for answer in answers] == [200] + [503] * 18
    assert answers[-1].headers["Retry-After"] == "5"
    assert "準備中" in told
    assert others == [200, 200, 404, 200]
    # Two still wait for their turn.
    assert Counts.heard == ["/sign-in/", "/sign-out/"]


@needs_nginx
def test_at_nginx_a_page_takes_two_connections_and_who_waits_to_sign_in_one(
    tmp_path: Path,
) -> None:
    places, port = Places(data=tmp_path / "data"), take_port(0)
    places.make()
    text = without_tls(port, places.run / "web.sock", places.run / "web.sock")
    limited = nginx_command(places.data, text.replace("rate=40r/s;", "rate=1r/m;"))
    with serving(places, limited, port, handler=Streams):
        (nginx,) = (one for one in psutil.Process().children() if "nginx" in one.name())
        (worker,) = nginx.children()
        before = len(worker.net_connections("all"))
        pages = [stream(port) for _ in range(PAGES)]
        of_pages = len(worker.net_connections("all")) - before
        first, *waiting = [begun(port, "/sign-in/", {}, size_bytes=1) for _ in range(PAGES + 1)]
        first.getresponse()
        first.close()
        answered, _, _ = select.select([one.sock for one in waiting], [], [], 0.5)
        of_waiting = len(worker.net_connections("all")) - before - of_pages
        Streams.ended.set()
        for one in (*pages, *waiting):
            one.close()

    # Those of a hospital at the start of a shift, and all who may wait.
    (taken,) = re.findall(r"worker_connections (\d+);", SHIPPED)
    assert of_pages == 2 * PAGES
    assert (answered, of_waiting) == ([], PAGES)
    assert int(taken) >= 2 * 2_000 + 2_400


def stream(port: int) -> HTTPConnection:
    """Open a stream, of which the first line has come."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/live")
    assert connection.getresponse().readline() == b": here\n"
    return connection
