"""Files on their way out through the shipped proxy: whoever sends them may die, or not be there."""

import http.client
import json
import signal
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest
from pytest_django.fixtures import Settings

from carestation.groups.choices import Side
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.files import upload_file
from carestation.timeline.commands.posts import publish_post
from config.ports import take_port
from tests.accounts.signing_in import a_token
from tests.deploy.pieces import Node, node
from tests.timeline.pictures import a_jpeg
from tests.world import World, a_draft

TRIES: Final = 8
pytestmark = pytest.mark.xdist_group("running")


@dataclass(frozen=True, kw_only=True)
class Site:
    nodes: list[Node]
    at: dict[str, list[str]]
    path: str
    token: str
    folder: Path

    def proxy(self, *names: str) -> int:
        """Start a proxy that is told of these; return its port."""
        port = take_port(0)
        said = {"names": ["localhost"], "listen": ["127.0.0.1"], "port": port}
        said |= {name: self.at[name] for name in names} | {"live": ["127.0.0.1:1"]}
        file = self.folder / f"proxy-{port}.toml"
        file.write_text("\n".join(f"{name} = {json.dumps(one)}" for name, one in said.items()))
        self.nodes[0].start_proxy(file, port)
        return port

    def fetched(self, port: int) -> int:
        context = ssl._create_unverified_context()  # noqa: S323 - our own authority
        proxy = http.client.HTTPSConnection("localhost", port, timeout=60, context=context)
        proxy.request("GET", self.path, headers={"Authorization": f"Bearer {self.token}"})
        answer = proxy.getresponse()
        answer.read()
        proxy.close()
        return answer.status


@pytest.fixture
def site(committed_world: World, tmp_path: Path, settings: Settings) -> Iterator[Site]:
    """Two nodes with downloads, and web on the first."""
    (tmp_path / "files").mkdir()
    settings.BLOB_URL = f"file://{tmp_path}/files"
    file = upload_file(committed_world.actor("kato"), "経過.jpg", a_jpeg()).file
    draft = replace(a_draft(), id=uuid7(), attachments=(file.id,))
    publish_post(committed_world.seat("kato", Side.PROFESSIONAL), draft)
    with ExitStack() as stack:
        nodes = [stack.enter_context(node(tmp_path / name)) for name in ("one", "two")]
        at = {"downloads": [one.start("downloads", BLOB_URL=settings.BLOB_URL) for one in nodes]}
        at["web"] = [nodes[0].start("web-1", BLOB_URL=settings.BLOB_URL)]
        yield Site(
            nodes=nodes,
            at=at,
            path=f"/api/v1/files/{file.id}",
            token=a_token(committed_world.people["sato"]),
            folder=tmp_path,
        )


@pytest.mark.control("8.14")
def test_whoever_sends_may_be_killed_and_files_go_out(site: Site) -> None:
    port = site.proxy("web", "downloads")
    before = {site.fetched(port) for _ in range(TRIES)}

    site.nodes[1].send("downloads", signal.SIGKILL)

    assert before == {http.client.OK}
    assert {site.fetched(port) for _ in range(TRIES)} == {http.client.OK}


def test_a_file_of_nodes_that_names_no_downloads_lets_web_send(site: Site) -> None:
    for one in site.nodes:
        one.send("downloads", signal.SIGKILL)
    port = site.proxy("web")

    assert site.fetched(port) == http.client.OK
