"""What only shorter times, a full connection or a lost server show of the real process."""

import http.client
import re
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.utils import timezone

from carestation.accounts.choices import Proof
from carestation.accounts.commands.sessions import open_session
from carestation.accounts.models import Session
from carestation.kernel.ids import uuid7
from carestation.kernel.pushes import Push
from tests.accounts.signing_in import BROWSER, a_token
from tests.live.process import HOST, LiveProcess, bearer, cookie, live_process, tell
from tests.world import World

pytestmark = pytest.mark.xdist_group("live")
LONG = "お変わりありません。" * 2_000
ENOUGH = 600


def told(world: World, seq: int) -> None:
    """Tell of a change that shrinks on the bus, and not in a stream."""
    tell(Push(kind="post", group_id=world.group.pk, side="professional", seq=seq, html=LONG))


def test_a_stream_ends_when_its_time_is_over(fresh_world: World) -> None:
    with live_process(life_seconds=0.5, tick_seconds=0.1) as live:
        sato = live.opens(bearer(a_token(fresh_world.people["sato"])))

        assert sato.hears_the_end()
        assert sato.events[-1].data == {"reason": "expired"}
        assert live.opens(bearer(a_token(fresh_world.people["sato"]))).kinds() == ["catchup"]


@pytest.mark.control("8.3")
def test_a_session_that_falls_idle_or_ends_unheard_ends_its_stream(
    fresh_world: World,
) -> None:
    sato = fresh_world.people["sato"]
    sessions = [
        open_session(sato.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7()) for _ in range(3)
    ]
    idle, over, used = sessions
    now = timezone.now()
    with live_process(recheck_seconds=0.3, tick_seconds=0.1) as live:
        ears = [live.opens(cookie(session.token)) for session in sessions]

        rows = Session.objects
        rows.filter(pk=idle.session_id).update(last_used_at=now - timedelta(minutes=16))
        rows.filter(pk=over.session_id).update(ended_at=now, end_reason="signed_out")

        assert ears[0].hears_the_end()
        assert ears[1].hears_the_end()
        assert ears[0].events[-1].data == ears[1].events[-1].data == {"reason": "session"}
        assert not ears[2].is_over
        assert used.token


def test_a_post_whose_push_was_lost_is_caught_up_with_within_the_next_look(
    fresh_world: World,
) -> None:
    timeline = fresh_world.timeline("professional")  # type: ignore[arg-type]  # a side's value
    with live_process(recheck_seconds=0.3, tick_seconds=0.1) as live:
        sato = live.opens(bearer(a_token(fresh_world.people["sato"])))

        timeline.seq += 1
        timeline.save(update_fields=["seq"])

        assert sato.hears_kinds("catchup", "catchup")
        assert sato.events[-1].data["side"] == "professional"


def test_a_reader_that_takes_no_more_is_told_to_catch_up(fresh_world: World) -> None:
    world = fresh_world
    seq = world.timeline("professional").seq  # type: ignore[arg-type]  # a side's value
    last = f"/professional/{seq + ENOUGH}\n".encode()
    with live_process() as live, ThreadPoolExecutor(1) as pool:
        slow = _listening(live, a_token(world.people["sato"]), receives_bytes=4096)
        quick = _listening(live, a_token(world.people["kato"]))
        reading = pool.submit(_read_until, quick, last)

        for number in range(1, ENOUGH + 1):
            told(world, seq + number)
        all_of_it = reading.result()
        some_of_it = _read_until(slow, b'"reason":"overflow"')

        shown = _numbers(some_of_it)
        assert _numbers(all_of_it) == list(range(seq + 1, seq + 1 + ENOUGH))
        assert shown == list(range(seq + 1, seq + 1 + len(shown)))
        assert len(shown) < ENOUGH


def test_a_server_that_ends_says_so_to_its_streams(fresh_world: World) -> None:
    with live_process() as live:
        sato = live.opens(bearer(a_token(fresh_world.people["sato"])))

        live.process.send_signal(signal.SIGTERM)

        assert sato.hears_the_end()
        assert sato.events[-1].data == {"reason": "expired"}
        assert live.process.wait(timeout=20) in {0, -signal.SIGTERM}


def test_one_person_cannot_hold_all_streams(fresh_world: World) -> None:
    token = a_token(fresh_world.people["sato"])
    with live_process() as live:
        for _ in range(200):
            assert live.ask("/live", bearer(token)).status == http.HTTPStatus.OK

        assert live.ask("/live", bearer(token)).status == http.HTTPStatus.TOO_MANY_REQUESTS
        assert live.opens(bearer(a_token(fresh_world.people["kato"]))).kinds() == ["catchup"]


def test_many_streams_at_once_are_counted_too(fresh_world: World) -> None:
    asked = bearer(a_token(fresh_world.people["sato"]))
    with live_process() as live, ThreadPoolExecutor(48) as pool:
        for _ in range(190):
            live.ask("/live", asked)

        answers = list(pool.map(lambda _: live.ask("/live", asked).status, range(48)))

        assert answers.count(http.HTTPStatus.OK) == 10


def _listening(live: LiveProcess, token: str, receives_bytes: int = 1 << 20) -> socket.socket:
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives_bytes)
    peer.settimeout(20)
    peer.connect((HOST, live.port))
    asked = f"GET /live HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
    peer.sendall(asked.encode())
    _read_until(peer, b"catchup")
    return peer


def _read_until(peer: socket.socket, sign: bytes) -> bytes:
    heard = bytearray()
    while sign not in heard[-200_000:]:
        heard += peer.recv(1 << 20)
    return bytes(heard)


def _numbers(heard: bytes) -> list[int]:
    return [int(number) for number in re.findall(rb"\nid: [^\n]+/professional/(\d+)\n", heard)]
