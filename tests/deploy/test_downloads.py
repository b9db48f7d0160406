"""Downloads, as the piece sends them: to who reads slowly, and to who may no more."""

import http.client
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, Final
from uuid import UUID

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.groups.commands.memberships import end_membership
from carestation.kernel.downloads import OWN_AT_ONCE
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.files import upload_file
from carestation.timeline.commands.posts import publish_post
from carestation.timeline.models import Attachment
from carestation.timeline.queries.files import take_file
from carestation.vault.files import seal_file
from config.ports import take_port
from tests.accounts.signing_in import a_token
from tests.deploy.pieces import Node, node
from tests.deploy.test_rolling import the_shipped_file
from tests.live import process
from tests.timeline.pictures import a_jpeg
from tests.world import World, a_draft

# More than the kernel holds for a connection by itself: 4 MB, and as much where it is read.
LONG: Final = Random(1).randbytes(20_000_000)  # noqa: S311 - what is sent
SHORT: Final = LONG[:500_000]
# What the kernel holds on both ends, when nothing is held before it.
UNDERWAY_BYTES: Final = 500_000
ENDED: Final = "a download ended with its right"
NAMED: Final = "downloads-tried"
CONNECTIONS: Final = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"
pytestmark = [pytest.mark.xdist_group("running"), pytest.mark.control("8.3")]


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """The piece that sends them out: web does where a proxy was not told of downloads."""
    return str(getattr(request, "param", "downloads"))


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Node]:
    with node(tmp_path / "data") as one:
        yield one


@pytest.fixture
def at(committed_world: World, one: Node, name: str, tmp_path: Path, settings: Settings) -> str:
    """Where the piece answers; it reads the files of this test."""
    (tmp_path / "files").mkdir()
    settings.BLOB_URL = f"file://{tmp_path}/files"
    url = process.test_database_url()
    database = f"{url}{'&' if '?' in url else '?'}application_name={NAMED}"
    return one.start(name, DATABASE_URL=database, BLOB_URL=settings.BLOB_URL)


@pytest.fixture
def content(request: pytest.FixtureRequest) -> bytes:
    """What is sent: long, where it is not told otherwise."""
    return bytes(getattr(request, "param", LONG))


@pytest.fixture
def path(committed_world: World, at: str, content: bytes) -> str:
    """A file of the team's side."""
    file_id = upload_file(committed_world.actor("kato"), "経過.jpg", a_jpeg()).file.id
    draft = replace(a_draft(), id=uuid7(), attachments=(file_id,))
    publish_post(committed_world.seat("kato", Side.PROFESSIONAL), draft)
    _fill(committed_world, file_id, content)
    return f"/api/v1/files/{file_id}"


def _fill(world: World, file_id: UUID, data: bytes) -> None:
    content = replace(take_file(world.actor("kato"), file_id).content, size_bytes=len(data))
    seal_file(content, data)
    Attachment.objects.filter(pk=file_id).update(size_bytes=len(data))


def asked(at: str, path: str, token: str, *, is_tls: bool = False) -> http.client.HTTPResponse:
    """Ask for a file; who reads it holds little, and says at once what it has taken."""
    host, _, port = at.partition(":")
    asker = http.client.HTTPConnection(host, int(port), timeout=30)
    if is_tls:
        context = ssl._create_unverified_context()  # noqa: S323 - our own authority
        asker = http.client.HTTPSConnection(host, int(port), timeout=30, context=context)
    else:
        asker.sock = socket.socket()
        asker.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        asker.sock.connect((host, int(port)))
    asker.request("GET", path, headers={"Host": "localhost", "Authorization": f"Bearer {token}"})
    return asker.getresponse()


def connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute(CONNECTIONS, [NAMED])
        row = cursor.fetchone()
    return int(row[0])


def end_the_seat(world: World) -> None:
    end_membership(world.seat("kato", Side.PROFESSIONAL), world.membership("sato").pk)


def rest(reader: http.client.HTTPResponse) -> int:
    """Read to where it was cut; return how much that was."""
    with pytest.raises((http.client.IncompleteRead, ConnectionError)) as cut:
        reader.read()
    return len(cut.value.partial) if isinstance(cut.value, http.client.IncompleteRead) else 0


def told(one: Node, name: str, message: str) -> list[dict[str, Any]]:
    """Return the lines of the log that say so, once there are any."""
    until = time.monotonic() + 20
    lines: list[dict[str, Any]] = []
    while not lines and time.monotonic() < until:
        threading.Event().wait(0.1)
        lines = [line for line in one.said(name) if line["message"] == message]
    return lines


@pytest.mark.parametrize("name", ["downloads", "web-1"], indirect=True)
def test_who_is_removed_gets_no_more(
    committed_world: World, one: Node, name: str, at: str, path: str
) -> None:
    leaver = asked(at, path, a_token(committed_world.people["sato"]))
    first = leaver.read(65_536)

    end_the_seat(committed_world)
    if name == "downloads":
        # It looks once a second, whether anybody reads or not.
        assert told(one, name, ENDED)
    else:
        # It looks when it sends on, where a second has passed.
        threading.Event().wait(1.2)
    got = rest(leaver)

    assert first == LONG[:65_536]
    assert got < len(LONG) / 2
    assert [line["level"] for line in told(one, name, ENDED)] == ["INFO"]
    assert [line for line in one.said(name) if line["level"] == "ERROR"] == []


def test_the_right_of_who_reads_nothing_is_looked_at_meanwhile(
    committed_world: World, one: Node, at: str, path: str
) -> None:
    leaver = asked(at, path, a_token(committed_world.people["sato"]))

    end_the_seat(committed_world)
    (end,) = told(one, "downloads", ENDED)

    assert end["route"] == "api/v1/files/<uuid:file>"
    assert end["request_id"] == leaver.headers["X-Request-Id"]
    assert rest(leaver) < UNDERWAY_BYTES


def test_a_right_that_cannot_be_looked_at_is_none(
    committed_world: World, one: Node, at: str, path: str
) -> None:
    reader = asked(at, path, a_token(committed_world.people["sato"]))

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE timeline_attachment RENAME TO away")
        try:
            (end,) = told(one, "downloads", "a right could not be looked at")
        finally:
            cursor.execute("ALTER TABLE away RENAME TO timeline_attachment")

    assert end["level"] == "ERROR"
    assert end["request_id"] == reader.headers["X-Request-Id"]
    assert rest(reader) < UNDERWAY_BYTES


def test_who_stays_gets_all_of_it_however_slowly(
    committed_world: World, at: str, path: str
) -> None:
    reader = asked(at, path, a_token(committed_world.people["sato"]))
    first = reader.read(65_536)
    threading.Event().wait(2.2)

    assert first + reader.read() == LONG
    assert LoggedFact.objects.filter(kind="timeline.FileViewed").count() == 1


def test_slow_readers_hold_neither_others_nor_the_database(
    committed_world: World, at: str, path: str
) -> None:
    token = a_token(committed_world.people["sato"])
    slow = [asked(at, path, token) for _ in range(OWN_AT_ONCE)]
    assert {one.status for one in slow} == {200}
    assert asked(at, path, token).status == 429

    until = time.monotonic() + 10
    while connections() and time.monotonic() < until:
        threading.Event().wait(0.05)

    assert connections() == 0
    assert asked(at, path, a_token(committed_world.people["kato"])).read() == LONG
    for one in slow:
        one.close()
    until = time.monotonic() + 10
    while (again := asked(at, path, token)).status == 429 and time.monotonic() < until:
        threading.Event().wait(0.05)
    assert again.read() == LONG


def test_of_many_that_come_together_no_more_are_sent(
    committed_world: World, at: str, path: str
) -> None:
    token, many = a_token(committed_world.people["sato"]), 4 * OWN_AT_ONCE
    together = threading.Barrier(many)

    def come() -> http.client.HTTPResponse:
        together.wait(20)
        return asked(at, path, token)

    with ThreadPoolExecutor(many) as people:
        answers = [one.result() for one in [people.submit(come) for _ in range(many)]]

    statuses = Counter(one.status for one in answers)
    assert statuses == {200: OWN_AT_ONCE, 429: many - OWN_AT_ONCE}


def test_who_left_before_the_answer_began_takes_no_place(
    committed_world: World, at: str, path: str
) -> None:
    token = a_token(committed_world.people["sato"])
    host, _, port = at.partition(":")
    bearer = f"Authorization: Bearer {token}"
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{bearer}\r\n\r\n".encode()
    for moment in range(10 * OWN_AT_ONCE):
        with socket.create_connection((host, int(port))) as line:
            line.sendall(head)
            # At one moment or another of its way through the server.
            threading.Event().wait(moment / 2000)

    until = time.monotonic() + 10
    while (one := asked(at, path, token)).status == 429 and time.monotonic() < until:
        threading.Event().wait(0.05)

    assert one.read() == LONG


@pytest.mark.control("8.14")
@pytest.mark.parametrize("content", [SHORT], indirect=True)
def test_where_the_one_of_a_node_is_gone_that_of_another_sends(
    committed_world: World, one: Node, at: str, path: str, tmp_path: Path
) -> None:
    token, port = a_token(committed_world.people["kato"]), take_port(0)
    nobody = ["127.0.0.1:1"]
    with node(tmp_path / "other") as other:
        both = [at, other.start("downloads", BLOB_URL=f"file://{tmp_path}/files")]
        told_of = the_shipped_file(tmp_path, port, web=nobody, live=nobody, downloads=both)
        one.start_proxy(told_of, port)
        one.kill("downloads")

        got = [asked(f"localhost:{port}", path, token, is_tls=True).read() for _ in range(4)]

    assert got == [SHORT] * 4
