"""The bus between nodes: a real nats-server with TLS and users, several live processes on it."""

import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from carestation.accounts.choices import Proof
from carestation.accounts.commands.devices import cut_off_session
from carestation.accounts.commands.sessions import open_session
from carestation.kernel import after_commit
from carestation.kernel.ids import uuid7
from carestation.kernel.nats_telling import MOST_WAITING, NatsTeller
from carestation.kernel.nats_url import read_url
from carestation.live.nats_bus import MOST_WAITING as MOST_HEARD
from carestation.live.nats_bus import Heard
from config.buses import check_bus
from config.environment import read_environment
from tests.accounts.signing_in import BROWSER, a_token
from tests.live.nats_server import HOST, NatsServer, nats_cluster, nats_server
from tests.live.process import LiveProcess, bearer, cookie, live_process
from tests.live.test_process import ended, posted
from tests.ports import free_port
from tests.world import World

pytestmark = pytest.mark.xdist_group("live")
Three = list[NatsServer]


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    with nats_server(tmp_path_factory.mktemp("bus")) as server:
        yield server


@pytest.fixture
def trusted(bus: NatsServer, monkeypatch: pytest.MonkeyPatch) -> NatsServer:
    monkeypatch.setenv("SSL_CERT_FILE", str(bus.authority))
    return bus


@pytest.fixture
def told_over(
    trusted: NatsServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[NatsServer]:
    """Tell over the bus, and let live processes that are started hear it."""
    settings.BUS_URL = trusted.url
    monkeypatch.setenv("BUS_URL", trusted.url)
    yield trusted
    after_commit.part()
    after_commit._teller_at.cache_clear()


@pytest.fixture
def nodes(told_over: NatsServer, fresh_world: World) -> Iterator[list[LiveProcess]]:
    with live_process(tick_seconds=0.1) as one, live_process(tick_seconds=0.1) as other:
        yield [one, other]


@pytest.mark.control("8.24")
def test_what_is_written_on_one_node_is_heard_on_all(
    nodes: list[LiveProcess], fresh_world: World
) -> None:
    sato = nodes[0].opens(bearer(a_token(fresh_world.people["sato"])))
    kato = nodes[1].opens(bearer(a_token(fresh_world.people["kato"])))

    seq = posted(fresh_world)

    assert sato.hears_post(seq)
    assert kato.hears_post(seq)


@pytest.mark.control("8.3")
def test_a_right_that_ends_on_one_node_ends_the_streams_of_all(
    nodes: list[LiveProcess], fresh_world: World
) -> None:
    world = fresh_world
    opened = open_session(world.people["sato"].pk, BROWSER, proof=Proof.TOTP, request_id=uuid7())
    left = [node.opens(bearer(a_token(world.people["mori"]))) for node in nodes]
    cut = [node.opens(cookie(opened.token)) for node in nodes]
    began = time.monotonic()

    ended(world, "mori")
    cut_off_session(world.actor("sato"), opened.session_id)

    assert all(ear.hears(lambda one: "membership" in one.kinds()) for ear in left)
    assert all(ear.hears_the_end() for ear in cut)
    assert time.monotonic() - began < 5


@pytest.mark.control("8.3")
def test_streams_outlive_a_restart_of_the_bus_and_catch_up(
    nodes: list[LiveProcess], fresh_world: World, bus: NatsServer
) -> None:
    ears = [node.opens(bearer(a_token(fresh_world.people["sato"]))) for node in nodes]

    bus.stop()
    missed = posted(fresh_world)
    bus.start()

    assert all(ear.hears(lambda one: one.kinds().count("catchup") == 2) for ear in ears)
    seq = posted(fresh_world)
    assert all(ear.hears_post(seq) for ear in ears)
    assert missed < seq


@pytest.fixture
def three(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Three]:
    """Three servers that speak to each other; web tells the first, live hears the others."""
    between = [free_port() for _ in range(3)]
    ways = {port: [other for other in between if other != port] for port in between}
    servers = nats_cluster(tmp_path, between, ways)
    for server in servers:
        server.start()
    monkeypatch.setenv("SSL_CERT_FILE", str(servers[0].authority))
    settings.BUS_URL = servers[0].url
    monkeypatch.setenv("BUS_URL", f"{servers[1].url},{HOST}:{servers[2].port}")
    yield servers
    after_commit.part()
    after_commit._teller_at.cache_clear()
    for server in servers:
        server.stop()


@pytest.mark.control("8.14")
def test_what_is_told_at_one_server_is_heard_at_another_and_one_may_be_gone(
    three: Three, fresh_world: World
) -> None:
    with live_process(tick_seconds=0.1) as live:
        sato = live.opens(bearer(a_token(fresh_world.people["sato"])))
        for gone in three[1:]:
            gone.stop(signal.SIGKILL)
            # Whoever hung on that very server was away for a moment, and is called to ask.
            assert sato.is_told_of(lambda: posted(fresh_world))
            gone.start()


@pytest.mark.control("8.3")
def test_a_right_that_ends_while_the_bus_is_away_is_found_out_all_the_same(
    told_over: NatsServer, fresh_world: World
) -> None:
    world = fresh_world
    with live_process(recheck_seconds=0.3, tick_seconds=0.1) as live:
        mori = live.opens(bearer(a_token(world.people["mori"])))
        told_over.stop()
        try:
            ended(world, "mori")
            gone = mori.hears(lambda one: "membership" in one.kinds())
        finally:
            told_over.start()

    assert gone


def test_of_several_servers_any_serves(
    trusted: NatsServer, fresh_world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{trusted.url},{HOST}:{free_port()}"
    settings.BUS_URL = url
    monkeypatch.setenv("BUS_URL", url)
    check_bus(url)
    with live_process(tick_seconds=0.1) as live:
        sato = live.opens(bearer(a_token(fresh_world.people["sato"])))

        assert sato.hears_post(posted(fresh_world))
    after_commit.part()


def test_what_does_not_open_on_the_bus_is_nothing(
    nodes: list[LiveProcess], fresh_world: World, bus: NatsServer
) -> None:
    stranger = NatsTeller(bus.url)
    sato = nodes[0].opens(bearer(a_token(fresh_world.people["sato"])))

    stranger.tell(b"")
    stranger.tell(b"anything")
    stranger.end()

    assert sato.hears_post(posted(fresh_world))


def test_who_posts_never_waits_for_the_bus(trusted: NatsServer) -> None:
    teller = NatsTeller(trusted.url)
    teller.tell(b"x")
    trusted.pause()
    try:
        began = time.monotonic()
        for _ in range(5 * MOST_WAITING):
            teller.tell(b"x" * 5_000)
        took = time.monotonic() - began
    finally:
        trusted.go_on()
    teller.end()

    assert took < 2
    assert len(teller._waiting) <= MOST_WAITING


def test_threads_that_tell_first_at_once_share_one_line(
    told_over: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    slowly = threading.Barrier(4)

    class Counted(NatsTeller):
        def __init__(self, url: str) -> None:
            begun.append(url)
            threading.Event().wait(0.05)
            super().__init__(url)

    monkeypatch.setattr("carestation.kernel.nats_telling.NatsTeller", Counted)

    def tell() -> None:
        slowly.wait()
        after_commit._teller()

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert begun == [told_over.url]


def test_who_hears_too_slowly_is_told_to_read_anew() -> None:
    heard = Heard()

    for _ in range(MOST_HEARD + 1):
        heard.take(b"x")

    assert list(heard._messages) == [None]


@pytest.mark.parametrize(
    ("user", "password", "words"),
    [
        ("carestation", "wrong", "does not let us in"),
        ("nobody", "wrong", "does not let us in"),
        ("deaf", "", "lets us not tell and hear"),
        ("mute", "", "lets us not tell and hear"),
    ],
)
def test_a_bus_that_refuses_us_is_told_in_one_sentence(
    trusted: NatsServer, user: str, password: str, words: str
) -> None:
    url = trusted.url_for(user, password) if password else trusted.url_for(user)

    with pytest.raises(SystemExit, match=words) as refusal:
        check_bus(url)

    assert url.split(":")[2].split("@")[0] not in str(refusal.value)


def test_a_bus_whose_certificate_nobody_we_trust_has_signed_is_told_nothing(
    bus: NatsServer,
) -> None:
    with pytest.raises(SystemExit, match="certificate that is not trusted"):
        check_bus(bus.url)


def test_a_bus_that_is_away_is_told_in_one_sentence() -> None:
    with pytest.raises(SystemExit, match="does not answer"):
        check_bus(f"tls://carestation:secret@{HOST}:{free_port()}")


@pytest.mark.parametrize(
    "said", [b"INFO\r\n", b"INFO []\r\n", b"x" * 70_000 + b"\r\n", b"HTTP/1.1 400 Bad Request\r\n"]
)
def test_a_server_that_is_no_bus_is_away_like_any_other(said: bytes) -> None:
    with socket.create_server((HOST, 0)) as listener:
        answers = threading.Thread(target=lambda: listener.accept()[0].sendall(said))
        answers.start()

        with pytest.raises(SystemExit, match="does not answer"):
            check_bus(f"nats://{HOST}:{listener.getsockname()[1]}")
        answers.join()


@pytest.mark.control("8.24")
def test_no_password_goes_to_a_server_that_wants_no_tls() -> None:
    heard = bytearray()

    def pretend(listener: socket.socket) -> None:
        for _ in range(2):
            peer, _ = listener.accept()
            peer.settimeout(3)
            peer.sendall(b'INFO {"server_id":"x","version":"2.15.0","max_payload":1048576}\r\n')
            try:
                while data := peer.recv(4096):
                    heard.extend(data)
            except OSError:
                pass
            peer.close()

    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
        threading.Thread(target=pretend, args=[listener], daemon=True).start()

        with pytest.raises(SystemExit, match="not answer with TLS from its first byte"):
            check_bus(f"tls://carestation:very-secret@{HOST}:{port}")

    assert heard
    assert b"very-secret" not in heard


@pytest.mark.parametrize(
    "url",
    ["tls://", "tls://user@host", "tls://:x@host", "tls://host:port", "nats://a,,b", "tls://a/b"],
)
def test_a_url_that_names_no_bus_is_refused(url: str) -> None:
    with pytest.raises(SystemExit, match="BUS_URL must be tls://USER"):
        read_environment({"BUS_URL": url})


def test_a_url_names_servers_a_user_and_a_password() -> None:
    servers = read_url("tls://care%40station:p%3Aw@one.example,[::1]:5222,three:1")

    assert servers.hosts == ("one.example:4222", "[::1]:5222", "three:1")
    assert (servers.user, servers.password) == ("care@station", "p:w")
    assert "p:w" not in repr(servers)


@pytest.mark.parametrize("url", ["nats://u:p@bus.example", "tls://bus.example"])
def test_production_wants_tls_and_a_password_on_the_bus(url: str) -> None:
    production = {"CARESTATION_ENV": "production", "CARESTATION_SECRET_KEY": "k" * 60}

    with pytest.raises(SystemExit, match="Production needs tls://"):
        read_environment(production | {"BUS_URL": url})

    assert read_environment(production | {"BUS_URL": "nats://u:p@127.0.0.1"}).bus_url
