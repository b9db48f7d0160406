"""What people do besides writing: the sign 了解, moving one's mark, catching up.

In the groups in which `posts` wrote, by those who wrote nothing: their marks lie behind. The sign
is given and taken back in turns, each time a change that open pages are shown.
"""

import json
import urllib.request
from functools import partial
from itertools import count
from typing import Any, Final

from benchmarks.clients import Ask, request
from benchmarks.figures import Budget, Figures
from benchmarks.pages import cost_of
from benchmarks.scene import Group, Scene

GROUPS: Final = 8
READERS: Final = slice(8, 10)
BUDGETS: Final = (
    Budget(figure="sign_web_ms", of="empty_web_ms", most=10.0),
    Budget(figure="sign_postgres_ms", of="bare_postgres_ms_at_16", most=45.0),
    Budget(figure="mark_web_ms", of="empty_web_ms", most=5.5),
    Budget(figure="after_web_ms", of="empty_web_ms", most=8.0),
)


def measure(scene: Scene) -> Figures:
    """Return how many come a second, and the milliseconds of each."""
    places = [
        (group, newest, token)
        for group in scene.groups[:GROUPS]
        for newest in (_newest(scene, group),)
        for token in group.tokens[READERS]
    ]
    figures: Figures = {}
    for name, ask_of in (("sign", _signing), ("mark", _marking), ("after", _catching_up)):
        figures |= cost_of(scene, name, [ask_of(*place) for place in places])
    return figures


def _newest(scene: Scene, group: Group) -> dict[str, Any]:
    asked = urllib.request.Request(  # noqa: S310 - ours
        scene.url + group.posts + "?limit=1", headers={"Authorization": f"Bearer {group.tokens[0]}"}
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310 - ours
        newest: dict[str, Any] = json.load(answer)["posts"][0]
    return newest


def _signing(_group: Group, newest: dict[str, Any], token: str) -> Ask:
    path, turns = f"/api/v1/posts/{newest['id']}/acknowledgement", count()
    return lambda: request("DELETE" if next(turns) % 2 else "PUT", path, token)


def _marking(group: Group, _newest: dict[str, Any], token: str) -> Ask:
    path, numbers = group.posts.removesuffix("posts") + "read", count(1)
    return lambda: request("PUT", path, token, json.dumps({"number": next(numbers)}).encode())


def _catching_up(group: Group, newest: dict[str, Any], token: str) -> Ask:
    path = f"{group.page}after/{max(0, newest['seq'] - 3)}/"
    return partial(request, "GET", path, token, cookie=True)
