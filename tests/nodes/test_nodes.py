"""Two nodes serve the same people: what is said on one is seen on the other, whatever dies."""

import http.client
import json
from collections import defaultdict
from collections.abc import Iterator
from functools import reduce
from operator import add

import pytest

from carestation.kernel.ids import uuid7
from tests.api.test_files import a_picture
from tests.durability.findings import Findings, findings_at
from tests.durability.ordeal import Ordeal, Place, connection_to
from tests.nodes.nodes import Nodes, database, nodes
from tests.nodes.watching import Watcher, until_whole

pytestmark = pytest.mark.xdist_group("running")
WRITERS = 8
WHOLE_SECONDS = 30
# So soon, and not with the next look around, what is told on one node is heard on all.
TOLD_SECONDS = 5


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    with database() as url, nodes(tmp_path_factory.mktemp("nodes"), url) as both:
        yield both


@pytest.fixture(scope="module")
def groups(running: Nodes) -> list[list[Place]]:
    """Three groups of four people each; who leaves one is not needed again."""
    people = running.people(3, 4)
    return [people[number::3] for number in range(3)]


@pytest.fixture
def people(groups: list[list[Place]]) -> list[Place]:
    return groups[0]


def at(running: Nodes, number: int) -> str:
    return f"http://127.0.0.1:{running.port(number)}"


def asked(
    url: str, method: str, path: str, place: Place, body: bytes | str | None = None, **more: str
) -> tuple[int, bytes]:
    connection = connection_to(url)
    connection.request(method, path, body, place.headers | more)
    answer = connection.getresponse()
    words = answer.read()
    connection.close()
    return answer.status, words


def post_at(url: str, place: Place) -> str:
    said = {"draft_id": str(uuid7()), "body": "お変わりありません。"}
    status, words = asked(url, "POST", place.path, place, json.dumps(said))
    assert status == http.client.CREATED, words
    return str(json.loads(words)["id"])


def test_people_on_different_nodes_see_each_others_posts(
    running: Nodes, people: list[Place]
) -> None:
    first, second, *_ = people
    pages = [Watcher(at(running, number), place) for number, place in enumerate((first, second))]

    earlier = post_at(at(running, 0), second)
    assert all(page.sees({earlier}, WHOLE_SECONDS) for page in pages)

    posts = {post_at(at(running, number), first) for number in (0, 1)}

    assert all(page.sees(posts, TOLD_SECONDS) for page in pages)
    for page in pages:
        page.end()


def test_a_file_that_came_in_on_one_node_goes_out_on_the_other(
    running: Nodes, people: list[Place]
) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    body = head + a_picture() + b"\r\n--x--\r\n"
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    status, words = asked(at(running, 0), "POST", "/api/v1/files", people[0], body, **form)
    assert status == http.client.CREATED, words
    path = f"/api/v1/files/{json.loads(words)['id']}"

    answers = [asked(at(running, number), "GET", path, people[0]) for number in (0, 1)]

    assert [status for status, _ in answers] == [http.client.OK] * 2
    assert answers[0][1] == answers[1][1] != b""


@pytest.mark.control("8.3")
def test_a_membership_that_ends_on_one_node_ends_on_the_other(
    running: Nodes, people: list[Place]
) -> None:
    colleague, leaver = people[0], people[1]
    page = Watcher(at(running, 1), leaver)
    assert page.sees({post_at(at(running, 0), colleague)}, WHOLE_SECONDS)

    running.end_membership(0, leaver)
    heard = page.hears_the_end("membership", TOLD_SECONDS)
    unseen = post_at(at(running, 0), colleague)

    assert heard
    assert asked(at(running, 1), "GET", leaver.path, leaver)[0] == http.client.NOT_FOUND
    assert unseen not in page.seen
    page.end()


@pytest.mark.control("8.3")
def test_a_session_that_ends_on_one_node_ends_on_the_other(
    running: Nodes, people: list[Place]
) -> None:
    page = Watcher(at(running, 1), people[2])
    assert page.sees({post_at(at(running, 0), people[3])}, WHOLE_SECONDS)

    status, _ = asked(at(running, 0), "DELETE", "/api/v1/sessions/current", people[2])

    assert status == http.client.NO_CONTENT
    assert page.hears_the_end("session", TOLD_SECONDS)
    page.end()


@pytest.mark.control("8.24")
def test_what_was_acknowledged_is_kept_once_and_every_page_is_whole_again(
    running: Nodes, groups: list[list[Place]]
) -> None:
    people = [place for row in zip(*groups[1:], strict=True) for place in row]
    ordeal = Ordeal(url=running.url, data=running.nodes[0].data)
    pages = [Watcher(running.url, place) for place in people]

    with ordeal.writing(people, WRITERS):
        for piece in ("web", "live"):
            for number in (0, 1):
                ordeal.await_more()
                running.send(number, piece)
        ordeal.await_more()
        running.bus.stop()
        ordeal.await_more()
        running.bus.start()
        ordeal.await_more()
    posts = defaultdict(set)
    for one in ordeal.acknowledged:
        posts[one.group_id].add(one.post_id)
    until_whole(pages, posts, WHOLE_SECONDS)
    found = reduce(
        add,
        (
            findings_at(running.url, running.database_url, place, ordeal.acknowledged)
            for place in people[:2]
        ),
    )

    assert found == Findings(acknowledged=len(ordeal.acknowledged))
    assert "500" not in ordeal.failures, ordeal.failures
    for page in pages:
        page.end()
