"""Publishing over the API, through the proxy: posts a second, and the CPU of each piece a post.

Each writer has a connection of its own and posts again when the last post is acknowledged. They
write in eight groups of fifteen people. What the followers do with the fact is counted in
`worker`, and in `postgres`, too.
"""

import json
import statistics
from functools import partial
from itertools import cycle, islice
from typing import Final

from benchmarks.clients import Ask, ask_all, request
from benchmarks.figures import Budget, Figures
from benchmarks.processes import spent_on
from benchmarks.scene import Group, Scene
from carestation.kernel.ids import uuid7

SECONDS: Final = 6
WARM_SECONDS: Final = 2
WRITERS: Final = (1, 16, 64)
WORDS: Final = "訪問しました。お変わりありません。血圧 122/66、脈拍 68、SpO2 97％、体重 48.4kg。"
BUDGETS: Final = (
    Budget(figure="post_web_ms_at_16", of="empty_web_ms", most=7.0),
    Budget(figure="post_postgres_ms_at_16", of="bare_postgres_ms_at_16", most=20.0),
)


def measure(scene: Scene) -> Figures:
    """Return posts a second and milliseconds a post, for few writers and for many."""
    figures: Figures = {}
    ask_all(scene.url, _writers(scene, max(WRITERS)), seconds=WARM_SECONDS)
    for writers in WRITERS:
        taken: list[float] = []

        def write(into: list[float] = taken, count: int = writers) -> int:
            into += ask_all(scene.url, _writers(scene, count), seconds=SECONDS)
            return len(into)

        spent, count = spent_on(scene.data, write)
        figures[f"posts_per_second_at_{writers}"] = count / SECONDS
        figures[f"post_ms_p50_at_{writers}"] = statistics.median(taken) * 1e3
        costs = spent.milliseconds(count)
        figures |= {f"post_{name}_at_{writers}": cost for name, cost in costs.items()}
    return figures


def post_in(group: Group, token: str) -> bytes:
    """Return the request that writes one post."""
    body = json.dumps({"draft_id": str(uuid7()), "body": WORDS}).encode()
    return request("POST", group.posts, token, body)


def _writers(scene: Scene, count: int) -> list[Ask]:
    seats = [
        (group, token)
        for row in range(15)
        for group in scene.groups
        for token in (group.tokens[row],)
    ]
    return [partial(post_in, group, token) for group, token in islice(cycle(seats), count)]
