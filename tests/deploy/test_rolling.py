"""Web processes are renewed one after the other while people write: nobody notices."""

import http.client
import json
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from carestation.groups.choices import Side
from carestation.kernel.ids import uuid7
from carestation.timeline.models import Post
from config.ports import take_port
from tests.accounts.signing_in import a_token
from tests.deploy.files import text_of
from tests.deploy.pieces import Node, node
from tests.world import World

SHIPPED: Final = text_of("proxy.toml")
WRITERS: Final = 4
pytestmark = pytest.mark.xdist_group("running")


class Writer(threading.Thread):
    """Writes one post after the other on one connection, as a telephone does, and never twice."""

    def __init__(self, port: int, world: World, ending: threading.Event) -> None:
        super().__init__(daemon=True)
        context = ssl._create_unverified_context()  # noqa: S323 - our own authority
        self._proxy = http.client.HTTPSConnection("localhost", port, timeout=30, context=context)
        self._path = f"/api/v1/groups/{world.group.pk}/{Side.PROFESSIONAL}/posts"
        self._headers = {
            "Authorization": f"Bearer {a_token(world.people['kato'])}",
            "Content-Type": "application/json",
        }
        self._ending = ending
        self.answers: Counter[int] = Counter()

    def run(self) -> None:
        while not self._ending.is_set():
            body = {"draft_id": str(uuid7()), "body": "訪問しました。"}
            self._proxy.request("POST", self._path, json.dumps(body).encode(), self._headers)
            answer = self._proxy.getresponse()
            answer.read()
            self.answers[answer.status] += 1
            self._ending.wait(0.05)


@pytest.fixture
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with node(tmp_path_factory.mktemp("node")) as one:
        yield one


def the_shipped_file(folder: Path, port: int, **behind: list[str]) -> Path:
    """Return deploy/proxy.toml with the names and addresses of this test."""
    kept = SHIPPED.split("names = ")[0]
    said = {"names": ["localhost"], "listen": ["127.0.0.1"], "port": port} | behind
    file = folder / "proxy.toml"
    file.write_text(kept + "\n".join(f"{name} = {json.dumps(one)}" for name, one in said.items()))
    return file


@pytest.mark.control("8.14")
def test_web_is_renewed_under_load_without_a_failed_request(
    committed_world: World, one: Node, tmp_path: Path
) -> None:
    web = [one.start("web-1"), one.start("web-2")]
    port = take_port(0)
    one.start_proxy(the_shipped_file(tmp_path, port, web=web, live=["127.0.0.1:1"]), port)
    ending = threading.Event()
    writers = [Writer(port, committed_world, ending) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()

    for name in ("web-1", "web-2"):
        one.leave(name)
        one.end(name)
        one.start(name)
    ending.set()
    for writer in writers:
        writer.join(timeout=30)

    answers = sum((writer.answers for writer in writers), Counter())
    assert set(answers) == {http.client.CREATED}
    assert all(writer.answers.total() > 20 for writer in writers)
    written = Post.objects.filter(group_id=committed_world.group.pk, side=Side.PROFESSIONAL)
    assert written.count() == answers.total()
