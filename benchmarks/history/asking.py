"""What is measured with few posts and with many: the same requests of the same people."""

import statistics
from functools import partial
from typing import Final

from benchmarks import seats
from benchmarks.clients import Ask, ask_all, request
from benchmarks.figures import Figures
from benchmarks.posts import post_in
from benchmarks.processes import spent_on
from benchmarks.scene import Group, Scene
from carestation.kernel.acting import Work, acting_as

SECONDS: Final = 4
WARM_SECONDS: Final = 1
READERS: Final = 8
WRITERS: Final = 16


def measure(scene: Scene) -> Figures:
    """Return what a post in young groups, looks at an old one, a session and a seat cost."""
    writers: list[Ask] = [
        partial(post_in, group, token)
        for row in range(2)
        for group in scene.groups
        for token in (group.tokens[row],)
    ]
    return (
        _cost(scene, "post", writers[:WRITERS]) | looks_at(scene, scene.old) | seats.measure(scene)
    )


def looks_at(scene: Scene, group: Group) -> Figures:
    """Return what a post in one group, its pages, what came after, and home cost."""
    tokens = group.tokens[:READERS]
    ask_all(scene.url, [partial(post_in, group, token) for token in tokens], seconds=WARM_SECONDS)
    figures: Figures = {}
    for name, path, cookie in (
        ("api", group.posts, False),
        ("page", group.page, True),
        ("after", f"{group.posts}?after={_seq(group) - 10}", False),
        ("home", "/", True),
    ):
        asks: list[Ask] = [partial(request, "GET", path, one, cookie=cookie) for one in tokens]
        figures |= _cost(scene, name, asks)
    return figures


def _cost(scene: Scene, name: str, asks: list[Ask]) -> Figures:
    ask_all(scene.url, asks, seconds=WARM_SECONDS)
    taken: list[float] = []

    def work() -> int:
        taken.extend(ask_all(scene.url, asks, seconds=SECONDS))
        return len(taken)

    spent, count = spent_on(scene.data, work)
    return {
        f"{name}_per_second": count / SECONDS,
        f"{name}_web_ms": spent.web / count * 1e3,
        f"{name}_postgres_ms": spent.postgres / count * 1e3,
        f"{name}_ms_p50": statistics.median(taken) * 1e3,
    }


def _seq(group: Group) -> int:
    from carestation.groups.models.groups import Timeline  # noqa: PLC0415 - needs Django

    with acting_as(Work.CONTENT):
        return Timeline.objects.get(group_id=group.id, side=group.side).seq
